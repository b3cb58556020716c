"""Networks of the study from plain arrays, and back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from digitcompress import layers
from digitcompress.network import Input, Network
from digitcompress.studies.losses._trajectory import Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray


def network_of(weights: Weights, image_shape: Sequence[int]) -> Network:
    """Return dense layers with these weights and biases, ReLU between them, rounded to float32."""
    sizes = [len(weight) for weight in weights[::2]]
    hidden = [layer for size in sizes[:-1] for layer in (layers.Dense(size), layers.ReLU())]
    network = Network(input_shape(image_shape), [layers.Flatten(), *hidden, layers.Dense(sizes[-1])])
    for name, array in zip(parameter_names(len(sizes)), weights, strict=True):
        parameter = network.parameters[name]
        parameter[...] = np.reshape(array, parameter.shape)
    return network


def parameter_names(count: int) -> list[str]:
    """Return the names of weights and biases of so many dense layers, in the order of the study's arrays."""
    return [f"fc{layer}.{kind}" for layer in range(1, count + 1) for kind in ("weight", "bias")]


def weights_of(network: Network, like: Weights) -> Weights:
    """Return what a network computes with, in the shapes of other arrays."""
    effective: dict[str, NDArray[Any]] = network.effective_parameters()
    return tuple(effective[name].reshape(array.shape) for name, array in zip(parameter_names(len(like) // 2), like, strict=True))


def input_shape(image_shape: Sequence[int]) -> tuple[int, int, int]:
    """Return channels, height and width; a row of pixels counts as a square image where it can."""
    if len(image_shape) != 1:
        return Input(*([1] if len(image_shape) == 2 else []), *image_shape)
    side = round(image_shape[0] ** 0.5)
    return Input(1, side, side) if side * side == image_shape[0] else Input(image_shape[0])
