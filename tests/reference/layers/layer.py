"""What an oracle of a layer says, and how the layers that map each value by itself do it."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Layer:
    """Float64 twin of a layer: its class name, its fields, and below them how the battery tries it.

    `forward(inputs, parameters)` gives the outputs; `backward(inputs, gradient, parameters)` the gradient of the inputs and of each
    parameter, summed over samples. Values are (samples, channels, height, width) or flat (samples, features); layers with `joins` take
    a list of them. Parameters are looked up as "<name>.weight", "<name>.bias".
    """

    name: str
    variants = ({},)  # hyper-parameters to try
    place = "any"  # what it reads: "flat", "image", "any", or "tied" if its parameters are another's
    joins = False
    differentiable = True
    draws = False  # random numbers while training

    def rounding(self, samples):
        """How many times the usual rounding errors of float32 its gradient may show."""
        return 1

    def parameter_shapes(self, shape):
        """Shape of each parameter by its full name, for inputs of `shape`."""
        return {}

    def backward(self, inputs, gradient, parameters):
        return self.derivative(inputs, parameters) * gradient, {}


def as_maps(values):
    """Give flat values a height and width of one."""
    return values[:, :, None, None] if values.ndim == 2 else values


def per_channel(values, like):
    """Shape one value a channel so that it meets the channels of `like`."""
    return values.reshape(1, -1, *(1,) * (like.ndim - 2))


def over_samples(values):
    """Sum over everything but the channels."""
    return values.sum(axis=tuple(axis for axis in range(values.ndim) if axis != 1))


def as_rows(values):
    return values.reshape(len(values), int(np.prod(values.shape[1:])))
