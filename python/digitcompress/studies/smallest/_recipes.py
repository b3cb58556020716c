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
    # Whether a batch normalization helps while training; it is folded into the layers before it at the end.
    norm: bool = False
    # Whether the network sees digits without their slant: then, and ever after.
    deslanted: bool = False


SOURCE = Recipe("source", SOURCE_RATE, SOURCE_BATCH, schedule="constant")
# Chosen on 5,000 held-out training images; docs/explanation/smallest_study.md has the figures.
CHOSEN = Recipe("chosen", 0.04, 128)
CHOSEN_LONG = Recipe("chosen", 0.03, 128, norm=True)
CHOSEN_FOR = {
    **dict.fromkeys(("cnn_8_8", "drop_dense", "dropout"), replace(CHOSEN, learning_rate=0.02)),
    "initial": replace(CHOSEN, learning_rate=0.004),
    "squeezenet": Recipe("chosen", 0.01, 64),
    "capsnet": Recipe("chosen", 0.002, 64, loss="margin", augmentation=("affine",)),
}
SEARCH = Recipe("search", 0.04, 64)


def chosen_recipe(network: str, *, is_long: bool = False) -> Recipe:
    """Return our recipe for a network; the long training of the smallest has its own."""
    return CHOSEN_LONG if is_long else CHOSEN_FOR.get(network, CHOSEN)


def deslanted(recipe: Recipe) -> Recipe:
    """Return a recipe for digits without their slant."""
    return replace(recipe, name="deslanted", deslanted=True)
