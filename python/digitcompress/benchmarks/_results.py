"""What a run of the benchmarks found; JSON and back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from digitcompress.errors import FormatError

OURS = "digitcompress"
VERSION = 1
DISTURBED = 0.1  # share of the processors that others may take in a round that counts


def undisturbed(times: Sequence[float], others: Sequence[float]) -> Sequence[float]:
    """Return the times that count: those while others took little of the processors, or all when there was none."""
    return [each for each, share in zip(times, others, strict=True) if not share > DISTURBED] or times


@dataclass(frozen=True)
class Measurement:
    """One contender at one workload."""

    contender: str
    is_framework: bool
    first_pass_seconds: float  # the very first pass over the data, with compilation
    rounds: tuple[float, ...]  # microseconds of a step in each round
    others: tuple[float, ...]  # share of the processors that other processes took meanwhile
    step_microseconds: float  # median of the undisturbed rounds, or of all when there was none

    @property
    def was_disturbed(self) -> bool:
        """Whether other processes were busy in every round."""
        return all(share > DISTURBED for share in self.others)


@dataclass(frozen=True)
class Comparison:
    """All contenders at one workload; `left_out` says why others are not there."""

    workload: str
    title: str
    parameters: int
    batch_size: int
    images: int
    multiply_adds: int  # of one image in training
    peak_flops: float  # the machine's, measured between the rounds
    limits: Mapping[str, float]
    measurements: tuple[Measurement, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    round_trips: tuple[float, ...] = ()  # seconds of a number from one processor to another and back, measured between the rounds

    def step(self, contender: str) -> float | None:
        """Return the microseconds of a step, or None if the contender was not there."""
        return next((each.step_microseconds for each in self.measurements if each.contender == contender), None)

    def images_per_second(self, measurement: Measurement) -> float:
        """Return images trained on in a second."""
        return self.batch_size / measurement.step_microseconds * 1e6

    def share_of_peak(self, measurement: Measurement) -> float:
        """Return multiply-adds done over those the machine could have done."""
        return 2 * self.multiply_adds * self.images_per_second(measurement) / self.peak_flops

    def ratio_to(self, contender: str | None = None) -> float | None:
        """Return how many times faster we are than a contender, by default than the fastest framework."""
        ours = self.step(OURS)
        steps = [each.step_microseconds for each in self.measurements if each.is_framework or contender is not None]
        theirs = self.step(contender) if contender is not None else min(steps, default=None)
        return None if ours is None or theirs is None else theirs / ours

    def reached(self) -> dict[str, float | None]:
        """Return what was reached of each limit: ``"ratio"``, ``"ratio to scikit-learn"``, ``"share of peak"``; None if not measured."""
        ours = next((each for each in self.measurements if each.contender == OURS), None)
        found: dict[str, float | None] = {}
        for name in self.limits:
            if name == "share of peak":
                found[name] = None if ours is None else self.share_of_peak(ours)
            else:
                found[name] = self.ratio_to(name.partition(" to ")[2] or None)
        return found


@dataclass(frozen=True)
class Point:
    """Images a second of one contender at one value of what is varied."""

    axis: str
    value: int
    workload: str
    contender: str
    images_per_second: float


@dataclass(frozen=True)
class Encounter:
    """How much slower a training is in some company than alone, and whether it computed the same bits."""

    name: str
    alone_seconds: float
    together_seconds: float
    limit: float | None
    same_bits: bool

    @property
    def ratio(self) -> float:
        """Time in company over time alone."""
        return self.together_seconds / self.alone_seconds

    @property
    def is_fine(self) -> bool:
        """Whether the bits are the same and the limit is kept."""
        return self.same_bits and (self.limit is None or self.ratio <= self.limit)


@dataclass(frozen=True)
class Goal:
    """Something of ours alone that has a limit: accuracy, seconds, memory."""

    name: str
    value: float
    unit: str
    limit: float | None
    at_most: bool
    detail: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether the limit is kept."""
        return self.limit is None or (self.value <= self.limit if self.at_most else self.value >= self.limit)


@dataclass(frozen=True)
class Results:
    """Everything one run of the benchmarks measured, and where.

    Attributes
    ----------
    facts : dict
        Machine, versions, data, threads and rounds.
    comparisons : tuple of Comparison
        One a workload.
    scaling : tuple of Point
        Images a second against batch size, threads and data size.
    company : tuple of Encounter
        Speed and bits in hostile company.
    goals : tuple of Goal
        Accuracy, time to it, memory, and the price of a call.

    Examples
    --------
    >>> Results({"level": "v3"}, (), (), ()).as_json()["facts"]
    {'level': 'v3'}
    """

    facts: Mapping[str, Any]
    comparisons: tuple[Comparison, ...]
    scaling: tuple[Point, ...]
    company: tuple[Encounter, ...]
    goals: tuple[Goal, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Results":
        """Return the results that `as_json` wrote down.

        Raises
        ------
        FormatError
            If `content` is something else.
        """
        if content.get("version") != VERSION:
            message = f"benchmark results: version must be {VERSION}, got {content.get('version')!r}"
            raise FormatError(message)
        try:
            return cls(
                content["facts"],
                tuple(_comparison(each) for each in content["comparisons"]),
                tuple(Point(**each) for each in content["scaling"]),
                tuple(Encounter(**each) for each in content["company"]),
                tuple(Goal(**each) for each in content["goals"]),
            )
        except (KeyError, TypeError) as error:
            message = f"benchmark results: must be what `digitcompress bench` wrote, got {error}"
            raise FormatError(message) from error


def _comparison(content: Mapping[str, Any]) -> Comparison:
    measurements = tuple(
        Measurement(**{**each, "rounds": tuple(each["rounds"]), "others": tuple(each["others"])}) for each in content["measurements"]
    )
    return Comparison(**{**content, "measurements": measurements, "round_trips": tuple(content.get("round_trips", ()))})
