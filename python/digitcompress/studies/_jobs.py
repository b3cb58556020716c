"""Run the jobs of a study through joblib: finished ones are skipped, each new one is kept as soon as it ends."""

import os
import signal
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, Protocol

from digitcompress._extras import import_extra
from digitcompress.studies._progress import Progress, ProgressBar
from digitcompress.studies._record import Record
from digitcompress.studies._store import RecordStore


class Job(Protocol):
    """What a study asks to be computed: a picklable value."""

    def config(self) -> dict[str, Any]:
        """Return everything the outcome depends on but the data and the code, as plain values."""

    @property
    def cost(self) -> int:
        """Amount of work, in the unit of the progress bar."""

    @property
    def title(self) -> str:
        """What the progress bar says when the job has ended."""


def run_jobs(
    jobs: Mapping[str, Job],
    run: Callable[..., Record],
    *arguments: Any,
    store: RecordStore,
    workers: int = 1,
    progress: Progress = "auto",
    unit: str = "iteration",
) -> dict[str, Record]:
    """Return the outcome of every job.

    joblib does the work: inside ``with joblib.parallel_config("dask")`` the same jobs run on a cluster.
    """
    found = {key: store.load(key) for key in jobs}
    records = {key: record for key, record in found.items() if record is not None}
    open_keys = [key for key in jobs if key not in records]
    with ProgressBar(sum(job.cost for job in jobs.values()), unit=unit, progress=progress) as bar, warnings.catch_warnings():
        # joblib advises programmers when Ctrl-C leaves jobs undone.
        warnings.filterwarnings("ignore", message=".*tasks which", category=UserWarning)
        bar.advance(sum(jobs[key].cost for key in records), note=f"{len(records)} found finished" if records else "")
        for key, record in _outcomes(open_keys, jobs, run, arguments, workers=workers):
            store.save(key, record)
            records[key] = record
            bar.advance(jobs[key].cost, note=jobs[key].title)
    return {key: records[key] for key in jobs}


def _outcomes(
    keys: Sequence[str], jobs: Mapping[str, Job], run: Callable[..., Record], arguments: tuple[Any, ...], *, workers: int
) -> Iterator[tuple[str, Record]]:
    if not keys:
        return
    joblib = import_extra("joblib", extra="study", purpose="a study")
    # None leaves the number to the surrounding joblib.parallel_config.
    parallel = joblib.Parallel(n_jobs=workers if workers > 1 else None, return_as="generator_unordered")
    with closing(parallel(joblib.delayed(_keyed)(os.getpid(), key, run, jobs[key], *arguments) for key in keys)) as outcomes:
        yield from outcomes


def _keyed(caller: int, key: str, run: Callable[..., Record], job: Job, *arguments: Any) -> tuple[str, Record]:
    """Name an outcome, because outcomes arrive in the order in which they end."""
    if os.getpid() == caller:
        return key, run(job, *arguments)
    # A worker listens to Ctrl-C inside jobs only: between them it would end in a traceback on the screen.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        return key, run(job, *arguments)
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
