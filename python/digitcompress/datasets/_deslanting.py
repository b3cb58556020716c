"""Slanted handwriting made upright: each row of an image moves sideways until the main axis of the ink is vertical."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.errors import DataError, ShapeError

__all__ = ["deslant"]

Grey = NDArray[np.float64]

_STEEPEST = 2.0  # pixels sideways from row to row; the most slanted digit of MNIST needs 1.87
_PIXELS_A_PIECE = 1 << 20


def deslant(images: Any) -> NDArray[Any]:
    """Return images of digits without their slant, as LeCun and others prepared them [1]_.

    Rows move sideways, in proportion to their distance from the centre of mass, until the ink's second moment across rows and columns
    is zero. Values between two pixels are interpolated. The centre of mass stays where it is; ink that leaves the image is lost. An
    image without ink, or with ink in one row only, comes back unchanged; no row moves by more than two pixels against the next. What
    a network was trained on, it has to be given later: deslant both or neither.

    Parameters
    ----------
    images : array_like, shape (height, width) or (count, height, width)
        Grey values, 0 for the background: uint8, or floats that are finite and not negative.

    Returns
    -------
    ndarray
        Of the same shape and type.

    Raises
    ------
    TypeError
        If the images are neither uint8 nor floating.
    ShapeError
        If they have another shape.
    DataError
        If a value is negative or not finite.

    References
    ----------
    .. [1] LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 86, 1998, section III.A.

    Examples
    --------
    >>> import numpy as np
    >>> deslant(np.eye(5, dtype=np.uint8)).tolist()
    [[0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0]]
    """
    given = _checked(images)
    stack = given if given.ndim == 3 else given[None]
    upright = np.empty_like(stack)
    step = max(1, _PIXELS_A_PIECE // max(1, stack[0].size)) if len(stack) else 1
    for first in range(0, len(stack), step):
        piece = stack[first : first + step]
        sheared = _sheared(piece.astype(np.float64), first)
        upright[first : first + step] = np.rint(sheared) if given.dtype == np.uint8 else sheared
    return upright.reshape(given.shape)


def _checked(images: Any) -> NDArray[Any]:
    array = np.asarray(images)
    if array.dtype != np.uint8 and array.dtype.kind != "f":
        message = f"deslant: images must be uint8 or floating, got {array.dtype}"
        raise TypeError(message)
    if array.ndim not in (2, 3):
        message = f"deslant: images must have the shape (height, width) or (count, height, width), got {array.shape}"
        raise ShapeError(message)
    return array


def _sheared(images: Grey, first: int) -> Grey:
    """Return images of which the one at `first` in the user's array comes first."""
    wrong = np.argwhere(~((images >= 0) & np.isfinite(images)))
    if wrong.size:
        place = tuple(wrong[0])
        message = f"deslant: images must be finite and not negative, got {images[place]} in image {first + place[0]}, row {place[1]}"
        raise DataError(message)
    rows, slope = _slant(images)
    width = images.shape[2]
    columns = np.arange(width) + (slope[:, None] * rows)[:, :, None]
    # Every source column has a neighbour: one column of paper on the left, two on the right.
    paper = np.pad(images, ((0, 0), (0, 0), (1, 2)))
    columns = np.clip(columns, -1, width)
    left = np.floor(columns)
    share = columns - left
    index = left.astype(np.int64) + 1
    return np.take_along_axis(paper, index, axis=2) * (1 - share) + np.take_along_axis(paper, index + 1, axis=2) * share


def _slant(images: Grey) -> tuple[Grey, Grey]:
    """Return each row's distance from the centre of mass, (count, height), and how far the ink leans from row to row, (count,)."""
    _, height, width = images.shape
    ink = images / np.maximum(images.max(axis=(1, 2), keepdims=True, initial=0), np.finfo(np.float64).tiny)
    amount = np.maximum(ink.sum(axis=(1, 2)), np.finfo(np.float64).tiny)
    by_row, by_column = ink.sum(axis=2), ink.sum(axis=1)
    rows = np.arange(height) - (by_row @ np.arange(height) / amount)[:, None]
    columns = np.arange(width) - (by_column @ np.arange(width) / amount)[:, None]
    across = np.einsum("nyx,ny,nx->n", ink, rows, columns)
    along = np.einsum("ny,ny->n", by_row, rows**2)
    upright = along <= 1e-9 * amount  # no ink, or all of it in one row
    return rows, np.clip(across / np.where(upright, 1, along), -_STEEPEST, _STEEPEST) * ~upright
