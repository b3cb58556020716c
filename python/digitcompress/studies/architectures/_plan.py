"""Which trainings the tables need: the long run at the default learning rate also supplies its cell of the short ones."""

import itertools
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from digitcompress.studies.architectures._networks import ARCHITECTURES
from digitcompress.studies.architectures._published import BATCH_SIZE, DEFAULT_RATE, LONG_EPOCHS, SHORT_EPOCHS

# How far the same networks get in the same epochs: Adam in one cycle up to this rate, on images shifted by up to a pixel.
FURTHER_RATE = 0.002
# A first look: the lessons of minutes in seconds.
QUICK_EPOCHS = (1, 2)
QUICK_IMAGES = 384
QUICK_HELD_OUT = 192


@dataclass(frozen=True)
class Counts:
    """How the rows of the study's images are used, in this order."""

    train: int
    validation: int
    test: int

    def at_most(self, train: int, held_out: int) -> "Counts":
        """Return smaller counts."""
        return Counts(min(self.train, train), min(self.validation, held_out), min(self.test, held_out))


@dataclass(frozen=True)
class TrainingJob:
    """One training, evaluated on the test images after each number of epochs in `readings`."""

    network: str
    recipe: str  # "published", or "further"
    learning_rate: float
    readings: tuple[int, ...]
    seed: int
    used: Counts
    batch_size: int = BATCH_SIZE

    @property
    def cost(self) -> int:
        """Billions of multiply-adds: forward, and about twice as many backward."""
        passes = self.readings[-1] * (3 * self.used.train + self.used.validation)
        return max(1, passes * ARCHITECTURES[self.network].multiply_adds // 10**9)

    @property
    def title(self) -> str:
        """What the progress bar shows."""
        return f"{ARCHITECTURES[self.network].title}, {self.recipe}, learning rate {self.learning_rate:g}, seed {self.seed}"

    def config(self) -> dict[str, Any]:
        """Return everything the outcome depends on but the images, as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Design:
    """What a study varies and what it holds still."""

    networks: tuple[str, ...]
    learning_rates: tuple[float, ...]
    seeds: tuple[int, ...]
    quick: bool
    further: bool = True

    @property
    def recipes(self) -> list[tuple[str, float]]:
        """Recipes with their learning rates."""
        return [("published", rate) for rate in self.learning_rates] + ([("further", FURTHER_RATE)] if self.further else [])

    @property
    def epochs(self) -> tuple[int, int]:
        """The epochs of the short runs and of the long one."""
        return QUICK_EPOCHS if self.quick else (SHORT_EPOCHS, LONG_EPOCHS)


def training_jobs(design: Design, counts: Counts) -> Iterator[TrainingJob]:
    """Yield the trainings of a study, small networks first, no cell computed twice."""
    short, long = design.epochs
    for name, (recipe, rate) in itertools.product(design.networks, design.recipes):
        is_large = ARCHITECTURES[name].is_large
        used = counts.at_most(QUICK_IMAGES, QUICK_HELD_OUT) if design.quick and is_large else counts
        readings = (short, long) if (recipe, rate) == ("published", DEFAULT_RATE) else (short,)
        for seed in design.seeds[:1] if is_large else design.seeds:
            yield TrainingJob(name, recipe, rate, readings, seed, used)
