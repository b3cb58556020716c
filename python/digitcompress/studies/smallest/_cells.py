"""One training of the study, and which of them its tables need."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from digitcompress import models
from digitcompress.network import Network
from digitcompress.studies.smallest._candidates import Candidate
from digitcompress.studies.smallest._published import LARGE, ROWS, SMALLEST, SOURCE_EPOCHS, STEPS
from digitcompress.studies.smallest._recipes import SOURCE, Recipe, chosen_recipe, deslanted

LONG_EPOCHS = 100
QUICK_EPOCHS, QUICK_LONG_EPOCHS = 5, 15
QUICK_LARGE_IMAGES = 320
FEWER_SEEDS = 2
# Above so many parameters a network gets fewer random starts.
SMALL = 20_000


@dataclass(frozen=True)
class Cell:
    """One training: of a step of the ablation, of a larger model, or of a candidate of the search."""

    network: str
    data: str
    digest: str
    epochs: int
    recipe: Recipe
    seed: int
    candidate: Candidate | None = None
    images: int | None = None
    reads_test: bool = True

    def build(self) -> Network:
        """Return the network with random parameters."""
        if self.candidate is not None:
            return self.candidate.network(seed=self.seed)
        if self.network in models.names():
            return models.get(self.network)(seed=self.seed)
        return models.tiny_cnn(self.network, seed=self.seed)

    @property
    def cost(self) -> int:
        """Multiply-adds of the forward passes."""
        return self.build().multiply_adds * self.epochs * (self.images or 60_000)

    @property
    def title(self) -> str:
        """What the progress bar shows."""
        return f"{self.data}, {self.network}, {self.recipe.name}, {self.epochs} epochs, seed {self.seed}"

    def config(self) -> dict[str, Any]:
        """Return everything the outcome depends on but the code, as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Design:
    """What the study varies: its data sets by name, with their digests."""

    digests: dict[str, str]
    networks: tuple[str, ...]
    seeds: tuple[int, ...] | None
    quick: bool

    @property
    def epochs(self) -> tuple[int, int]:
        """The source's epochs, and many more."""
        return (QUICK_EPOCHS, QUICK_LONG_EPOCHS) if self.quick else (SOURCE_EPOCHS, LONG_EPOCHS)

    def seeds_of(self, network: str) -> tuple[int, ...]:
        """Return the random starts of a network: five, fewer for a large one, one in a quick study."""
        if self.seeds is not None:
            return self.seeds
        full = 5 if ROWS[network].parameters < SMALL else FEWER_SEEDS
        return tuple(range(1 if self.quick else full))


def planned_cells(design: Design) -> Iterator[Cell]:
    """Yield the trainings of both tables."""
    steps = [row.network for row in STEPS if row.network in design.networks]
    large = [row.network for row in LARGE if row.network in design.networks]
    for place, (data, digest) in enumerate(design.digests.items()):
        for network in steps:
            yield from _step_cells(network, data, digest, design, is_first=place == 0)
        yield from _large_cells(large, data, digest, design)


def _step_cells(network: str, data: str, digest: str, design: Design, *, is_first: bool) -> Iterator[Cell]:
    lengths = design.epochs if network == SMALLEST else design.epochs[:1]
    for epochs in lengths:
        recipes = _recipes(network, is_long=epochs == design.epochs[1], is_first=is_first)
        for recipe, seed in itertools.product(recipes, design.seeds_of(network)):
            yield Cell(network, data, digest, epochs, recipe, seed)


def _recipes(network: str, *, is_long: bool, is_first: bool) -> Iterator[Recipe]:
    """Yield our own recipe, and for the first data the source's; there the smallest network also sees digits without their slant."""
    own = chosen_recipe(network, is_long=is_long)
    if is_first:
        yield SOURCE
    yield own
    if is_first and network == SMALLEST:
        yield deslanted(own)


def _large_cells(networks: Sequence[str], data: str, digest: str, design: Design) -> Iterator[Cell]:
    images, epochs = (QUICK_LARGE_IMAGES, 1) if design.quick else (None, design.epochs[0])
    for network in networks:
        for seed in design.seeds_of(network):
            yield Cell(network, data, digest, epochs, chosen_recipe(network), seed, images=images)
