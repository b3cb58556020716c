"""Layers in float64, written from their definitions: every class of these files that shares a registered layer's name is its oracle."""

import pkgutil
from importlib import import_module

import numpy as np

from reference.layers.layer import Layer

MODULES = [import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
LAYERS = {
    name: value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, type) and issubclass(value, Layer) and value is not Layer and not name.startswith("_")
}


def twin(net):
    """The oracle's twin of a network that is a chain: the same layers under the same names, and a float64 copy of the parameters."""
    chain = [LAYERS[type(layer).__name__](node, **layer.to_dict()) for node, layer in zip(net.node_names, net.layers, strict=True)]
    return chain, {name: values.astype(np.float64) for name, values in net.parameters.items()}


def forward(layers, images, parameters):
    """Outputs of every layer of a chain, the images first."""
    values = [np.asarray(images, dtype=np.float64)]
    for layer in layers:
        values.append(layer.forward(values[-1], parameters))
    return values


def backward(layers, values, gradient, parameters):
    """Gradient of every parameter of a chain, from `gradient` of the last output."""
    gradients = {}
    for layer, inputs in zip(reversed(layers), reversed(values[:-1]), strict=True):
        gradient, own = layer.backward(inputs, gradient, parameters)
        gradients.update(own)
    return gradients
