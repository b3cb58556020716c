"""Speed and bits in hostile company: too many threads, a second training, a fork, a second process."""

import contextlib
import hashlib
import math
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator

from digitcompress.benchmarks._data import digits
from digitcompress.benchmarks._digitcompress import OURS
from digitcompress.benchmarks._race import REST, ROUND_SECONDS, seconds
from digitcompress.benchmarks._results import Encounter
from digitcompress.benchmarks._task import Task
from digitcompress.benchmarks._workloads import WORKLOADS, Workload

SECOND_PROCESS_LIMIT = 2.3
_IMAGES = 6_400
_COMMAND = "import sys; from digitcompress.benchmarks._company import train_forever; train_forever(sys.argv[1], int(sys.argv[2]))"


def company(workload: Workload, *, threads: int, rounds: int, tell: Callable[[str], None]) -> Iterator[Encounter]:
    """Yield how a workload fares in each company; to be called before packages with threads of their own are loaded."""
    tell(f"{workload.title} in hostile company")
    images, labels, _ = digits(_IMAGES)
    training = _Training(Task(workload, workload.network(), images, labels, threads, workload.batch_size))
    many = 4 * threads
    yield training.compare(f"{many} threads on {threads} processors", lambda: training.run(many), rounds=rounds)
    yield training.compare("two trainings in two Python threads", training.run_twice, rounds=rounds, times=2)
    if hasattr(os, "fork"):
        yield training.compare("a forked child, after use", training.run_forked, rounds=rounds)
    if hasattr(signal, "SIGSTOP"):
        with _second_process(workload, threads) as awake:
            yield training.compare("a second process training too", training.run, rounds=rounds, limit=SECOND_PROCESS_LIMIT, around=awake)


class _Training:
    """The same training again and again, from the same start."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._epochs = 1
        elapsed = min(seconds(self.run) for _ in range(3))
        self._epochs = max(1, math.ceil(ROUND_SECONDS / elapsed))

    def run(self, threads: int | None = None) -> set[str]:
        """Train; return the digest of the parameters."""
        task = self._task if threads is None else Task(**{**vars(self._task), "threads": threads})
        trainer = OURS.start(task)
        trainer.run(self._epochs)
        return {hashlib.sha256(b"".join(each.tobytes() for each in trainer.parameters().values())).hexdigest()}

    def run_twice(self) -> set[str]:
        """Train in two Python threads at once; return both digests."""
        digests: set[str] = set()
        trainings = [threading.Thread(target=lambda: digests.update(self.run())) for _ in range(2)]
        for each in trainings:
            each.start()
        for each in trainings:
            each.join()
        return digests

    def run_forked(self) -> set[str]:
        """Train in a forked child; return the digest it sends."""
        reader, writer = os.pipe()
        with warnings.catch_warnings():
            # Python, and JAX if it is loaded, warn about every fork with threads around; that ours survive it is what is shown.
            warnings.simplefilter("ignore")
            child = os.fork()
        if child == 0:
            os.write(writer, next(iter(self.run())).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as stream:
            digest = stream.read().decode()
        os.waitpid(child, 0)
        return {digest}

    def compare(
        self,
        name: str,
        together: Callable[[], set[str]],
        *,
        rounds: int,
        times: int = 1,
        limit: float | None = None,
        around: "Callable[[], contextlib.AbstractContextManager[None]]" = contextlib.nullcontext,
    ) -> Encounter:
        """Time the training alone and in company in turns; `times` trainings are done in company."""
        alone_seconds, together_seconds, digests = [], [], set()
        for _ in range(rounds):
            time.sleep(REST)
            alone_seconds.append(times * seconds(lambda: digests.update(self.run())))
            with around():
                together_seconds.append(seconds(lambda: digests.update(together())))
        title = f"{self._task.workload.title}: {name}"
        return Encounter(title, statistics.median(alone_seconds), statistics.median(together_seconds), limit, same_bits=len(digests) == 1)


@contextlib.contextmanager
def _second_process(workload: Workload, threads: int) -> Iterator[Callable[[], contextlib.AbstractContextManager[None]]]:
    """Start a process that trains without end, asleep but for the blocks that the yielded function opens."""
    command = [sys.executable, "-c", _COMMAND, workload.name, str(threads)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            _wait_until_ready(process)
            process.send_signal(signal.SIGSTOP)
            yield lambda: _awake(process)
        finally:
            process.kill()


def _wait_until_ready(process: "subprocess.Popen[bytes]") -> None:
    """Wait until the second process has trained once."""
    if process.stdout is None or process.stdout.readline() != b"ready\n":
        message = "the second process ended before its first training"
        raise RuntimeError(message)


@contextlib.contextmanager
def _awake(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    process.send_signal(signal.SIGCONT)
    try:
        yield
    finally:
        process.send_signal(signal.SIGSTOP)


def train_forever(name: str, threads: int) -> None:
    """Train a workload until killed; say so after the first time. What `company` starts as its second process."""
    workload = WORKLOADS[name]
    images, labels, _ = digits(_IMAGES)
    training = _Training(Task(workload, workload.network(), images, labels, threads, workload.batch_size))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        training.run()
