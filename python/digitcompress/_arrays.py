"""Turn what users hand over into the arrays the core reads: checked once, copied only where the layout or type demands it."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.errors import DataError, LimitError, ShapeError

__all__ = ["MAX_SAMPLES", "as_images", "as_labels", "as_pair", "as_unlabelled", "check_reconstruction"]

MAX_SAMPLES = 10_000_000
_ROWS_A_CHECK = 4096
# DLPack's types of devices whose memory the processor reads: CPU, pinned for CUDA or ROCm, managed by CUDA.
_HOST_DEVICES = frozenset({1, 3, 11, 13})

Shape = tuple[int, int, int]


def _as_array(values: Any, name: str) -> NDArray[Any]:
    if isinstance(values, np.ma.MaskedArray):
        message = f"{name} must not be masked: fill or drop the masked values first"
        raise TypeError(message)
    if values is None or isinstance(values, str | bytes):
        message = f"{name} must be an array, got {type(values).__name__}"
        raise TypeError(message)
    if hasattr(values, "__dlpack__") and not hasattr(values, "__array__"):
        return _from_dlpack(values, name)
    return np.asarray(values)


def _from_dlpack(values: Any, name: str) -> NDArray[Any]:
    kind, number = values.__dlpack_device__()
    if kind not in _HOST_DEVICES:
        message = f"{name} must be in the computer's main memory, got the DLPack device type {int(kind)}, number {number}: copy them first"
        raise TypeError(message)
    return np.from_dlpack(values)


def _accepted_shapes(shape: Shape) -> list[tuple[int, ...]]:
    channels, height, width = shape
    shapes: list[tuple[int, ...]] = [(channels * height * width,)]
    if (height, width) != (1, 1):
        shapes += [(channels, height, width)] + ([(height, width)] if channels == 1 else [])
    return shapes


def _check_shape(images: NDArray[Any], shape: Shape, name: str) -> None:
    accepted = _accepted_shapes(shape)
    if images.ndim == 0 or images.shape[1:] not in accepted:
        known = " or ".join(str(("samples", *row)).replace("'", "") for row in accepted)
        message = f"{name} must have the shape {known}, got {images.shape}"
        raise ShapeError(message)
    if len(images) > MAX_SAMPLES:
        message = f"{name} must have at most {MAX_SAMPLES:,} samples, got {len(images):,}"
        raise LimitError(message)


def _integers_to_bytes(images: NDArray[Any], name: str) -> NDArray[np.uint8]:
    for extreme in (images.min(initial=0), images.max(initial=0)):
        if not 0 <= extreme <= 255:
            message = f"{name} must hold whole numbers in 0..255 or floats, got {extreme}"
            raise DataError(message)
    return images.astype(np.uint8)


def _check_finite(images: NDArray[np.float32], name: str) -> None:
    for first in range(0, len(images), _ROWS_A_CHECK):
        block = images[first : first + _ROWS_A_CHECK]
        finite = np.isfinite(block)
        if not finite.all():
            row, column = np.argwhere(~finite)[0]
            message = f"{name} must be finite in float32, got {block[row, column]} in sample {first + row}, value {column}"
            raise DataError(message)


def as_images(values: Any, shape: Shape, name: str = "images") -> NDArray[Any]:
    """Return images as a C-contiguous (samples, features) uint8 or float32 array.

    Bytes and float32 in C order are not copied. Other whole numbers must be pixels in 0..255 and become bytes; other floats become float32.

    Parameters
    ----------
    values : array_like, shape (samples, features), (samples, height, width) or (samples, channels, height, width)
        Images; never written to.
    shape : tuple of int
        Channels, height and width of one image.
    name : str
        What to call them in messages.

    Returns
    -------
    ndarray of uint8 or float32, shape (samples, features)

    Raises
    ------
    TypeError
        If they are masked or of a type that holds no pixels.
    ShapeError
        If an image has another shape.
    DataError
        If a whole number is outside 0..255 or a float is not finite.
    LimitError
        If there are more than `MAX_SAMPLES`.

    Examples
    --------
    >>> as_images([[0, 255]], (2, 1, 1))
    array([[  0, 255]], dtype=uint8)
    """
    images = _as_array(values, name)
    if images.dtype.kind not in "uif":
        message = f"{name} must be uint8, another integer or a floating type, got {images.dtype}"
        raise TypeError(message)
    _check_shape(images, shape, name)
    if images.dtype.kind in "ui" and images.dtype != np.uint8:
        images = _integers_to_bytes(images, name)
    features = shape[0] * shape[1] * shape[2]
    if images.dtype == np.uint8:
        return np.require(images, requirements="C").reshape(len(images), features).view(np.ndarray)
    with np.errstate(over="ignore"):  # what overflows is found as not finite
        images = np.require(images, np.float32, ["C", "ALIGNED"]).reshape(len(images), features).view(np.ndarray)
    _check_finite(images, name)
    return images


def as_labels(values: Any, count: int, classes: int, name: str = "labels") -> NDArray[np.int64]:
    """Return a copy of labels as int64, one of 0..classes - 1 for each of `count` images.

    Raises
    ------
    TypeError
        If they are not whole numbers.
    ShapeError
        If they are not one for each image.
    DataError
        If one is out of range; the message has the first.
    """
    labels = _as_array(values, name)
    if labels.dtype.kind not in "ui":
        message = f"{name} must be whole numbers, got {labels.dtype}"
        raise TypeError(message)
    if labels.shape != (count,):
        message = f"{name} must have the shape ({count},), one for each image, got {labels.shape}"
        raise ShapeError(message)
    # The core indexes by labels: a copy keeps them as they were checked, whatever other threads write meanwhile.
    labels = np.array(labels, order="C")
    outside = (labels < 0) | (labels >= classes)
    if outside.any():
        index = int(outside.argmax())
        message = f"{name} must be in 0..{classes - 1}, got {labels[index]} at index {index}"
        raise DataError(message)
    return labels.astype(np.int64, copy=False)


def as_pair(data: Any, shape: Shape, classes: int, name: str = "data") -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the images and labels of a split or an (images, labels) pair, checked; at least one sample."""
    if hasattr(data, "images") and hasattr(data, "labels"):
        images, labels = data.images, data.labels
    elif isinstance(data, tuple | list) and len(data) == 2:
        images, labels = data
    else:
        message = f"{name} must be a split with .images and .labels, or an (images, labels) pair, got {type(data).__name__}"
        raise TypeError(message)
    prefix = "" if name == "data" else f"{name} "
    checked = _at_least_one(as_images(images, shape, f"{prefix}images"), name)
    return checked, as_labels(labels, len(checked), classes, f"{prefix}labels")


def as_unlabelled(data: Any, shape: Shape, name: str = "data") -> NDArray[Any]:
    """Return the images of a split, of an (images, labels) tuple, or images alone, checked; at least one."""
    is_pair = isinstance(data, tuple) and len(data) == 2
    images = data[0] if is_pair else getattr(data, "images", data)
    return _at_least_one(as_images(images, shape, "images" if name == "data" else f"{name} images"), name)


def check_reconstruction(caller: str, shape: Shape, outputs: int) -> None:
    """Raise ShapeError unless a network puts out as many values as it takes in."""
    features = math.prod(shape)
    if outputs != features:
        message = f"{caller}: to reconstruct, the output must have the input's {features} values, got {outputs}"
        raise ShapeError(message)


def _at_least_one(images: NDArray[Any], name: str) -> NDArray[Any]:
    if len(images) == 0:
        message = f"{name} must have at least one sample, got 0"
        raise DataError(message)
    return images
