"""Layers that models choose by name."""

from collections.abc import Callable
from typing import Any

from digitcompress._registry import check_name
from digitcompress.layers import AvgPool2d, LeakyReLU, MaxPool2d, ReLU, Sigmoid, Tanh

__all__ = ["activation_layer", "pooling_layer"]

ACTIVATIONS: dict[str, Callable[[], Any]] = {"relu": ReLU, "leaky_relu": LeakyReLU, "sigmoid": Sigmoid, "tanh": Tanh}
POOLINGS: dict[str, Callable[[int], Any]] = {"max": MaxPool2d, "average": AvgPool2d}


def activation_layer(name: str) -> Callable[[], Any]:
    """Return what makes the activation of that name."""
    return ACTIVATIONS[check_name("activation", ACTIVATIONS, name)]


def pooling_layer(name: str) -> Callable[[int], Any]:
    """Return what makes the pooling of that name from its extent."""
    return POOLINGS[check_name("pooling", POOLINGS, name)]
