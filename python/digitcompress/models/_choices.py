"""Layers that models choose by name."""

from collections.abc import Callable
from typing import Any

from digitcompress._registry import check_name
from digitcompress.layers import LeakyReLU, ReLU, Sigmoid, Tanh

__all__ = ["activation_layer"]

ACTIVATIONS: dict[str, Callable[[], Any]] = {"relu": ReLU, "leaky_relu": LeakyReLU, "sigmoid": Sigmoid, "tanh": Tanh}


def activation_layer(name: str) -> Callable[[], Any]:
    """Return what makes the activation of that name."""
    return ACTIVATIONS[check_name("activation", ACTIVATIONS, name)]
