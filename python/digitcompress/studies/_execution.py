"""How a study is computed: what changes the time, but never a number."""

import hashlib
import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from digitcompress import _core
from digitcompress._arguments import as_integer
from digitcompress._versions import versions
from digitcompress.studies._jobs import Job, run_jobs
from digitcompress.studies._progress import Progress
from digitcompress.studies._record import Record
from digitcompress.studies._store import RecordStore, job_key

AnyJob = TypeVar("AnyJob", bound=Job)


@dataclass(frozen=True)
class Outcomes(Generic[AnyJob]):
    """The jobs of a study and what came out of each, by the same keys and in the same order."""

    jobs: dict[str, AnyJob]
    records: dict[str, Record]

    def pairs(self) -> list[tuple[AnyJob, Record]]:
        """Return each job with its outcome."""
        return [(job, self.records[key]) for key, job in self.jobs.items()]


@dataclass(frozen=True)
class Execution:
    """Where a study keeps its results, and how many trainings and threads work on it."""

    out: Path | None
    workers: int
    threads: int
    progress: Progress

    @classmethod
    def checked(cls, *, out: str | Path | None, jobs: int, threads: int | None, progress: Progress) -> Self:
        """Return what a caller asked for; the processors are shared among the jobs."""
        workers = as_integer("jobs", jobs, 1)
        each = max(1, _core.default_threads() // workers) if threads is None else as_integer("threads", threads, 1)
        return cls(None if out is None else Path(out), workers, each, progress)

    def outcomes(
        self, jobs: Iterable[AnyJob], run: Callable[..., Record], *arguments: Any, context: Iterable[str], unit: str = "iteration"
    ) -> Outcomes[AnyJob]:
        """Compute every job whose outcome is not in the folder of results yet: ``run(job, *arguments, threads)``.

        `context` says what the outcomes depend on besides the jobs: the data, and the version of the arithmetic.
        """
        digests = tuple(context)
        by_key = {job_key(job.config(), *digests): job for job in jobs}
        store = RecordStore(None if self.out is None else self.out / "cells")
        records = run_jobs(by_key, run, *arguments, self.threads, store=store, workers=self.workers, progress=self.progress, unit=unit)
        return Outcomes(by_key, records)


def arithmetic(version: int) -> tuple[str, ...]:
    """Return what numbers depend on besides data: the package, the compiled core, and the version of a study's own code."""
    return versions()["digitcompress"], _core_digest(), str(version)


def facts_of(data: str, command: str | None, *, study: str) -> dict[str, Any]:
    """Return what results have to be kept with: images, versions, processor level, and the command that repeats them."""
    return {"data": data, "versions": versions(), "command": command or f"digitcompress.studies.{study}.run(...)"}


def _core_digest() -> str:
    """Return the digest of the compiled core in use: another build may round otherwise."""
    path = importlib.import_module(f"{_core.__name__}._core_{_core.level}").__file__
    return hashlib.sha256(Path(str(path)).read_bytes()).hexdigest()
