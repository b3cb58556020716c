"""The whole study: plan, compute what is missing, collect."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from digitcompress import datasets
from digitcompress._registry import chosen_names
from digitcompress.datasets import Dataset
from digitcompress.studies._execution import Execution, Outcomes, arithmetic, facts_of
from digitcompress.studies._output import no_results, read_results
from digitcompress.studies._progress import Progress
from digitcompress.studies._seeds import as_seeds
from digitcompress.studies._splits import StudySplits, study_splits
from digitcompress.studies.smallest._cells import Cell, Design, planned_cells
from digitcompress.studies.smallest._external import ExternalImages, read_external
from digitcompress.studies.smallest._job import run_cell
from digitcompress.studies.smallest._published import ROWS, SMALLEST
from digitcompress.studies.smallest._rows import UNLIKE_DIGITS, table_row
from digitcompress.studies.smallest._search import search as search_networks
from digitcompress.studies.smallest._table import SmallestTable

# Goes up when Python code changes the numbers that a job returns; a change of the core is seen in its file.
ARITHMETIC_VERSION = 1
VALIDATION = 5_000
QUICK_IMAGES = 3_200


def run(
    data: Dataset | str | Path = "mnist-5k",
    *,
    images: str | Path | None = None,
    networks: Iterable[str] | None = None,
    search: bool = True,
    seeds: int | Iterable[int] | None = None,
    jobs: int = 1,
    quick: bool = False,
    out: str | Path | None = None,
    threads: int | None = None,
    progress: Progress = "auto",
    command: str | None = None,
) -> SmallestTable:
    """Train every network of the published tables beside its published numbers, and search for better small ones.

    Eight steps from 68,270 to 707 parameters and two larger networks, for 20 epochs with Adam: the steps once as published and once by
    a recipe that validation images chose, the smallest for 100 epochs as well, and also on digits without their slant. Fashion-MNIST
    stands beside MNIST when it is on this machine. Ctrl-C loses no finished training when `out` is given.

    Parameters
    ----------
    data : Dataset or str or Path, default="mnist-5k"
        Images, the name of a data set, a CSV file, or a folder of IDX files. Up to 5,000 training images are held out for validation.
    images : str or Path, optional
        A folder of pictures of digits as `digitcompress.datasets.load_images` reads it: the external test of the source.
    networks : iterable of str, optional
        Some of ``"initial"``, ``"cnn_8_8"``, ``"drop_dense"``, ``"neurons_2_2"``, ``"dropout"``, ``"two_cnn_3_3_4"``, ``"neurons_3_4_5"``,
        ``"leaky_relu"``, ``"squeezenet"``, ``"capsnet"``; all by default.
    search : bool, default=True
        Whether to search below 1,000 parameters.
    seeds : int or iterable of int, optional
        How many random starts, or their seeds; by default five for networks below 20,000 parameters and two for the others.
    jobs : int, default=1
        Trainings at a time.
    quick : bool, default=False
        Few images, few epochs, one start: a first look.
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
    SmallestTable
        The tables, their figures and their files.

    Raises
    ------
    DataError
        If an argument is out of range, a name is unknown, or no picture could be read.
    MissingExtraError
        If an optional package is needed; the message has the pip line.

    References
    ----------
    .. [1] O. El Nahhas, "Model memory optimisation using MNIST data".

    Examples
    --------
    >>> from digitcompress import datasets
    >>> digits = datasets.load("mnist-5k").take(300)
    >>> table = run(digits, networks=["two_cnn_3_3_4"], search=False, quick=True, progress=False)
    >>> table.frame()[["network", "recipe", "parameters"]].to_numpy().tolist()
    [['two_cnn_3_3_4', 'source', 468], ['two_cnn_3_3_4', 'chosen', 468]]
    """
    execution = Execution.checked(out=out, jobs=jobs, threads=threads, progress=progress)
    wanted = chosen_names("networks", "network", ROWS, networks)
    starts = None if seeds is None else as_seeds(seeds)
    external = None if images is None else read_external(images)
    splits, notes = _splits(data, quick=quick)
    design = Design({name: part.digest() for name, part in splits.items()}, wanted, starts, quick)
    compute = partial(_outcomes, execution, splits)
    found = compute(planned_cells(design))
    (first, digest), *_ = design.digests.items()
    searched = search_networks(compute, first, digest, quick=quick) if search else []
    facts = facts_of("; ".join(part.description for part in splits.values()), command, study="smallest") | {"notes": notes}
    table = _table(design, found, searched, external, facts)
    if out is not None:
        table.save(out)
    return table


def load(path: str | Path) -> SmallestTable:
    """Return the table of a finished study from its ``results.json``.

    Parameters
    ----------
    path : str or Path
        The file, or the folder it is in.

    Returns
    -------
    SmallestTable

    Raises
    ------
    FormatError
        If it is no such file.
    OSError
        If it cannot be read.

    Examples
    --------
    >>> _ = SmallestTable("mnist", (20, 100), (), (), {}).save("mine")
    >>> load("mine/results.json").epochs
    (20, 100)
    """
    content = read_results(path, "smallest")
    try:
        epochs, long_epochs = content["epochs"]
        parts = [content[name] for name in ("rows", "search", "curves", "external", "facts")]
        return SmallestTable(content["data"], (epochs, long_epochs), *parts)
    except (KeyError, TypeError, ValueError) as error:
        raise no_results(path, "smallest", error) from error


def _splits(data: Any, *, quick: bool) -> tuple[dict[str, StudySplits], list[str]]:
    """Return the images by name, and what has to be said about them."""
    first = study_splits(data, validation=VALIDATION)
    if quick:
        return {first.name: first.first(QUICK_IMAGES, test=1_000)}, ["This is a quick run: few images, few epochs, one random start."]
    if first.name != "mnist":
        return {first.name: first}, []
    try:
        clothes = datasets.load(UNLIKE_DIGITS, fetch_missing=False)
    except FileNotFoundError:
        return {first.name: first}, ["Fashion-MNIST is not on this machine; `digitcompress fetch fashion-mnist` brings it."]
    return {first.name: first, UNLIKE_DIGITS: study_splits(clothes, validation=VALIDATION)}, []


def _outcomes(execution: Execution, splits: dict[str, StudySplits], cells: Iterable[Cell]) -> Outcomes[Cell]:
    return execution.outcomes(cells, run_cell, splits, context=arithmetic(ARITHMETIC_VERSION), unit="multiply-add")


def _table(
    design: Design, found: Outcomes[Cell], searched: list[dict[str, Any]], external: ExternalImages | None, facts: dict[str, Any]
) -> SmallestTable:
    rows: list[dict[str, Any]] = []
    seen: dict[str, list[int]] = {}
    curves: dict[str, list[list[float]]] = {}
    for cell, record in found.pairs():
        row = table_row(cell, record)
        if external is not None and cell.data != UNLIKE_DIGITS:
            row["external_accuracy"] = external.accuracy(cell, record)
            if cell.recipe.name == "chosen":
                seen.setdefault(cell.network, external.predictions(cell, record).tolist())
        rows.append(row)
        if cell.network == SMALLEST and cell.data != UNLIKE_DIGITS:
            curve = record.arrays["val_accuracy"].round(5).tolist()
            curves.setdefault(f"{cell.recipe.name}, {cell.epochs} epochs", []).append(curve)
    shown = None if external is None else external.results() | {"predictions": seen}
    return SmallestTable(next(iter(design.digests)), design.epochs, rows, searched, curves, shown, facts)
