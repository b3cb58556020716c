"""The IDX format, in which MNIST and its relatives come."""

import errno
import os
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core
from digitcompress._files import display_name
from digitcompress.datasets._dataset import Dataset, Split
from digitcompress.datasets._files import Source, open_source
from digitcompress.errors import DataError, FormatError, LimitError, ShapeError

MAX_BYTES = 2 << 30
IMAGE_SHAPE = (28, 28)
TRAIN_FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
TEST_FILES = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def read_idx(path: str | PathLike[str], *, max_bytes: int = MAX_BYTES) -> NDArray[Any]:
    """Read an array from an IDX file.

    Parameters
    ----------
    path : str or path-like
        The file, plain or gzip-compressed.
    max_bytes : int, default=2 GiB
        A larger file is refused. Gzip data must also expand at most a hundredfold.

    Returns
    -------
    ndarray
        uint8, int8, int16, int32, float32 or float64 in this machine's byte order; 1 to 4 dimensions.

    Raises
    ------
    FormatError
        If the file does not follow the format; LimitError if it is too large, IntegrityError if its compression is damaged.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "labels")
    >>> _ = path.write_bytes(bytes.fromhex("00000801 00000003 050004"))
    >>> read_idx(path)
    array([5, 0, 4], dtype=uint8)
    """
    return _core.decode_idx(read_idx_bytes(path, max_bytes=max_bytes), display_name(path))


def read_idx_bytes(path: str | PathLike[str], *, max_bytes: int = MAX_BYTES) -> bytearray:
    """Read the bytes of an IDX file, decompressed; as many as its header declares, never more."""
    content = bytearray()
    declared = None
    with open_source(path) as source:
        for piece in source.pieces:
            content += piece
            if declared is None and len(content) >= _core.IDX_LONGEST_HEADER:
                declared = _declared_bytes(content, source, max_bytes)
            if declared is not None and len(content) > declared:
                raise _wrong_size(source, declared, f"at least {len(content)}")
    return content


def _declared_bytes(content: bytearray, source: Source, max_bytes: int) -> int:
    declared = _core.idx_file_bytes(bytes(content[: _core.IDX_LONGEST_HEADER]), source.name)
    if declared > max_bytes:
        message = f"{source.name}: IDX file must have at most max_bytes={max_bytes} bytes, got a header that declares {declared}"
        raise LimitError(message)
    if source.size is not None and source.size != declared:
        raise _wrong_size(source, declared, str(source.size))
    return declared


def _wrong_size(source: Source, declared: int, found: str) -> FormatError:
    return FormatError(f"{source.name}: IDX file must have {declared} bytes as its header declares, got {found}")


def decode_images(content: bytearray, name: str) -> NDArray[np.uint8]:
    """Return the images of an IDX file; they must be uint8, 28 x 28, at least one."""
    images = _core.decode_idx(content, name)
    if images.dtype != np.uint8 or images.ndim != 3:
        message = f"{name}: IDX magic of images must be 0x00000803, got 0x{content[:4].hex()}"
        raise FormatError(message)
    if images.size == 0:
        message = f"{name}: file must hold at least one image with pixels, got the shape {images.shape}"
        raise DataError(message)
    if images.shape[1:] != IMAGE_SHAPE:
        height, width = images.shape[1:]
        message = f"{name}: images must be 28 x 28, got {height} x {width}; read them with read_idx and resize them yourself"
        raise ShapeError(message)
    return images


def decode_labels(content: bytearray, name: str) -> NDArray[np.integer[Any]]:
    """Return the labels of an IDX file, of any integer type of the format."""
    labels = _core.decode_idx(content, name)
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        message = f"{name}: IDX magic of labels must be 0x00000801 (or another integer type), got 0x{content[:4].hex()}"
        raise FormatError(message)
    return labels


def make_split(images: NDArray[np.uint8], labels: NDArray[np.integer[Any]], name: str) -> Split:
    """Join images and labels from two files."""
    if len(images) != len(labels):
        message = f"{name}: images and labels must be equally many, got {len(images)} images and {len(labels)} labels"
        raise FormatError(message)
    return Split(images, labels.astype(np.int64))


def find_idx_file(directory: Path, name: str) -> Path | None:
    """Return the file under its usual spellings, plain before compressed."""
    spellings = (name, name.replace("-idx", ".idx"))
    candidates = (directory / (spelling + suffix) for suffix in ("", ".gz") for spelling in spellings)
    return next((path for path in candidates if path.exists()), None)


def load_idx(directory: str | PathLike[str], *, validation: float | None = None, seed: int = 0) -> Dataset:
    """Read a directory with the files of MNIST or of a set in its form.

    The files are ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte`` and
    ``t10k-labels-idx1-ubyte``, each plain or with ``.gz``; the training pair or the test pair may be missing.

    Parameters
    ----------
    directory : str or path-like
        Where the files are.
    validation : int or float, optional
        Images to hold out, a count or a fraction, from the front of one fixed shuffle of the training images.
    seed : int, default=0
        Seed of that shuffle.

    Returns
    -------
    Dataset
        Images of 28 x 28 uint8 pixels, with labels 0 to 9.

    Raises
    ------
    FormatError
        If a file does not follow the format, or if images and labels differ in number.
    ShapeError
        If the images are not 28 x 28.
    DataError
        If a file is empty, or if a label is not a digit.
    OSError
        If a file is missing or cannot be read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> directory = pathlib.Path(tempfile.mkdtemp())
    >>> images = bytes.fromhex("00000803 00000001 0000001c 0000001c") + bytes(784)
    >>> _ = (directory / "train-images-idx3-ubyte").write_bytes(images)
    >>> _ = (directory / "train-labels-idx1-ubyte").write_bytes(bytes.fromhex("00000801 00000001 05"))
    >>> load_idx(directory).train.labels
    array([5])
    """
    directory = Path(directory)
    train, test = _read_pair(directory, TRAIN_FILES), _read_pair(directory, TEST_FILES)
    if train is None and test is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(directory / TRAIN_FILES[0]))
    data = Dataset(name=directory.name, source=display_name(directory), train=train, test=test)
    return data if validation is None else data.take(development=validation, seed=seed)


def _read_pair(directory: Path, names: tuple[str, str]) -> Split | None:
    paths = [find_idx_file(directory, name) for name in names]
    if paths == [None, None]:
        return None
    contents = []
    for path, name in zip(paths, names, strict=True):
        if path is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(directory / name))
        contents.append((read_idx_bytes(path), display_name(path)))
    return make_split(decode_images(*contents[0]), decode_labels(*contents[1]), display_name(directory))
