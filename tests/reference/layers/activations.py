"""Activations: of each value by itself, and over the classes."""

from dataclasses import dataclass

import numpy as np

from reference.layers.layer import Layer
from reference.losses import log_softmax, softmax, through_softmax


@dataclass
class LeakyReLU(Layer):
    slope: float = 0.01
    variants = ({}, {"slope": 0.2})

    def forward(self, inputs, parameters):
        return np.where(inputs > 0, inputs, self.slope * inputs)

    def derivative(self, inputs, parameters):
        return np.where(inputs > 0, 1.0, self.slope)


@dataclass
class ReLU(LeakyReLU):
    slope: float = 0.0
    variants = ({},)


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
    place = "flat"

    def forward(self, inputs, parameters):
        return softmax(inputs)

    def backward(self, inputs, gradient, parameters):
        return through_softmax(softmax(inputs), gradient), {}


class LogSoftmax(Layer):
    place = "flat"

    def forward(self, inputs, parameters):
        return log_softmax(inputs)

    def backward(self, inputs, gradient, parameters):
        return gradient - softmax(inputs) * gradient.sum(axis=1, keepdims=True), {}
