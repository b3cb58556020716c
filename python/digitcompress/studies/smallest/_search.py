"""A search below 1,000 parameters: a plain grid, thinned out in rounds that look at validation images only."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from digitcompress.errors import ShapeError
from digitcompress.studies._execution import Outcomes
from digitcompress.studies.smallest._candidates import Candidate
from digitcompress.studies.smallest._cells import Cell
from digitcompress.studies.smallest._recipes import SEARCH

MOST_PARAMETERS = 1_000
# The search promises a network of at most so many.
TARGET_PARAMETERS = 700
FIRST, SECOND = (4, 6), (4, 6, 8)
REST: tuple[tuple[int, ...], ...] = ((), (8,), (8, 8), (8, 8, 8))
# How many of the convolutions a pooling follows; the image is too small for more.
POOLED = (1, 2)
HEADS = (("flatten", 0), ("flatten", 5), ("global", 0))

Compute = Callable[[Iterable[Cell]], Outcomes[Cell]]


@dataclass(frozen=True)
class Round:
    """How long each candidate of a round is trained, and how many of them go on at least."""

    epochs: int
    images: int | None
    goes_on: int
    seeds: tuple[int, ...] = (0,)

    @property
    def is_last(self) -> bool:
        """Whether the networks of this round are the result."""
        return self.goes_on == 0


ROUNDS = (Round(4, 10_000, 32), Round(10, None, 6), Round(100, None, 0, seeds=(0, 1)))
QUICK_ROUNDS = (Round(2, 1_000, 3), Round(4, None, 0))
QUICK_CANDIDATES = 8


def grid() -> Iterator[Candidate]:
    """Yield every network of the grid that has at most 1,000 parameters."""
    for filters, kernel, separable, (head, units), norm, pooled in itertools.product(
        itertools.product(FIRST, SECOND, REST), (3, 5), (False, True), HEADS, (False, True), POOLED
    ):
        first, second, rest = filters
        candidate = Candidate((first, second, *rest), kernel, separable, head, units, norm, pooled)
        if _is_small(candidate):
            yield candidate


def _is_small(candidate: Candidate) -> bool:
    try:
        return candidate.network(seed=0).parameter_count <= MOST_PARAMETERS
    except ShapeError:
        return False  # its kernel is larger than what the pooling leaves


def fronts(points: Sequence[tuple[float, float]]) -> list[list[int]]:
    """Return the places of points (cost, value) by layers: first those that no cheaper or equal point reaches, and so on."""
    left, layers = set(range(len(points))), []
    while left:
        layer, best = [], float("-inf")
        for place in sorted(left, key=lambda each: (points[each][0], -points[each][1])):
            if points[place][1] > best:
                layer.append(place)
                best = points[place][1]
        left -= set(layer)
        layers.append(layer)
    return layers


def survivors(points: Sequence[tuple[float, float]], count: int) -> list[int]:
    """Return the places of so many points, of the first layers; of the last of these, those of the highest values."""
    kept: list[int] = []
    for layer in fronts(points):
        kept += sorted(layer, key=lambda place: -points[place][1])[: count - len(kept)]
    return sorted(kept)


def search(compute: Compute, data: str, digest: str, *, quick: bool) -> list[dict[str, Any]]:
    """Train the grid in rounds and return a row for every training; only the last round's networks see the test images."""
    candidates = list(grid())
    if quick:
        candidates = candidates[:: max(1, len(candidates) // QUICK_CANDIDATES)]
    rows: list[dict[str, Any]] = []
    for number, stage in enumerate(QUICK_ROUNDS if quick else ROUNDS, start=1):
        found = compute(_cells(candidates, stage, data, digest)).pairs()
        rows += [_row(cell, record.values, number) for cell, record in found]
        points = [(record.values["parameters"], record.values["validation_accuracy"]) for _, record in found]
        candidates = candidates if stage.is_last else [candidates[place] for place in survivors(points, stage.goes_on)]
    return rows


def _cells(candidates: Sequence[Candidate], stage: Round, data: str, digest: str) -> Iterator[Cell]:
    for candidate, seed in itertools.product(candidates, stage.seeds):
        yield Cell(
            candidate.name, data, digest, stage.epochs, SEARCH, seed, candidate=candidate, images=stage.images, reads_test=stage.is_last
        )


def _row(cell: Cell, values: dict[str, Any], number: int) -> dict[str, Any]:
    return {"network": cell.network, "round": number, "epochs": cell.epochs, "seed": cell.seed, **values}
