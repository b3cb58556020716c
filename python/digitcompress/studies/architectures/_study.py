"""The whole study: plan, compute what is missing, collect."""

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from digitcompress._arguments import as_number
from digitcompress.datasets import Dataset
from digitcompress.errors import DataError, MissingExtraError
from digitcompress.studies._execution import Execution, arithmetic, facts_of
from digitcompress.studies._progress import Progress
from digitcompress.studies._seeds import as_seeds
from digitcompress.studies._splits import StudySplits, study_splits
from digitcompress.studies._store import job_key
from digitcompress.studies.architectures._cell import Cell
from digitcompress.studies.architectures._embedding import Embedding, embedding_jobs, require_package, run_embedding
from digitcompress.studies.architectures._job import run_job
from digitcompress.studies.architectures._networks import chosen_networks
from digitcompress.studies.architectures._plan import Counts, Design, training_jobs
from digitcompress.studies.architectures._published import LEARNING_RATES
from digitcompress.studies.architectures._rivals import RivalJob, Timing, require_pytorch, run_rival
from digitcompress.studies.architectures._table import STUDY, ArchitectureTable, load

# The source does not say how many of its 60,000 images it held out.
VALIDATION = 10_000
SIDE = 28
# Goes up when Python code changes the numbers that a job returns; a change of the core is seen in its file.
ARITHMETIC_VERSION = 1


def run(
    data: Dataset | str | Path = "mnist-5k",
    *,
    models: Iterable[str] | None = None,
    learning_rates: Iterable[float] | None = None,
    further: bool = True,
    seeds: int | Iterable[int] = 1,
    embeddings: bool = True,
    pytorch: bool = False,
    jobs: int = 1,
    quick: bool = False,
    out: str | Path | None = None,
    threads: int | None = None,
    progress: Progress = "auto",
    command: str | None = None,
) -> ArchitectureTable:
    """Train a perceptron, both forms of LeNet-5, GoogLeNet and ResNet-18 at the published learning rates.

    Ten epochs at 0.02, 0.01, 0.0002 and 0.0001 in batches of 64 with Adam; the run at 0.0002 goes on to 25 epochs and supplies both
    tables. With `out`, Ctrl-C or a kill loses no finished training and little of the present one: the same call goes on. Results that
    the folder holds of other networks, learning rates and seeds are kept, so that a large study can be made piece by piece.

    Parameters
    ----------
    data : Dataset or str or Path, default="mnist-5k"
        Images of 28 by 28 pixels: a data set, its name, or a file as of Kaggle's digit-recognizer. Without a validation split 10,000
        training images are held out, at most a fifth. A validation split is the test when there is no other.
    models : iterable of str, optional
        Some of ``"mlp"``, ``"lenet5"``, ``"lenet5-described"``, ``"googlenet"``, ``"resnet18"``; all by default. The second LeNet-5 is
        the one that the source describes, with sigmoids and means; what it ran as LeNet was GoogLeNet.
    learning_rates : iterable of float, optional
        By default the published ones.
    further : bool, default=True
        Whether to train each network by one more recipe as well, in as many epochs: learning rates in one cycle up to 0.002, images shifted
        at random by up to a pixel.
    seeds : int or iterable of int, default=1
        How many random starts, or their seeds; networks above a million parameters take the first only.
    embeddings : bool, default=True
        Whether to draw images on a plane, with the extra ``tsne``; without that extra the results say that they lack it.
    pytorch : bool, default=False
        Whether to race a few training steps of each network against PyTorch, with the extra ``peers``; best on a machine that is idle.
    jobs : int, default=1
        Trainings at a time.
    quick : bool, default=False
        One and two epochs instead of 10 and 25, and a few hundred images for the large networks: a first look.
    out : str or Path, optional
        Directory for the results.
    threads : int, optional
        Threads of each training; by default all processors over `jobs`.
    progress : "auto" or bool, default="auto"
        Whether to show a bar with the time left; "auto" does so on a terminal.
    command : str, optional
        What was typed, for the record.

    Returns
    -------
    ArchitectureTable
        The tables, their figures and files.

    Raises
    ------
    DataError
        If an argument is out of range or a name is unknown.
    FormatError
        If `out` holds results of other data, or something else under the name of results.
    MissingExtraError
        If an optional package is needed; the message has the pip line.

    Examples
    --------
    >>> from digitcompress import datasets
    >>> digits = datasets.load("mnist-5k").take(300, development=100)
    >>> quickly = {"quick": True, "further": False, "embeddings": False, "progress": False}
    >>> table = run(digits, models=["mlp"], learning_rates=[0.0002], **quickly)
    >>> table.frame()[["network", "epochs", "parameters"]].to_numpy().tolist()
    [['mlp', 1, 105214], ['mlp', 2, 105214]]
    """
    design = Design(chosen_networks(models), _rates(learning_rates), as_seeds(seeds), bool(quick), bool(further))
    execution = Execution.checked(out=out, jobs=jobs, threads=threads, progress=progress)
    if pytorch:
        require_pytorch()
    splits = _pictures(data)
    facts = facts_of(_described(splits), command, study=STUDY) | {"data_digest": splits.digest()[:16]}
    earlier = _earlier(execution.out, ArchitectureTable((), design.quick, facts=facts))
    table = ArchitectureTable(_trained(design, splits, execution, facts), design.quick, facts=facts)
    if embeddings:
        table = _embedded(table, splits, execution)
    if pytorch:
        table = replace(table, timings=_raced(design, splits, execution))
    if earlier is not None:
        table = table.merged(earlier)
    if out is not None:
        table.save(out)
    return table


