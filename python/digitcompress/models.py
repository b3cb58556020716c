"""Ready-made networks."""

from collections.abc import Sequence
from itertools import chain

from digitcompress._arguments import as_integer
from digitcompress._registry import check_name
from digitcompress.errors import DataError
from digitcompress.layers import Dense, Flatten, LeakyReLU, ReLU, Sigmoid, Tanh
from digitcompress.network import Input, Network

__all__ = ["mlp"]

ACTIVATIONS = {"relu": ReLU, "leaky_relu": LeakyReLU, "sigmoid": Sigmoid, "tanh": Tanh}


def mlp(sizes: Sequence[int], *, activation: str = "relu", initializer: str = "he_uniform", seed: int = 0) -> Network:
    """Return a multi-layer perceptron that ends in logits.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, hidden layers, classes; 784 inputs stand for 28 by 28 images.
    activation : {"relu", "leaky_relu", "sigmoid", "tanh"}, default="relu"
        After each hidden layer.
    initializer : str, default="he_uniform"
        See ``Network.initializers()``.
    seed : int, default=0
        Same seed, same bits.

    Returns
    -------
    Network

    Raises
    ------
    DataError
        If there are fewer than two sizes, or a name is unknown.

    Examples
    --------
    >>> mlp([784, 10, 10]).parameter_count
    7960
    """
    if len(sizes) < 2:
        message = f"mlp: sizes must name the inputs and the classes, got {list(sizes)}"
        raise DataError(message)
    counts = [as_integer("mlp: sizes", size, 1) for size in sizes]
    layer = ACTIVATIONS[check_name("activation", ACTIVATIONS, activation)]
    hidden = chain.from_iterable((Dense(units), layer()) for units in counts[1:-1])
    shape = Input(1, 28, 28) if counts[0] == 784 else Input(counts[0])
    return Network(shape, [Flatten(), *hidden, Dense(counts[-1])], initializer=initializer, seed=seed)
