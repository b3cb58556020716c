"""A perceptron shrunk step by step to a network of 707 parameters."""

from typing import Any, NamedTuple

from digitcompress._registry import check_name
from digitcompress.layers import Conv2d, Dense, Dropout, Flatten, LeakyReLU, MaxPool2d, ReLU
from digitcompress.network import Input, Network

__all__ = ["tiny_cnn"]


class _Step(NamedTuple):
    """One row of the source's table: maps of each convolution, hidden units, and what else it changes."""

    maps: tuple[int, ...]
    units: tuple[int, ...]
    dropout: float = 0.0
    slope: float = 0.0


STEPS = {
    "initial": _Step((), (80, 60)),
    "cnn_8_8": _Step((8,), (8,)),
    "drop_dense": _Step((8,), ()),
    "neurons_2_2": _Step((2,), (2,)),
    "dropout": _Step((8,), (8,), dropout=0.2),
    "two_cnn_3_3_4": _Step((3, 3), (4,)),
    "neurons_3_4_5": _Step((3, 4), (5,)),
    "leaky_relu": _Step((3, 4), (5,), slope=0.1),
}


def tiny_cnn(step: str = "leaky_relu", *, initializer: str = "glorot_uniform", seed: int = 0) -> Network:
    """Return one step of a search for the smallest network, by default its result of 707 parameters.

    Convolutions are 3 by 3 without padding, each followed by an activation and max-pooling of 2 by 2. The source does not say where
    its dropout stands; here it follows the pooling.

    Parameters
    ----------
    step : str, default="leaky_relu"
        In the source's order: ``"initial"`` (784 - 80 - 60 - 10; 68,270 parameters), ``"cnn_8_8"`` (one convolution of 8 maps, 8
        hidden units; 10,994), ``"drop_dense"`` (no hidden units; 13,610), ``"neurons_2_2"`` (2 and 2; 728), ``"dropout"`` (8 and 8
        with 20 %; 10,994), ``"two_cnn_3_3_4"`` (two convolutions of 3 maps, 4 hidden units; 468), ``"neurons_3_4_5"`` (3 and 4 maps,
        5 hidden units; 707), ``"leaky_relu"`` (the same with a slope of 0.1; 707).
    initializer : str, default="glorot_uniform"
        See ``Network.initializers()``; the default is that of Keras, which the source uses.
    seed : int, default=0
        Same seed, same bits.

    Returns
    -------
    Network

    Raises
    ------
    DataError
        If the step or the initializer is unknown.

    References
    ----------
    .. [1] O. El Nahhas, "Model memory optimisation using MNIST data", table I.

    Examples
    --------
    >>> tiny_cnn().parameter_count
    707
    >>> tiny_cnn("initial").parameter_count
    68270
    """
    chosen = STEPS[check_name("step", STEPS, step)]
    return Network(Input(1, 28, 28), _layers(chosen), initializer=initializer, seed=seed)


def _layers(step: _Step) -> list[Any]:
    layers: list[Any] = []
    for channels in step.maps:
        layers += [Conv2d(channels, kernel=3), _activation(step), MaxPool2d(2)]
    layers += [Dropout(step.dropout)] if step.dropout else []
    layers += [Flatten()]
    for units in step.units:
        layers += [Dense(units), _activation(step)]
    return [*layers, Dense(10)]


def _activation(step: _Step) -> Any:
    return LeakyReLU(step.slope) if step.slope else ReLU()
