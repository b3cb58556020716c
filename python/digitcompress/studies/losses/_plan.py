"""Which trainings the table needs: one serves every loss and every setting that it can."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from digitcompress.studies.losses._choices import COMPRESSIONS, TRAINED_AS
from digitcompress.studies.losses._published import SETTINGS, Setting

QUICK_DIVISOR = 10


@dataclass(frozen=True)
class Counts:
    """How the rows of the study's images are used, in this order."""

    development: int
    train: int
    test: int

    @property
    def total(self) -> int:
        """Images to train on and to decide with: the source's m."""
        return self.development + self.train


@dataclass(frozen=True)
class TrainingJob:
    """One training of the study, read off at several numbers of iterations."""

    mode: str
    compression: str
    losses: tuple[str, ...]
    learning_rate: float
    checkpoints: tuple[int, ...]
    seed: int
    hidden: tuple[int, ...]
    bits: int | None
    rate: float | None
    every: int
    counts: Counts

    @property
    def cost(self) -> int:
        """Iterations of gradient descent."""
        return self.checkpoints[-1]

    @property
    def title(self) -> str:
        """What the progress bar shows."""
        loss = "every loss" if self.mode == "faithful" else " = ".join(self.losses)
        return f"{self.mode}, {self.compression}, {loss}, {self.learning_rate:g}, seed {self.seed}"

    def config(self) -> dict[str, Any]:
        """Return everything the outcome depends on but the images, as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Design:
    """What a study varies and what it holds still."""

    modes: tuple[str, ...]
    losses: tuple[str, ...]
    seeds: tuple[int, ...]
    hidden: tuple[int, ...]
    bits: int
    rate: float
    every: int
    quick: bool

    @property
    def settings(self) -> tuple[Setting, ...]:
        """The published settings, shortened in a quick study."""
        divisor = QUICK_DIVISOR if self.quick else 1
        return tuple(Setting(setting.learning_rate, setting.iterations // divisor) for setting in SETTINGS)


def training_jobs(design: Design, counts: Counts) -> Iterator[TrainingJob]:
    """Yield the trainings of a study, no cell of the table computed twice."""
    runs: dict[float, list[int]] = {}
    for setting in design.settings:
        runs.setdefault(setting.learning_rate, []).append(setting.iterations)
    groups = [(mode, group) for mode in design.modes for group in _loss_groups(mode, design.losses)]
    for seed, (mode, losses), compression, learning_rate in itertools.product(design.seeds, groups, COMPRESSIONS, runs):
        yield TrainingJob(
            mode=mode,
            compression=compression,
            losses=losses,
            learning_rate=learning_rate,
            checkpoints=tuple(sorted(runs[learning_rate])),
            seed=seed,
            hidden=design.hidden,
            bits=design.bits if compression in {"quantized", "both"} else None,
            rate=design.rate if compression in {"pruned", "both"} else None,
            every=design.every,
            counts=counts,
        )


def _loss_groups(mode: str, losses: Sequence[str]) -> list[tuple[str, ...]]:
    """Put the losses that share a training together: all of them, where the loss never reaches the gradient."""
    if mode == "faithful":
        return [tuple(losses)]
    groups: dict[str, list[str]] = {}
    for loss in losses:
        groups.setdefault(TRAINED_AS[loss], []).append(loss)
    return [tuple(group) for group in groups.values()]
