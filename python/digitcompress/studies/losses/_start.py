"""The arrays that a training starts from."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from digitcompress.errors import DataError, ShapeError

Weights = tuple[NDArray[Any], ...]


def draw_start(features: int, *, hidden: Sequence[int] = (10,), classes: int = 10, seed: int = 0) -> Weights:
    """Draw weights and biases uniformly from [-0.5, 0.5), as the source does."""
    generator = np.random.Generator(np.random.PCG64(seed))
    sizes = [features, *hidden, classes]
    shapes = [shape for inputs, outputs in itertools.pairwise(sizes) for shape in ((outputs, inputs), (outputs, 1))]
    return tuple(generator.random(shape) - 0.5 for shape in shapes)


def checked_start(start: Sequence[ArrayLike]) -> Weights:
    """Return a start as float64 arrays whose shapes fit together."""
    arrays = [np.array(array, dtype=np.float64) for array in start]
    if len(arrays) not in {4, 6}:
        message = f"start must be W1, b1, W2, b2 (and W3, b3), got {len(arrays)} arrays"
        raise ShapeError(message)
    for layer, (weight, bias) in enumerate(zip(arrays[::2], arrays[1::2], strict=True), start=1):
        _check_layer(layer, weight, bias, arrays[2 * layer - 4] if layer > 1 else None)
    return tuple(arrays)


def _check_layer(layer: int, weight: NDArray[Any], bias: NDArray[Any], previous: NDArray[Any] | None) -> None:
    if weight.ndim != 2 or weight.size == 0:
        message = f"start: W{layer} must have the shape (outputs, inputs), got {weight.shape}"
        raise ShapeError(message)
    if previous is not None and weight.shape[1] != previous.shape[0]:
        message = f"start: W{layer} must have {previous.shape[0]} columns, one per row of W{layer - 1}, got the shape {weight.shape}"
        raise ShapeError(message)
    if bias.shape not in {(len(weight),), (len(weight), 1)}:
        message = f"start: b{layer} must have {len(weight)} entries, one per row of W{layer}, got the shape {bias.shape}"
        raise ShapeError(message)
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        message = f"start: W{layer} and b{layer} must be finite, got nan or inf"
        raise DataError(message)
