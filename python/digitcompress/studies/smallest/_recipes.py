"""How the networks are trained: as the source says, and as validation images chose."""

from dataclasses import dataclass, replace

from digitcompress.studies.smallest._published import SOURCE_BATCH, SOURCE_RATE


@dataclass(frozen=True)
class Recipe:
    """How to train with Adam; its learning rate follows the schedule."""

    name: str
    learning_rate: float
    batch_size: int
    schedule: str = "one_cycle"
    loss: str = "cross_entropy"
    augmentation: tuple[str, ...] = ()


SOURCE = Recipe("source", SOURCE_RATE, SOURCE_BATCH, schedule="constant")
# Chosen on 5,000 held-out training images; docs/explanation/smallest_study.md has the figures.
CHOSEN = Recipe("chosen", 0.04, 128)
CHOSEN_FOR = {
    **dict.fromkeys(("cnn_8_8", "drop_dense", "dropout"), replace(CHOSEN, learning_rate=0.02)),
    "initial": replace(CHOSEN, learning_rate=0.004),
    "squeezenet": Recipe("chosen", 0.004, 64),
    "capsnet": Recipe("chosen", 0.002, 64, loss="margin", augmentation=("affine",)),
}
SEARCH = replace(CHOSEN, name="search", learning_rate=0.02)


def chosen_recipe(network: str) -> Recipe:
    """Return our recipe for a network."""
    return CHOSEN_FOR.get(network, CHOSEN)
