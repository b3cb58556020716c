"""Keras' copy of MNIST: the same arrays in one NumPy archive."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._files import display_name
from digitcompress.datasets._registry import FILES
from digitcompress.errors import FormatError

KEYS = ("x_train", "y_train", "x_test", "y_test")
MAX_BYTES = 64 << 20


def read_keras_archive(path: Path) -> dict[str, bytearray]:
    """Return the archive's arrays as the IDX files that they came from, so that one digest verifies every copy."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = [archive.getinfo(f"{key}.npy").file_size for key in KEYS]
        if max(sizes) > MAX_BYTES:
            message = f"{display_name(path)}: arrays must have at most {MAX_BYTES} bytes, got {max(sizes)}"
            raise FormatError(message)
        with np.load(path, allow_pickle=False) as arrays:
            return {name: _as_idx(arrays[key]) for name, key in zip(FILES, KEYS, strict=True)}
    except (zipfile.BadZipFile, KeyError, EOFError, ValueError, MemoryError) as error:
        if isinstance(error, FormatError):
            raise
        message = f"{display_name(path)}: must be Keras' archive of MNIST, got {error}"
        raise FormatError(message) from error


def _as_idx(array: NDArray[Any]) -> bytearray:
    if array.dtype != np.uint8:
        message = f"an array of {array.dtype}"
        raise ValueError(message)
    header = np.array([0x0800 | array.ndim, *array.shape], dtype=">u4")
    return bytearray(header.tobytes()) + array.tobytes()
