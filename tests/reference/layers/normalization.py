"""Layers that act differently while training; `training` says which."""

from dataclasses import dataclass

import numpy as np

from reference.layers.layer import Layer, over_samples, per_channel


@dataclass
class BatchNorm(Layer):
    """Ioffe and Szegedy, "Batch normalization", ICML 2015, algorithms 1 and 2.

    Training normalises by the batch's mean and biased variance, and moves the running ones by `momentum` towards the mean and the
    unbiased variance; inference uses the running ones.
    """

    momentum: float = 0.1
    epsilon: float = 1e-5
    training: bool = False
    variants = ({}, {"momentum": 0.3, "epsilon": 0.01})

    def rounding(self, samples):
        """Two samples may lie so close together that their variance is all rounding."""
        return 300 if samples == 2 else 3

    def parameter_shapes(self, shape):
        return {f"{self.name}.{part}": shape[:1] for part in ("weight", "bias", "running_mean", "running_variance")}

    def batch_statistics(self, inputs):
        count = inputs.size // inputs.shape[1]
        mean = over_samples(inputs) / count
        return mean, over_samples((inputs - per_channel(mean, inputs)) ** 2) / count, count

    def normalized(self, inputs, parameters):
        """Normalised inputs, and one over the deviation they were divided by."""
        mean, variance = parameters[f"{self.name}.running_mean"], parameters[f"{self.name}.running_variance"]
        if self.training:
            mean, variance, _ = self.batch_statistics(inputs)
        scale = per_channel(1 / np.sqrt(variance + self.epsilon), inputs)
        return (inputs - per_channel(mean, inputs)) * scale, scale

    def forward(self, inputs, parameters):
        weight, bias = (per_channel(parameters[f"{self.name}.{part}"], inputs) for part in ("weight", "bias"))
        return weight * self.normalized(inputs, parameters)[0] + bias

    def backward(self, inputs, gradient, parameters):
        gradient = gradient.reshape(inputs.shape)
        normalized, scale = self.normalized(inputs, parameters)
        gradients = {f"{self.name}.weight": over_samples(gradient * normalized), f"{self.name}.bias": over_samples(gradient)}
        through = gradient
        if self.training:
            count = inputs.size // inputs.shape[1]
            mean, slope = (per_channel(gradients[f"{self.name}.{part}"] / count, inputs) for part in ("bias", "weight"))
            through = gradient - mean - normalized * slope
        return per_channel(parameters[f"{self.name}.weight"], inputs) * scale * through, gradients

    def running(self, inputs, parameters):
        """Running mean and variance after a training step on `inputs`."""
        mean, variance, count = self.batch_statistics(inputs)
        news = {"running_mean": mean, "running_variance": variance * count / (count - 1)}
        olds = {part: parameters[f"{self.name}.{part}"] for part in news}
        return {f"{self.name}.{part}": (1 - self.momentum) * olds[part] + self.momentum * new for part, new in news.items()}


@dataclass
class Dropout(Layer):
    """Srivastava et al., JMLR 2014, in the form that scales while training: "<name>.mask" holds 1 for what is kept, absent in inference."""

    rate: float = 0.5
    variants = ({}, {"rate": 0.2}, {"rate": 0.0})

    @property
    def draws(self):
        return self.rate > 0

    def forward(self, inputs, parameters):
        return inputs * self.derivative(inputs, parameters)

    def derivative(self, inputs, parameters):
        mask = parameters.get(f"{self.name}.mask")
        return np.ones_like(inputs) if mask is None else mask / (1 - self.rate)
