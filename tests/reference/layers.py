"""Layers in float64: forward, and backward from the formulas of the chain rule.

`forward(inputs, parameters)` gives the outputs; `backward(inputs, gradient, parameters)` the gradient of the inputs and of each
parameter, summed over samples. Parameters are looked up as "<name>.weight", "<name>.bias".
"""

from dataclasses import dataclass

import numpy as np

from reference import number_formats
from reference.losses import softmax, through_softmax


@dataclass
class Layer:
    name: str
    differentiable = True

    def backward(self, inputs, gradient, parameters):
        return self.derivative(inputs, parameters) * gradient, {}


@dataclass
class Dense(Layer):
    units: int = 0
    bias: bool = True

    def forward(self, inputs, parameters):
        outputs = inputs @ parameters[f"{self.name}.weight"].T
        return outputs + parameters[f"{self.name}.bias"] if self.bias else outputs

    def backward(self, inputs, gradient, parameters):
        gradients = {f"{self.name}.weight": gradient.T @ inputs}
        if self.bias:
            gradients[f"{self.name}.bias"] = gradient.sum(axis=0)
        return gradient @ parameters[f"{self.name}.weight"], gradients


@dataclass
class Flatten(Layer):
    def forward(self, inputs, parameters):
        return inputs.reshape(len(inputs), int(np.prod(inputs.shape[1:])))

    def backward(self, inputs, gradient, parameters):
        return gradient.reshape(inputs.shape), {}


@dataclass
class LeakyReLU(Layer):
    slope: float = 0.01

    def forward(self, inputs, parameters):
        return np.where(inputs > 0, inputs, self.slope * inputs)

    def derivative(self, inputs, parameters):
        return np.where(inputs > 0, 1.0, self.slope)


@dataclass
class ReLU(LeakyReLU):
    slope: float = 0.0


class Sigmoid(Layer):
    def forward(self, inputs, parameters):
        return 0.5 * (1 + np.tanh(inputs / 2))

    def derivative(self, inputs, parameters):
        outputs = self.forward(inputs, {})
        return outputs * (1 - outputs)


class Tanh(Layer):
    def forward(self, inputs, parameters):
        return np.tanh(inputs)

    def derivative(self, inputs, parameters):
        return 1 - np.tanh(inputs) ** 2


class Softmax(Layer):
    def forward(self, inputs, parameters):
        return softmax(inputs)

    def backward(self, inputs, gradient, parameters):
        return through_softmax(softmax(inputs), gradient), {}


@dataclass
class FakeQuantize(Layer):
    """Activation quantizer over the range "<name>.range"; 0: none set yet, everything passes.

    Its gradient passes straight through inside the range and stops where a value is clipped.
    """

    bits: int = 8
    signed: bool = False
    differentiable = False

    def forward(self, inputs, parameters):
        value_range = float(parameters[f"{self.name}.range"][0])
        if value_range == 0:
            return inputs
        quantize = number_formats.signed if self.signed else number_formats.unsigned
        return quantize(inputs, self.bits, value_range)

    def derivative(self, inputs, parameters):
        value_range = float(parameters[f"{self.name}.range"][0])
        if value_range == 0:
            return np.ones_like(inputs)
        lowest = -value_range if self.signed else 0.0
        return ((inputs >= lowest) & (inputs <= value_range)).astype(np.float64)


LAYERS = {
    "Dense": Dense,
    "ReLU": ReLU,
    "LeakyReLU": LeakyReLU,
    "Sigmoid": Sigmoid,
    "Tanh": Tanh,
    "Softmax": Softmax,
    "Flatten": Flatten,
    "FakeQuantize": FakeQuantize,
}

# Hyper-parameters with which the battery tries a layer.
VARIANTS = {
    "Dense": [{"units": 6}, {"units": 1}, {"units": 5, "bias": False}],
    "LeakyReLU": [{}, {"slope": 0.2}],
    "FakeQuantize": [{}, {"bits": 3}, {"bits": 4, "signed": True}],
}


def forward(layers, images, parameters):
    """Outputs of every layer, the images first."""
    values = [np.asarray(images, dtype=np.float64)]
    for layer in layers:
        values.append(layer.forward(values[-1], parameters))
    return values


def backward(layers, values, gradient, parameters):
    """Gradient of every parameter, from `gradient` of the last output."""
    gradients = {}
    for layer, inputs in zip(reversed(layers), reversed(values[:-1]), strict=True):
        gradient, own = layer.backward(inputs, gradient, parameters)
        gradients.update(own)
    return gradients
