"""The same training steps by PyTorch, in turns with ours: what an epoch takes on this machine."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from digitcompress import _core
from digitcompress._extras import import_extra
from digitcompress.benchmarks._digitcompress import OURS
from digitcompress.benchmarks._machine import restricted_to
from digitcompress.benchmarks._pytorch import COMPILED, EAGER
from digitcompress.benchmarks._race import race
from digitcompress.benchmarks._task import Task
from digitcompress.benchmarks._workloads import Workload
from digitcompress.datasets import Split
from digitcompress.errors import FormatError
from digitcompress.studies._record import Record
from digitcompress.studies.architectures._networks import ARCHITECTURES
from digitcompress.studies.architectures._published import BATCH_SIZE, DEFAULT_RATE

OPTIMIZER = "adam"
STEPS = 10
ROUNDS = 5


@dataclass(frozen=True)
class RivalJob:
    """A race over a few training steps; compiling takes PyTorch a minute for a large network, so a first look leaves it out."""

    network: str
    compiled: bool

    @property
    def cost(self) -> int:
        """Races."""
        return 1

    @property
    def title(self) -> str:
        """What the progress bar shows."""
        return f"{ARCHITECTURES[self.network].title} against PyTorch"

    def config(self) -> dict[str, Any]:
        """Return what the outcome depends on, besides the machine."""
        return asdict(self) | {"steps": STEPS, "rounds": ROUNDS, "optimizer": OPTIMIZER}


def require_pytorch() -> None:
    """Raise the error that names the extra, when PyTorch is not installed."""
    import_extra("torch", extra="peers", purpose="the comparison with PyTorch")


def run_rival(job: RivalJob, train: Split, threads: int) -> Record:
    """Race the study's optimizer from the same start; the median of the undisturbed rounds counts."""
    count = min(STEPS, len(train) // BATCH_SIZE) * BATCH_SIZE
    images, labels = train[:count]
    architecture = ARCHITECTURES[job.network]
    workload = Workload(
        job.network,
        architecture.title,
        lambda seed=0: architecture.make(seed),
        batch_size=BATCH_SIZE,
        images=count,
        learning_rate=DEFAULT_RATE,
        optimizer=OPTIMIZER,
    )
    task = Task(workload, workload.network(), images, labels, threads, BATCH_SIZE)
    with restricted_to(threads):
        found = race(task, [OURS, EAGER, *([COMPILED] if job.compiled else [])], {}, rounds=ROUNDS)
    steps = {each.contender: each.step_microseconds for each in found.measurements}
    disturbed = any(each.was_disturbed for each in found.measurements)
    return Record({"step_microseconds": steps, "disturbed": disturbed, "threads": threads, "level": _core.level})


@dataclass(frozen=True)
class Timing:
    """What a step of 64 images takes whom.

    Parameters
    ----------
    network : str
        Its name in the study.
    step_microseconds : dict of str to float
        By contender, ours among them.
    disturbed : bool
        Whether other processes took much of the machine in every round.
    threads : int
        Of each contender.
    level : str
        Our processor level.
    """

    network: str
    step_microseconds: dict[str, float]
    disturbed: bool
    threads: int
    level: str

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> "Timing":
        """Return the timing that `plain` described."""
        try:
            return cls(**values)
        except TypeError as error:
            message = f"architectures: a timing must be as results.json holds it, got {str(values)[:60]!r} ({error})"
            raise FormatError(message) from error

    def plain(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return asdict(self)

    def seconds(self, contender: str, images: int) -> float:
        """Return what so many images in batches take, without validation."""
        return self.step_microseconds[contender] * -(-images // BATCH_SIZE) / 1e6

    @property
    def ratio(self) -> float:
        """How many times longer the faster form of PyTorch takes."""
        rivals = [each for name, each in self.step_microseconds.items() if name != OURS.name]
        return min(rivals) / self.step_microseconds[OURS.name]
