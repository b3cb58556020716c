"""Batch normalization while training, and none afterwards."""

from itertools import pairwise
from typing import Any

import numpy as np

from digitcompress.layers import BatchNorm, Conv2d, Dense
from digitcompress.network import Network


def normalized(network: Network) -> Network:
    """Return a network of layers in a row with a batch normalization after each convolution and each dense layer but the last."""
    layers: list[Any] = []
    for layer in network.layers[:-1]:
        layers += [layer, BatchNorm()] if isinstance(layer, (Conv2d, Dense)) else [layer]
    twin = Network(network.input_shape, [*layers, network.layers[-1]])
    for name, values in network.parameters.items():
        twin.parameters[name][...] = values
    return twin


def fold(twin: Network, network: Network) -> None:
    """Write what a `normalized` network has learnt into the network it was made of; both then compute the same, up to rounding."""
    for name in network.parameters:
        network.parameters[name][...] = twin.parameters[name]
    for node, after in pairwise(twin.nodes):
        if isinstance(after.layer, BatchNorm):
            names = ("weight", "bias", "running_mean", "running_variance")
            scale, shift, mean, variance = (twin.parameters[f"{after.name}.{name}"].astype(np.float64) for name in names)
            weight, bias = (network.parameters[f"{node.name}.{name}"] for name in ("weight", "bias"))
            factor = scale / np.sqrt(variance + after.layer.epsilon)
            weight[...] = weight * factor.reshape(-1, *(1,) * (weight.ndim - 1))
            bias[...] = (bias - mean) * factor + shift
