"""The whole study: plan, compute what is missing, collect."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from digitcompress._arguments import as_integer
from digitcompress.datasets import Dataset
from digitcompress.errors import DataError
from digitcompress.studies._execution import Execution, arithmetic, facts_of
from digitcompress.studies._progress import Progress
from digitcompress.studies._seeds import as_seeds
from digitcompress.studies._store import fingerprint
from digitcompress.studies.losses._choices import checked_rate, chosen_losses
from digitcompress.studies.losses._data import study_data
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
    execution = Execution.checked(out=out, jobs=jobs, threads=threads, progress=progress)
    images = study_data(data)
    context = (fingerprint(images.images, images.labels), *arithmetic(ARITHMETIC_VERSION))
    trainings = training_jobs(design, images.counts)
    found = execution.outcomes(trainings, run_job, images.images, images.labels, context=context)
    table = LossTable(design, found.jobs, found.records, images.examples, facts_of(images.description, command, study="losses"))
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
        seeds=as_seeds(seeds),
        hidden=tuple(as_integer("hidden", size, 1, 4096) for size in sizes),
        bits=as_integer("bits", numbers["bits"], 1, 16),
        rate=checked_rate(numbers["rate"]),
        every=as_integer("every", numbers["every"], 1),
        quick=bool(quick),
    )
