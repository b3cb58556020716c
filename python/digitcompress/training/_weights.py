"""How samples and classes weigh in a loss."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.errors import DataError, ShapeError


def _check_weights(name: str, weights: NDArray[np.float32]) -> None:
    bad = ~(np.isfinite(weights) & (weights >= 0))
    if bad.any():
        index = int(bad.argmax())
        message = f"fit: {name} must be finite and at least 0, got {weights[index]:g} at index {index}"
        raise DataError(message)
    if not (weights > 0).any():
        message = f"fit: {name} must not be all zero, got {len(weights)} zeros"
        raise DataError(message)


def _as_floats(name: str, values: Any) -> NDArray[np.float32]:
    numbers = np.asarray(values)
    if numbers.dtype.kind not in "buif":
        message = f"fit: {name} must be numbers, got {values!r:.60}"
        raise TypeError(message)
    with np.errstate(over="ignore"):  # what overflows is found as not finite
        return np.require(numbers, np.float32, ["C", "ALIGNED"])


def _of_known_classes(weights: Mapping[Any, Any], classes: int) -> list[Any]:
    for unknown in weights.keys() - set(range(classes)):
        message = f"fit: class_weight must be of the classes 0..{classes - 1}, got {unknown!r}"
        raise DataError(message)
    return [weights.get(c, 1.0) for c in range(classes)]


def as_class_weights(class_weight: Any, labels: NDArray[np.int64], classes: int) -> list[float]:
    """Return the factor of each class, or none; "balanced" is n / (classes · n_c)."""
    if class_weight is None:
        return []
    if isinstance(class_weight, str) and class_weight == "balanced":
        counts = np.bincount(labels, minlength=classes)
        weights = np.divide(len(labels), classes * counts, out=np.zeros(classes), where=counts > 0).astype(np.float32)
    elif isinstance(class_weight, Mapping):
        weights = _as_floats("class_weight", _of_known_classes(class_weight, classes))
    else:
        weights = _as_floats("class_weight", class_weight)
    if weights.shape != (classes,):
        message = f"fit: class_weight must have {classes} entries, one a class, got the shape {weights.shape}"
        raise ShapeError(message)
    _check_weights("class_weight", weights)
    return [float(weight) for weight in weights]


def as_sample_weights(sample_weight: Any, count: int) -> NDArray[np.float32] | None:
    """Return the factor of each of `count` samples as float32, or None."""
    if sample_weight is None:
        return None
    weights = _as_floats("sample_weight", sample_weight)
    if weights.shape != (count,):
        message = f"fit: sample_weight must have the shape ({count},), one for each image, got {weights.shape}"
        raise ShapeError(message)
    _check_weights("sample_weight", weights)
    return weights
