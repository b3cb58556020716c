"""Kaggle's digit-recognizer format: one row per image, a label and 784 pixels."""

from os import PathLike
from pathlib import Path

import numpy as np

from digitcompress import _core
from digitcompress._files import display_name
from digitcompress.datasets._dataset import Dataset, Images, Labels, Split
from digitcompress.datasets._files import open_source
from digitcompress.datasets._shuffle import require_count
from digitcompress.errors import DataError

MAX_ROWS = 10_000_000


def read_csv(path: str | PathLike[str], *, labels: bool, label_last: bool, max_rows: int) -> tuple[Images, Labels | None]:
    """Read all rows of a file in Kaggle's format."""
    with open_source(path) as source:
        reader = _core.CsvReader(source.name, labels=labels, label_last=label_last, max_rows=max_rows, expected_bytes=source.size or 0)
        for piece in source.pieces:
            reader.feed(piece)
        images, digits = reader.finish()
    return images, digits if labels else None


def load_csv(
    path: str | PathLike[str],
    *,
    labels: bool = True,
    label_column: str = "first",
    development: float | None = None,
    seed: int = 0,
    max_rows: int = MAX_ROWS,
) -> Dataset:
    r"""Read a file in the format of Kaggle's digit-recognizer competition.

    Each row is one image of 28 x 28 pixels, row by row, as integers 0 to 255 of at most three digits, and, in front, its label 0 to 9.
    A header may name the columns (``label``, ``pixel0`` ... ``pixel783`` or ``1x1`` ... ``28x28``) and then also order them.
    The file may be gzip-compressed, begin with a byte order mark, quote its fields, put spaces around them, and end its
    lines in any of the three usual ways. Anything else is refused, with the row (as an editor counts lines) and the column.
    The limits are 1 MiB for a line, 65,536 columns, and `max_rows`.

    Parameters
    ----------
    path : str or path-like
        The file, plain or gzip-compressed.
    labels : bool, default=True
        Whether the file has labels; pass False for Kaggle's ``test.csv``.
    label_column : {"first", "last"}, default="first"
        Where the label is in a file without a header.
    development : int or float, optional
        Images to hold out as the validation split, a count or a fraction, from the front of one fixed shuffle.
    seed : int, default=0
        Seed of that shuffle.
    max_rows : int, default=10,000,000
        More rows than this are refused.

    Returns
    -------
    Dataset
        With labels, ``train`` (and ``validation``, if asked for); without, ``test``, whose labels are None.

    Raises
    ------
    FormatError
        If the file does not have this form; LimitError if it exceeds a limit, IntegrityError if its compression is damaged.
    DataError
        If a pixel or a label is out of range, if there are no rows, or if an argument is.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "train.csv")
    >>> _ = path.write_text("7" + ",0" * 784 + "\n")
    >>> load_csv(path).train.labels
    array([7])
    """
    if label_column not in {"first", "last"}:
        message = f"load_csv: label_column must be 'first' or 'last', got {label_column!r}"
        raise DataError(message)
    if not labels and development is not None:
        message = f"load_csv: development must be None for a file without labels, got {development!r}"
        raise DataError(message)
    max_rows = require_count("load_csv: max_rows", max_rows, at_most=int(np.iinfo(np.int64).max))
    images, digits = read_csv(path, labels=labels, label_last=label_column == "last", max_rows=max_rows)
    split = Split(images, digits)
    data = Dataset(name=Path(path).name, source=display_name(path), train=split if labels else None, test=None if labels else split)
    return data if development is None else data.take(development=development, seed=seed)
