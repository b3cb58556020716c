"""Interleaved rounds: a neighbour's load falls on every contender."""

import gc
import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digitcompress import _core
from digitcompress.benchmarks._digitcompress import OURS
from digitcompress.benchmarks._load import OtherLoad
from digitcompress.benchmarks._results import Comparison, Measurement, undisturbed
from digitcompress.benchmarks._task import Contender, Task, Trainer
from digitcompress.benchmarks._workloads import training_multiply_adds

REST = 0.2  # seconds until idle threads of OpenBLAS and OpenMP stop spinning on the processors that the next contender needs
Clock = Callable[[], float]
ROUND_SECONDS = 0.3  # a round goes over the data as often as this asks for


@dataclass
class _Entrant:
    contender: Contender
    trainer: Trainer
    first_pass: float
    passes: int
    clock: Clock
    rounds: list[float]
    others: list[float]  # share of the processors taken by others, in each round


def seconds(work: Callable[[], Any], clock: Clock = time.perf_counter) -> float:
    """Return how long something takes."""
    start = clock()
    work()
    return clock() - start


def race(
    task: Task,
    contenders: Sequence[Contender],
    absent: Mapping[str, str],
    *,
    rounds: int,
    clock: Clock = time.perf_counter,
    tell: Callable[[str], object] = str,
) -> Comparison:
    """Measure the contenders at one task; `absent` says who cannot come at all, and why."""
    limits = task.workload.limits(_core.level) if clock is time.perf_counter else {}
    reasons = {each.name: absent.get(each.name) or each.cannot(task.workload, task.network) for each in contenders}
    entrants = []
    for contender in (each for each in contenders if reasons[each.name] is None):
        tell(f"{task.workload.title}: {contender.name} warms up")
        try:
            entrants.append(_warmed_up(contender, task, clock))
        except Exception as error:
            if contender.name == OURS.name:
                raise
            reasons[contender.name] = f"failed: {type(error).__name__}: {error!s:.100}"  # a peer's fault ends no race
    floors: list[dict[str, float]] = []
    for number in range(rounds):
        tell(f"{task.workload.title}: round {number + 1} of {rounds}")
        first = number % max(1, len(entrants))
        for entrant in entrants[first:] + entrants[:first]:
            _run_round(entrant, task)
        time.sleep(REST)
        floors.append(_core.machine_floors(task.threads))
    measurements = tuple(map(_measurement, entrants))
    return Comparison(
        workload=task.workload.name,
        title=task.workload.title,
        parameters=task.network.parameter_count,
        batch_size=task.batch_size,
        images=len(task.images),
        multiply_adds=training_multiply_adds(task.network),
        peak_flops=max((each["float_flops"] for each in floors), default=0.0),
        round_trips=tuple(each["round_trip"] for each in floors if each["round_trip"] > 0),
        limits=limits,
        measurements=measurements,
        left_out={name: reason for name, reason in reasons.items() if reason},
    )


def _warmed_up(contender: Contender, task: Task, clock: Clock) -> _Entrant:
    start = clock()
    trainer = contender.start(task)
    trainer.run(1)
    first = clock() - start
    time.sleep(REST)
    second = seconds(lambda: trainer.run(1), clock)
    return _Entrant(contender, trainer, first, max(1, math.ceil(ROUND_SECONDS / second)), clock, [], [])


def _run_round(entrant: _Entrant, task: Task) -> None:
    time.sleep(REST)
    gc.collect()
    load = OtherLoad()
    elapsed = seconds(lambda: entrant.trainer.run(entrant.passes), entrant.clock)
    entrant.others.append(load.share() if entrant.clock is time.perf_counter else 0.0)  # a clock of the processor does not see others
    entrant.rounds.append(elapsed / (entrant.passes * task.steps) * 1e6)


def _measurement(entrant: _Entrant) -> Measurement:
    return Measurement(
        contender=entrant.contender.name,
        is_framework=entrant.contender.is_framework,
        first_pass_seconds=entrant.first_pass,
        rounds=tuple(entrant.rounds),
        others=tuple(entrant.others),
        step_microseconds=statistics.median(undisturbed(entrant.rounds, entrant.others)),
    )
