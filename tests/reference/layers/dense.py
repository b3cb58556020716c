"""Fully connected layers."""

from dataclasses import dataclass

import numpy as np

from reference.layers.layer import Layer, as_rows


@dataclass
class Dense(Layer):
    """W x + b."""

    units: int = 0
    bias: bool = True
    variants = ({"units": 6}, {"units": 1}, {"units": 5, "bias": False})
    place = "flat"

    def parameter_shapes(self, shape):
        return {f"{self.name}.weight": (self.units, int(np.prod(shape)))} | ({f"{self.name}.bias": (self.units,)} if self.bias else {})

    def forward(self, inputs, parameters):
        outputs = as_rows(inputs) @ parameters[f"{self.name}.weight"].T
        return outputs + parameters[f"{self.name}.bias"] if self.bias else outputs

    def backward(self, inputs, gradient, parameters):
        gradients = {f"{self.name}.weight": gradient.T @ as_rows(inputs)}
        if self.bias:
            gradients[f"{self.name}.bias"] = gradient.sum(axis=0)
        return (gradient @ parameters[f"{self.name}.weight"]).reshape(inputs.shape), gradients


@dataclass
class TiedDense(Layer):
    """W^T x + b with the W of another Dense and a b of its own; both uses add to the gradient of W."""

    units: int = 784
    node: str = "fc1"
    bias: bool = True
    variants = ({"units": 252}, {"units": 252, "bias": False})
    place = "tied"

    def forward(self, inputs, parameters):
        outputs = as_rows(inputs) @ parameters[f"{self.node}.weight"]
        return outputs + parameters[f"{self.name}.bias"] if self.bias else outputs

    def backward(self, inputs, gradient, parameters):
        gradients = {f"{self.node}.weight": as_rows(inputs).T @ gradient}
        if self.bias:
            gradients[f"{self.name}.bias"] = gradient.sum(axis=0)
        return (gradient @ parameters[f"{self.node}.weight"].T).reshape(inputs.shape), gradients
