"""NumPy's .npy files, read without trusting their header."""

import io
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._files import display_name, read_whole
from digitcompress.errors import FormatError, IntegrityError

__all__ = ["MAGIC", "read_npy"]

MAX_BYTES = 2 << 30
MAGIC = b"\x93NUMPY"


def read_npy(path: str | PathLike[str], *, max_bytes: int = MAX_BYTES) -> NDArray[Any]:
    """Return the array of a .npy file; objects are refused, and memory is taken only for what is there.

    Raises
    ------
    FormatError
        If it is no such file or holds objects; IntegrityError if bytes are missing or too many, LimitError if it is too large.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> np.save("images.npy", np.zeros((2, 28, 28), np.uint8))
    >>> read_npy("images.npy").shape
    (2, 28, 28)
    """
    name = display_name(path)
    file = io.BytesIO(read_whole(path, max_bytes))
    shape, fortran_order, dtype = _header(file, name)
    if dtype.hasobject:
        message = f"{name}: array must hold numbers, got objects, which could run code"
        raise FormatError(message)
    content = file.getbuffer()[file.tell() :]
    expected = dtype.itemsize
    for extent in shape:
        expected *= extent
    if len(content) != expected:
        message = f"{name}: array of the shape {shape} must have {expected:,} bytes, got {len(content):,}"
        raise IntegrityError(message)
    return np.frombuffer(content, dtype).reshape(shape, order="F" if fortran_order else "C")


def _header(file: io.BytesIO, name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    try:
        shape, fortran_order, dtype = read[np.lib.format.read_magic(file)](file)
    except (ValueError, KeyError, OverflowError) as error:
        message = f"{name}: must be a NumPy file of version 1 or 2, got {error!s:.200}"
        raise FormatError(message) from error
    if len(shape) > 8 or any(extent < 0 for extent in shape):
        message = f"{name}: shape must have at most 8 extents, none negative, got {shape!s:.100}"
        raise FormatError(message)
    return shape, fortran_order, dtype
