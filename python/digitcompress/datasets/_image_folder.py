"""A folder of pictures, labelled by their names."""

import logging
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitcompress._extras import import_extra
from digitcompress._files import display_name
from digitcompress.datasets._dataset import Dataset, Split
from digitcompress.datasets._pictures import read_image
from digitcompress.errors import DataError, Error

__all__ = ["load_images"]

logger = logging.getLogger("digitcompress.datasets")


def load_images(folder: str | PathLike[str], *, validation: float | None = None, seed: int = 0) -> Dataset:
    """Read a folder of pictures of digits.

    The label of a picture is the name of its sub-folder if that is a digit, else the first character of its own name: ``7/anna.jpg``
    and ``7_anna.jpg`` are sevens. Each picture is read as `read_image` does. Files that cannot be read or have no label do not stop the
    others: the data set lists them in ``failures``, and a warning is logged. Names that begin with
    a dot are passed over.

    Parameters
    ----------
    folder : str or path-like
        Pictures, and sub-folders of pictures.
    validation : int or float, optional
        Images to hold out, a count or a fraction, from the front of one fixed shuffle.
    seed : int, default=0
        Seed of that shuffle.

    Returns
    -------
    Dataset
        Its training split holds the images in the order of their paths; ``failures`` maps the path of each other file to its error.

    Raises
    ------
    DataError
        If no file could be read.
    MissingExtraError
        If Pillow is not installed.
    OSError
        If the folder cannot be read.

    Examples
    --------
    >>> import pathlib
    >>> from PIL import Image, ImageDraw
    >>> picture = Image.new("L", (80, 60), 255)
    >>> ImageDraw.Draw(picture).line([(40, 5), (40, 50)], width=6)
    >>> pathlib.Path("mine").mkdir()
    >>> picture.save("mine/1_upright.png")
    >>> _ = pathlib.Path("mine/notes.txt").write_text("No digit")
    >>> data = load_images("mine")
    >>> data.train.labels, len(data.failures)
    (array([1]), 1)
    """
    import_extra("PIL.Image", extra="data", purpose="reading pictures")
    directory = Path(folder)
    images, labels, failures = _read(_files(directory), directory)
    if not images:
        first = next(iter(failures.values()), None)
        found = "no file" if first is None else f"{len(failures)} others; {first!s:.250}"
        message = f"{display_name(directory)}: must hold pictures of digits, got {found}"
        raise DataError(message)
    if failures:
        logger.warning("%s: %d files were not read; see failures of the data set", display_name(directory), len(failures))
    split = Split(np.stack(images), np.array(labels))
    data = Dataset(name=directory.name, source=display_name(directory), train=split, failures=failures)
    return data if validation is None else data.take(development=validation, seed=seed)


def _files(directory: Path) -> list[Path]:
    found = []
    for entry in sorted(directory.iterdir()):
        if not entry.name.startswith("."):
            found += sorted(each for each in entry.iterdir() if not each.name.startswith(".")) if entry.is_dir() else [entry]
    return found


def _read(files: list[Path], directory: Path) -> tuple[list[NDArray[np.uint8]], list[int], dict[str, Exception]]:
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    failures: dict[str, Exception] = {}
    for path in files:
        try:
            label, image = _label(path, directory), read_image(path)
        except (Error, OSError) as error:
            failures[str(path)] = error
        else:
            images.append(image)
            labels.append(label)
    return images, labels, failures


def _label(path: Path, directory: Path) -> int:
    folder = path.parent.name if path.parent != directory else ""
    character = folder if _is_digit(folder) else path.name[:1]
    if not _is_digit(character):
        message = f"{display_name(path)}: name must begin with the digit, or lie in a folder named after it, got {path.name[:20]!r}"
        raise DataError(message)
    return int(character)


def _is_digit(text: str) -> bool:
    return len(text) == 1 and text in "0123456789"
