"""Layers that only move values, and those that join several nodes."""

from dataclasses import dataclass

import numpy as np

from reference.layers.layer import Layer, as_rows


class Flatten(Layer):
    def forward(self, inputs, parameters):
        return as_rows(inputs)

    def backward(self, inputs, gradient, parameters):
        return gradient.reshape(inputs.shape), {}


@dataclass
class Reshape(Flatten):
    """Same values, row by row, in another shape."""

    channels: int = 1
    height: int = 1
    width: int = 1
    variants = (
        {"channels": 2, "height": 9, "width": 14},
        {"channels": 252, "height": 1, "width": 1},
        {"channels": 1, "height": 4, "width": 63},
    )
    place = "image"

    def forward(self, inputs, parameters):
        return inputs.reshape(len(inputs), self.channels, self.height, self.width)


class Add(Layer):
    """Sum of its inputs; each of them gets the whole gradient."""

    joins = True

    def forward(self, inputs, parameters):
        return sum(inputs[1:], start=inputs[0])

    def backward(self, inputs, gradient, parameters):
        return [gradient.reshape(each.shape) for each in inputs], {}


class Concat(Layer):
    """Channels of its inputs, one after the other."""

    joins = True

    def forward(self, inputs, parameters):
        return np.concatenate(inputs, axis=1)

    def backward(self, inputs, gradient, parameters):
        return np.split(gradient, np.cumsum([each.shape[1] for each in inputs])[:-1], axis=1), {}
