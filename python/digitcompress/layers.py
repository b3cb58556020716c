"""Layers: immutable hyper-parameters; the network owns the numbers."""

from digitcompress._core import LAYERS, Dense, FakeQuantize, Flatten, LeakyReLU, ReLU, Sigmoid, Softmax, Tanh

__all__ = ["Dense", "FakeQuantize", "Flatten", "LeakyReLU", "ReLU", "Sigmoid", "Softmax", "Tanh", "names"]


def names() -> tuple[str, ...]:
    """Return the class names of all layers.

    Examples
    --------
    >>> import digitcompress as dc
    >>> "Dense" in dc.layers.names()
    True
    """
    return LAYERS
