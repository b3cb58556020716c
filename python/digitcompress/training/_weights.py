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


def as_class_weights(class_weight: Any, labels: NDArray[np.int64], classes: int) -> list[float]:
    """Return the factor of each class, or none; "balanced" is n / (classes · n_c)."""
    if class_weight is None:
        return []
    if isinstance(class_weight, str) and class_weight == "balanced":
        counts = np.bincount(labels, minlength=classes)
        weights = np.divide(len(labels), classes * counts, out=np.zeros(classes), where=counts > 0).astype(np.float32)
    elif isinstance(class_weight, Mapping):
        weights = np.array([class_weight.get(c, 1.0) for c in range(classes)], dtype=np.float32)
    else:
        weights = np.asarray(class_weight, dtype=np.float32)
    if weights.shape != (classes,):
        message = f"fit: class_weight must have {classes} entries, one a class, got the shape {weights.shape}"
        raise ShapeError(message)
    _check_weights("class_weight", weights)
    return [float(weight) for weight in weights]


def as_sample_weights(sample_weight: Any, count: int) -> NDArray[np.float32] | None:
    """Return the factor of each of `count` samples as float32, or None."""
    if sample_weight is None:
        return None
    weights = np.require(np.asarray(sample_weight), np.float32, "C")
    if weights.shape != (count,):
        message = f"fit: sample_weight must have the shape ({count},), one for each image, got {weights.shape}"
        raise ShapeError(message)
    _check_weights("sample_weight", weights)
    return weights
