"""The whole study: plan, compute what is missing, collect."""

import hashlib
import importlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from digitcompress import _core
from digitcompress._arguments import as_integer
from digitcompress._versions import versions
from digitcompress.datasets import Dataset
from digitcompress.errors import DataError
from digitcompress.studies._jobs import run_jobs
from digitcompress.studies._progress import Progress
from digitcompress.studies._store import RecordStore, fingerprint, job_key
from digitcompress.studies.losses._choices import checked_rate, chosen_losses
from digitcompress.studies.losses._data import StudyData, study_data
from digitcompress.studies.losses._job import run_job
from digitcompress.studies.losses._plan import Design, training_jobs
from digitcompress.studies.losses._table import LossTable

# Goes up when Python code changes the numbers that a job returns; a change of the core is seen in its file.
ARITHMETIC_VERSION = 1
MODES: dict[object, tuple[str, ...]] = {True: ("faithful",), False: ("correct",), "both": ("faithful", "correct")}


def run(
    data: Dataset | str | Path = "mnist-5k",
    *,
    seeds: int | Iterable[int] = 1,
    jobs: int = 1,
    faithful: Literal["both"] | bool = "both",
    hidden: Sequence[int] = (10,),
    bits: int = 8,
    rate: float = 0.1,
    every: int = 10,
    quick: bool = False,
    losses: Iterable[str] | None = None,
    out: str | Path | None = None,
    threads: int | None = None,
    progress: Progress = "auto",
    command: str | None = None,
) -> LossTable:
    """Train every loss under every compression at the five published settings.

    Five settings of learning rate and iterations, four compressions, eight losses, in the source's arithmetic and in ours.
    Trainings that would be the same are done once: in faithful mode the loss never reaches the gradient, and a shorter run is
    the beginning of a longer one. joblib runs the trainings, so that ``with joblib.parallel_config("dask")`` around this call
    moves them to a cluster. Ctrl-C loses no finished training when `out` is given.

    Parameters
    ----------
    data : Dataset or str or Path, default="mnist-5k"
        Images with a validation split, which is the development set; or the name of a data set, of which MNIST and
        Fashion-MNIST lend the first 42,000 images of a fixed shuffle; or a file as of Kaggle's digit-recognizer. The first
        1,000 images are the development set, a fifth of them if there are fewer than 5,000.
    seeds : int or iterable of int, default=1
        How many random starts, or their seeds.
    jobs : int, default=1
        Trainings at a time.
    faithful : bool or "both", default="both"
        True for the source's own arithmetic, False for ours.
    hidden : sequence of int, default=(10,)
        Sizes of one or two hidden layers.
    bits : int, default=8
        Width of a quantized number, 1 to 16.
    rate : float, default=0.1
        Share of the weights to prune.
    every : int, default=10
        Iterations between records.
    quick : bool, default=False
        A tenth of the iterations, for a first look.
    losses : iterable of str, optional
        Names of losses; all by default.
    out : str or Path, optional
        Directory for the results; finished trainings in its ``cells`` are taken over.
    threads : int, optional
        Threads of each training; by default all processors over `jobs`.
    progress : "auto" or bool, default="auto"
        Whether to show a bar with the time left; "auto" does so on a terminal.
    command : str, optional
        What was typed, for the record.

    Returns
    -------
    LossTable
        The table, its figures and its files.

    Raises
    ------
    DataError
        If an argument is out of range or a name is unknown.
    MissingExtraError
        If an optional package is needed; the message has the pip line.

    Examples
    --------
    >>> from digitcompress import datasets
    >>> digits = datasets.load("digits-8x8").take(300, development=100)
    >>> table = run(digits, quick=True, faithful=True, losses=["mse"], progress=False)
    >>> table.frame()[["compression", "loss"]].drop_duplicates().to_numpy().tolist()
    [['none', 'mse'], ['quantized', 'mse'], ['pruned', 'mse'], ['both', 'mse']]
    """
    design = _design(seeds, faithful, hidden, bits=bits, rate=rate, every=every, quick=quick, losses=losses)
    workers = as_integer("jobs", jobs, 1)
    per_job = max(1, _core.default_threads() // workers) if threads is None else as_integer("threads", threads, 1)
    images = study_data(data)
    table = _computed(design, images, None if out is None else Path(out), workers=workers, threads=per_job, progress=progress)
    table.facts["command"] = command or "digitcompress.studies.losses.run(...)"
    if out is not None:
        table.save(out)
    return table


def _design(
    seeds: int | Iterable[int], faithful: object, hidden: Sequence[int], *, losses: Iterable[str] | None, quick: bool, **numbers: Any
) -> Design:
    if faithful not in MODES:
        message = f"faithful must be True, False or 'both', got {faithful!r}"
        raise DataError(message)
    sizes = (hidden,) if isinstance(hidden, int) else tuple(hidden)
    if len(sizes) not in {1, 2}:
        message = f"hidden must be the sizes of one or two layers, got {hidden!r}"
        raise DataError(message)
    return Design(
        modes=MODES[faithful],
        losses=chosen_losses(losses),
        seeds=_seeds(seeds),
        hidden=tuple(as_integer("hidden", size, 1, 4096) for size in sizes),
        bits=as_integer("bits", numbers["bits"], 1, 16),
        rate=checked_rate(numbers["rate"]),
        every=as_integer("every", numbers["every"], 1),
        quick=bool(quick),
    )


def _seeds(seeds: int | Iterable[int]) -> tuple[int, ...]:
    if not isinstance(seeds, Iterable):
        return tuple(range(as_integer("seeds", seeds, 1)))
    chosen = tuple(dict.fromkeys(as_integer("seeds", seed, 0) for seed in seeds))
    if not chosen:
        message = "seeds must be at least one, got none"
        raise DataError(message)
    return chosen


def _computed(design: Design, data: StudyData, out: Path | None, *, workers: int, threads: int, progress: Progress) -> LossTable:
    facts = versions()
    context = (fingerprint(data.images, data.labels), facts["digitcompress"], _core_digest(), str(ARITHMETIC_VERSION))
    jobs = {job_key(job.config(), *context): job for job in training_jobs(design, data.counts)}
    store = RecordStore(None if out is None else out / "cells")
    records = run_jobs(jobs, run_job, data.images, data.labels, threads, store=store, workers=workers, progress=progress)
    return LossTable(design, jobs, records, data.examples, {"data": data.description, "versions": facts})


def _core_digest() -> str:
    """Return the digest of the compiled core in use: another build may round otherwise."""
    path = importlib.import_module(f"{_core.__name__}._core_{_core.level}").__file__
    return hashlib.sha256(Path(str(path)).read_bytes()).hexdigest()
