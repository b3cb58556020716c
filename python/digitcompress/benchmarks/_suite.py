"""The whole suite."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from digitcompress import _core
from digitcompress._arguments import as_integer
from digitcompress.benchmarks._company import company
from digitcompress.benchmarks._contenders import CONTENDERS
from digitcompress.benchmarks._data import digits
from digitcompress.benchmarks._digitcompress import OURS
from digitcompress.benchmarks._goals import goals
from digitcompress.benchmarks._machine import absences, machine_facts, restricted_to
from digitcompress.benchmarks._race import Clock, race
from digitcompress.benchmarks._results import Comparison, Encounter, Goal, Point, Results
from digitcompress.benchmarks._scaling import scaling
from digitcompress.benchmarks._task import Contender, Task
from digitcompress.benchmarks._workloads import Workload, chosen_workloads

_QUICK_STEPS = 50
_SCALED = {
    "mlp128": {OURS.name, "PyTorch", "JAX, scan"},
    "lenet5": {OURS.name, "PyTorch", "JAX, loop"},
}  # with the fastest of each framework


@dataclass(frozen=True)
class _Plan:
    workloads: Sequence[Workload]
    contenders: Sequence[Contender]
    absent: dict[str, str]
    threads: int
    rounds: int
    quick: bool
    cpu_time: bool
    tell: Callable[[str], None]

    def compare(self, workload: Workload) -> Comparison:
        count = min(workload.images, _QUICK_STEPS * workload.batch_size) if self.quick else workload.images
        images, labels, _ = digits(count)
        task = Task(workload, workload.network(), images, labels, self.threads, workload.batch_size)
        return race(task, self.contenders, self.absent, rounds=self.rounds, clock=self.clock, tell=self.tell)

    @property
    def clock(self) -> Clock:
        return time.process_time if self.cpu_time else time.perf_counter

    @property
    def races_only(self) -> bool:
        return self.quick or self.cpu_time

    def scale(self) -> list[Point]:
        points: list[Point] = []
        for workload in [] if self.races_only else self.workloads:
            rivals = [each for each in self.contenders if each.name in _SCALED.get(workload.name, ()) and each.name not in self.absent]
            points += scaling(workload, rivals, threads=self.threads, rounds=3, tell=self.tell) if rivals else []
        return points

    def reach(self) -> list[Goal]:
        return [] if self.races_only else list(goals(self.tell))

    def meet(self) -> list[Encounter]:
        met = [each for each in self.workloads if each.name in _SCALED and not self.cpu_time][: 1 if self.quick else None]
        rounds = 3 if self.quick else 11
        return [found for each in met for found in company(each, threads=self.threads, rounds=rounds, tell=self.tell)]


def run(
    workloads: Sequence[str] | None = None,
    *,
    peers: bool = True,
    quick: bool = False,
    cpu_time: bool = False,
    rounds: int | None = None,
    threads: int | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Results:
    """Race this package against the frameworks that are installed, and see what it does in hostile company.

    All contenders train the same network from the same start on the same images in batches of the same size with the same threads, in
    this process, in turns. While it runs, the process keeps to as many processors as it has threads.

    Parameters
    ----------
    workloads : sequence of str, optional
        Names out of ``WORKLOADS``; all by default.
    peers : bool, default=True
        Whether others race, too.
    quick : bool, default=False
        Short passes, few rounds, no contender that compiles for long, nothing varied: a first look within a minute.
    cpu_time : bool, default=False
        Count the seconds of the processor instead of those on the wall, with one thread, and only race: for a machine that others use.
    rounds : int, optional
        Turns of each contender; 7 by default, 2 when quick.
    threads : int, optional
        Threads of each; by default all processors of this process, at most 64.
    tell : callable, optional
        Told in a few words what is being measured.

    Returns
    -------
    Results

    Raises
    ------
    DataError
        If a workload is unknown or an argument is out of range.
    MissingExtraError
        If neither MNIST nor the package with the 5,000 digits is on this machine.

    Examples
    --------
    >>> found = run(["mlp10"], peers=False, quick=True, rounds=1, threads=1)
    >>> [each.contender for each in found.comparisons[0].measurements]
    ['digitcompress']
    """
    plan = _plan(
        tuple(workloads or ()), peers=peers, quick=quick, cpu_time=cpu_time, rounds=rounds, threads=1 if cpu_time else threads, tell=tell
    )
    with restricted_to(plan.threads):
        met = plan.meet()  # first, before others load threads of their own
        compared = [plan.compare(each) for each in plan.workloads]
        scaled = plan.scale()
        reached = plan.reach()
    facts = {
        **machine_facts(CONTENDERS),
        "data": digits(1)[2],
        "threads": plan.threads,
        "rounds": plan.rounds,
        "quick": quick,
        "cpu_time": cpu_time,
    }
    return Results(facts, tuple(compared), tuple(scaled), tuple(met), tuple(reached))


def _plan(
    names: tuple[str, ...],
    *,
    peers: bool,
    quick: bool,
    cpu_time: bool,
    rounds: int | None,
    threads: int | None,
    tell: Callable[[str], None],
) -> _Plan:
    contenders = CONTENDERS if peers else [OURS]
    slow = {each.name: "left out of a quick run" for each in contenders if quick and not each.is_quick}
    return _Plan(
        workloads=chosen_workloads(names),
        contenders=contenders,
        absent=absences(contenders) | slow,
        threads=as_integer("run: threads", min(64, _core.default_threads()) if threads is None else threads, 1, 256),
        rounds=as_integer("run: rounds", (2 if quick else 7) if rounds is None else rounds, 1),
        quick=quick,
        cpu_time=cpu_time,
        tell=tell,
    )