def _pictures(data: Any) -> StudySplits:
    """Return the three splits, of pictures that fit the networks."""
    splits = study_splits(data, validation=VALIDATION)
    sizes = {part.images.shape[1:] for part in (splits.train, splits.validation, splits.test)}
    if sizes != {(SIDE, SIDE)}:
        message = f"data: images must be {SIDE} by {SIDE}, as the networks are, got {sorted(sizes)} in {splits.name}"
        raise DataError(message)
    return splits


def _described(splits: StudySplits) -> str:
    """Return the data in words, without the place they lay at: results of several machines can be put together."""
    return f"{splits.name}: {len(splits.train):,} training, {len(splits.validation):,} validation and {len(splits.test):,} test images"


def _rates(rates: Iterable[float] | None) -> tuple[float, ...]:
    if rates is None:
        return LEARNING_RATES
    chosen = tuple(dict.fromkeys(as_number("learning_rates", rate, 0.0, open_low=True) for rate in rates))
    if not chosen:
        message = "learning_rates must be at least one, got none"
        raise DataError(message)
    return chosen


def _earlier(out: Path | None, empty: ArchitectureTable) -> ArchitectureTable | None:
    """Return the results in the folder; those that do not fit are found out before hours of training."""
    if out is None or not (out / "results.json").exists():
        return None
    return empty.merged(load(out))


def _trained(design: Design, splits: StudySplits, execution: Execution, facts: dict[str, Any]) -> list[Cell]:
    context = (splits.digest(), *arithmetic(ARITHMETIC_VERSION))
    unfinished = None if execution.out is None else execution.out / "unfinished" / job_key({}, *context)
    counts = Counts(len(splits.train), len(splits.validation), len(splits.test))
    found = execution.outcomes(training_jobs(design, counts), run_job, splits, unfinished, context=context, unit="GMAC")
    if unfinished is not None:
        _remove_empty(unfinished)
    made = {name: facts["versions"][name] for name in ("digitcompress", "compiler", "numpy", "python")} | {"command": facts["command"]}
    return [Cell.of(job, record, made) for job, record in found.pairs()]


def _remove_empty(unfinished: Path) -> None:
    """Remove the folders of checkpoints; those with a training of another process or another build stay."""
    with contextlib.suppress(OSError):
        unfinished.rmdir()
        unfinished.parent.rmdir()


def _embedded(table: ArchitectureTable, splits: StudySplits, execution: Execution) -> ArchitectureTable:
    """Add the embeddings whose packages are installed, and say which are left out."""
    possible = []
    missing = []
    for job in embedding_jobs(len(splits.train), quick=table.quick):
        try:
            require_package(job)
            possible.append(job)
        except MissingExtraError as error:
            missing.append(str(error))
    found = execution.outcomes(possible, run_embedding, splits.train, context=(splits.digest(), str(ARITHMETIC_VERSION)), unit="image")
    embeddings = [Embedding.of(job, record) for job, record in found.pairs()]
    facts = table.facts | ({"left_out": "; ".join(missing)} if missing else {})
    return replace(table, embeddings=embeddings, facts=facts)


def _raced(design: Design, splits: StudySplits, execution: Execution) -> list[Timing]:
    """Race the networks one after the other, whatever the number of trainings at a time; a race is kept like a training."""
    context = (*arithmetic(ARITHMETIC_VERSION), str(execution.threads))
    jobs = [RivalJob(name, compiled=not design.quick) for name in design.networks]
    found = replace(execution, workers=1).outcomes(jobs, run_rival, splits.train, context=context, unit="race")
    return [Timing(job.network, **record.values) for job, record in found.pairs()]
