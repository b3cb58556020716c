"""One training of the study, from given arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from digitcompress._arguments import as_integer, as_number
from digitcompress._arrays import as_pair
from digitcompress.errors import ShapeError
from digitcompress.network import Network
from digitcompress.studies.losses._choices import REPORTED_AS, Compression, checked_compression, checked_loss, checked_rate
from digitcompress.studies.losses._correct import train_correct
from digitcompress.studies.losses._faithful import train_faithful
from digitcompress.studies.losses._networks import input_shape
from digitcompress.studies.losses._start import checked_start
from digitcompress.studies.losses._trajectory import Recipe, Weights
from digitcompress.training import History


@dataclass(frozen=True, eq=False)
class Cell:
    """The outcome of one training.

    Parameters
    ----------
    weights : tuple of ndarray
        ``W1, b1, W2, b2, …`` in the shapes of the start: the stored float64 arrays in faithful mode, otherwise what the
        network computes with.
    history : History
        What was recorded every few iterations, with the forward pass of that iteration and before its update:
        as `digitcompress.fit` returns it.
    network : Network
        The network; in faithful mode the float32 rounding of the weights.

    Examples
    --------
    >>> import numpy as np
    >>> start = [np.zeros(shape) for shape in [(10, 784), (10, 1), (10, 10), (10, 1)]]
    >>> cell = train(np.zeros((4, 28, 28), np.uint8), [0, 1, 2, 3], start=start, learning_rate=0.1, iterations=2, loss="mse")
    >>> [array.shape for array in cell.weights]
    [(10, 784), (10, 1), (10, 10), (10, 1)]
    """

    weights: Weights
    history: History
    network: Network


def train(
    images: ArrayLike,
    labels: ArrayLike,
    *,
    start: Sequence[ArrayLike],
    learning_rate: float,
    iterations: int,
    loss: str,
    compression: Compression = "none",
    bits: int = 8,
    rate: float = 0.1,
    faithful: bool = False,
    gradient_samples: float | None = None,
    record_every: int = 10,
    seed: int = 0,
    threads: int | None = None,
) -> Cell:
    """Train a dense network by full-batch gradient descent, compressing it on the way.

    Parameters
    ----------
    images : array-like, shape (count, height, width) or (count, features)
        uint8 pixels are divided by 255, floating ones are taken as they are.
    labels : array-like of int, shape (count,)
        The digit on each image.
    start : sequence of array-like
        ``W1, b1, W2, b2`` or, with two hidden layers, six arrays. Weights are (outputs, inputs), biases (outputs, 1) or
        (outputs,). Unchanged.
    learning_rate : float
        Step of the gradient descent.
    iterations : int
        Number of updates.
    loss : {"none", "one_hot", "mse", "cross_entropy", "weighted_cross_entropy", "focal", "hinge", "hinge_one_vs_rest"}
        "none" and "one_hot" train as the cross entropy. In faithful mode all losses train alike and only the loss of the
        history differs, which then has the source's form; "weighted_cross_entropy" has the weights 1 there, and
        "hinge_one_vs_rest" is reported as "hinge".
    compression : {"none", "quantized", "pruned", "both"}, default="none"
        What is done to weights, activations and gradients.
    bits : int, default=8
        Width of a quantized number, 1 to 16.
    rate : float, default=0.1
        Share of each layer's weights to prune.
    faithful : bool, default=False
        Whether to repeat the source's own arithmetic, in float64.
    gradient_samples : float, optional
        The m of 1/m; the number of images by default. The source's quantized listings divide by all 42,000 images although
        they train on 41,000.
    record_every : int, default=10
        Iterations between records.
    seed : int, default=0
        Of the stochastic rounding of gradients; the source has none.
    threads : int, optional
        Changes the time, never the result.

    Returns
    -------
    Cell
        Weights, history and network.

    Raises
    ------
    DataError
        If a value or a name is not among the allowed ones.
    ShapeError
        If the arrays do not fit together.
    DivergenceError
        If the loss does not stay finite; faithful mode goes on, as the source does.

    Examples
    --------
    >>> import numpy as np
    >>> generator = np.random.default_rng(0)
    >>> start = [generator.random(shape) - 0.5 for shape in [(10, 64), (10,), (10, 10), (10,)]]
    >>> images, labels = generator.random((20, 8, 8)), np.arange(20) % 10
    >>> cell = train(images, labels, start=start, learning_rate=0.5, iterations=3, loss="focal", compression="quantized")
    >>> len(np.unique(cell.weights[2])) <= 2**8
    True
    """
    recipe = Recipe(
        learning_rate=as_number("learning_rate", learning_rate, 0.0, open_low=True),
        checkpoints=(as_integer("iterations", iterations, 1),),
        loss=checked_loss(loss),
        compression=checked_compression(compression),
        bits=as_integer("bits", bits, 1, 16),
        rate=checked_rate(rate),
        gradient_samples=None if gradient_samples is None else as_number("gradient_samples", gradient_samples, 0.0, open_low=True),
        record_every=as_integer("record_every", record_every, 1),
        threads=None if threads is None else as_integer("threads", threads, 1, 256),
    )
    weights = checked_start(start)
    pixels, digits = _checked_images(images, labels, weights, faithful=faithful)
    if faithful:
        recorded, (checkpoint,) = train_faithful(pixels, digits, weights, recipe)
        return Cell(checkpoint.weights, recorded.history(REPORTED_AS[loss], steps=iterations), checkpoint.network)
    (history,), (checkpoint,) = train_correct(pixels, digits, weights, recipe, seed=seed)
    return Cell(checkpoint.weights, history, checkpoint.network)


def _checked_images(images: ArrayLike, labels: ArrayLike, start: Weights, *, faithful: bool) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return images in their shape: bytes, or floats in the precision of the arithmetic."""
    given = np.asarray(images)
    if given.ndim < 2 or np.prod(given.shape[1:]) != start[0].shape[1]:
        message = f"images must have {start[0].shape[1]} pixels each, one for each column of W1, got the shape {given.shape}"
        raise ShapeError(message)
    checked, digits = as_pair((images, labels), input_shape(given.shape[1:]), len(start[-1]))
    if faithful and checked.dtype != np.uint8:
        checked = np.ascontiguousarray(given, dtype=np.float64)
    return checked.reshape(given.shape), digits
