"""Multi-layer perceptrons."""

from collections.abc import Sequence
from itertools import chain

from digitcompress._arguments import as_integer
from digitcompress.errors import DataError
from digitcompress.layers import Dense, Flatten
from digitcompress.models._choices import activation_layer
from digitcompress.network import Input, Network

__all__ = ["lenet300", "mlp"]


def mlp(sizes: Sequence[int] = (784, 120, 84, 10), *, activation: str = "relu", initializer: str = "he_uniform", seed: int = 0) -> Network:
    """Return a multi-layer perceptron that ends in logits.

    Parameters
    ----------
    sizes : sequence of int, default=(784, 120, 84, 10)
        Inputs, hidden layers, classes; 784 inputs stand for 28 by 28 images. The default is the perceptron of [1]_, with 105,214
        parameters.
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

    References
    ----------
    .. [1] S. Loukas, "Classifying handwritten digits using a multilayer perceptron classifier", 2021.

    Examples
    --------
    >>> mlp().parameter_count
    105214
    >>> mlp([784, 10, 10]).parameter_count
    7960
    """
    if len(sizes) < 2:
        message = f"mlp: sizes must name the inputs and the classes, got {list(sizes)}"
        raise DataError(message)
    counts = [as_integer("mlp: sizes", size, 1) for size in sizes]
    layer = activation_layer(activation)
    hidden = chain.from_iterable((Dense(units), layer()) for units in counts[1:-1])
    shape = Input(1, 28, 28) if counts[0] == 784 else Input(counts[0])
    return Network(shape, [Flatten(), *hidden, Dense(counts[-1])], initializer=initializer, seed=seed)


def lenet300(*, activation: str = "relu", initializer: str = "he_uniform", seed: int = 0) -> Network:
    """Return LeNet-300-100, the perceptron 784 - 300 - 100 - 10 with 266,610 parameters.

    Parameters
    ----------
    activation : {"relu", "leaky_relu", "sigmoid", "tanh"}, default="relu"
        After each hidden layer; the source squashes with tanh, the literature on pruning uses ReLU.
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
        If a name is unknown.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition", 1998, section III.C.

    Examples
    --------
    >>> lenet300().parameter_count
    266610
    """
    return mlp((784, 300, 100, 10), activation=activation, initializer=initializer, seed=seed)
