"""What a command reads: data sets, networks, and images to classify."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
from numpy.typing import NDArray

from digitcompress import datasets
from digitcompress._arrays import as_images
from digitcompress._files import display_name, open_regular
from digitcompress.datasets._files import GZIP_MAGIC
from digitcompress.datasets._npy import MAGIC as NPY_MAGIC
from digitcompress.datasets._npy import read_npy
from digitcompress.errors import DataError, ShapeError

DATA_HELP = "Data set, CSV file as of Kaggle's digit-recognizer, folder of IDX files, or folder of pictures."


class Named(NamedTuple):
    """Images and what to call each of them."""

    names: list[str]
    images: NDArray[Any]


def data_source(_: click.Context, __: click.Parameter, value: str) -> str | Path:
    """Return the name of a data set, or the path of a file or folder that exists."""
    if value in datasets.NAMES:
        return value
    if not Path(value).exists():
        message = f"{value!r} must be one of {', '.join(datasets.NAMES)}, or the path of a CSV file or of a folder"
        raise click.BadParameter(message)
    return Path(value)


def load_data(source: str | Path, *, validation: float | None = None, deslant: bool = False) -> datasets.Dataset:
    """Return the data set of that name, or what the file or folder holds; failures are told on standard error.

    What is held out does not depend on a seed of the command line, so that `evaluate` finds what `train` left out.
    """
    data = _read_data(source, validation)
    return data.deslanted() if deslant else data


def _read_data(source: str | Path, validation: float | None) -> datasets.Dataset:
    if isinstance(source, str):
        return datasets.load(source, validation=validation)
    if not source.is_dir():
        return datasets.load_csv(source, development=validation)
    if any("-idx" in path.name or ".idx" in path.name for path in source.iterdir()):
        return datasets.load_idx(source, validation=validation)
    data = datasets.load_images(source, validation=validation)
    for error in data.failures.values():
        click.echo(f"warning: {error}", err=True)
    return data


def share_or_count(_: click.Context, __: click.Parameter, value: str | None) -> float | int | None:
    """Return a count such as 5000 or a share such as 0.1."""
    if value is None:
        return None
    try:
        return int(value) if value.isdecimal() else float(value)
    except ValueError as error:
        message = f"{value!r} must be a count such as 5000, or a share such as 0.1"
        raise click.BadParameter(message) from error


deslant_option = click.option("--deslant", is_flag=True, help="Take the slant out of the digits; for a network trained so.")
validation_option = click.option(
    "--validation", callback=share_or_count, metavar="SIZE", help="Images to hold out: a count such as 5000, or a share such as 0.1."
)


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield files, and in place of a folder those in it."""
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.iterdir() if not each.name.startswith(".") and not each.is_dir())
        else:
            yield path


def read_images(path: Path, shape: tuple[int, int, int], *, deslant: bool) -> Named:
    """Return the image of a picture, or the images of an IDX or .npy file; the content decides."""
    given = _read_images(path, shape)
    if not deslant:
        return given
    rows = as_images(given.images, shape, display_name(path))
    return Named(given.names, datasets.deslant(rows.reshape(-1, *shape[1:])).reshape(rows.shape))


def _read_images(path: Path, shape: tuple[int, int, int]) -> Named:
    with open_regular(path) as (file, _):
        first = file.read(8)
    if first.startswith(NPY_MAGIC):
        return _several(path, read_npy(path))
    if first.startswith((GZIP_MAGIC, b"\0\0")):
        return _several(path, datasets.read_idx(path))
    if shape != (1, 28, 28):
        message = f"{display_name(path)}: a picture needs a network that reads (1, 28, 28), got one that reads {shape}"
        raise ShapeError(message)
    return Named([str(path)], datasets.read_image(path)[None])


def _several(path: Path, array: NDArray[Any]) -> Named:
    if array.ndim < 2:
        message = f"{display_name(path)}: must hold images, got an array of the shape {array.shape}"
        raise DataError(message)
    images = array[None] if array.ndim == 2 and array.shape == (28, 28) else array
    return Named([f"{path}[{index}]" for index in range(len(images))], images)
