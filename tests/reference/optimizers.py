"""Optimizers in float64, one array at a time.

- SGD with momentum and Nesterov's variant: Sutskever et al., "On the importance of initialization and momentum in deep
  learning", ICML 2013, in the form v <- mu v + g, w <- w - eta v (Nesterov: w <- w - eta (g + mu v)).
- Adam: Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1.
- AdamW: Loshchilov & Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2, where the decay is multiplied by the
  learning rate as well (PyTorch, Keras).
- RMSprop: Tieleman & Hinton, "Neural networks for machine learning", lecture 6.5, 2012; momentum on the scaled gradients.

Except in AdamW, weight decay is the gradient of (weight_decay / 2) |w|^2 and is added to the gradient.
"""

from dataclasses import dataclass, field, replace

import numpy as np


@dataclass
class SGD:
    learning_rate: float = 0.01
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    velocity: np.ndarray | float = field(default=0.0, repr=False)

    def step(self, parameter, gradient):
        gradient = gradient + self.weight_decay * parameter
        self.velocity = self.momentum * self.velocity + gradient
        direction = gradient + self.momentum * self.velocity if self.nesterov else self.velocity
        return parameter - self.learning_rate * direction


@dataclass
class Adam:
    learning_rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    first: np.ndarray | float = field(default=0.0, repr=False)
    second: np.ndarray | float = field(default=0.0, repr=False)
    count: int = field(default=0, repr=False)

    def step(self, parameter, gradient):
        gradient = gradient + self.weight_decay * parameter
        self.count += 1
        self.first = self.beta1 * self.first + (1 - self.beta1) * gradient
        self.second = self.beta2 * self.second + (1 - self.beta2) * gradient**2
        first = self.first / (1 - self.beta1**self.count)
        second = self.second / (1 - self.beta2**self.count)
        return parameter - self.learning_rate * first / (np.sqrt(second) + self.epsilon)


@dataclass
class AdamW(Adam):
    weight_decay: float = 0.01

    def step(self, parameter, gradient):
        shrunk = parameter * (1 - self.learning_rate * self.weight_decay)
        plain = replace(self, weight_decay=0.0)
        moved = Adam.step(plain, shrunk, gradient)
        self.first, self.second, self.count = plain.first, plain.second, plain.count
        return moved


@dataclass
class RMSprop:
    learning_rate: float = 0.01
    alpha: float = 0.99
    epsilon: float = 1e-8
    momentum: float = 0.0
    weight_decay: float = 0.0
    square: np.ndarray | float = field(default=0.0, repr=False)
    velocity: np.ndarray | float = field(default=0.0, repr=False)

    def step(self, parameter, gradient):
        gradient = gradient + self.weight_decay * parameter
        self.square = self.alpha * self.square + (1 - self.alpha) * gradient**2
        self.velocity = self.momentum * self.velocity + gradient / (np.sqrt(self.square) + self.epsilon)
        return parameter - self.learning_rate * self.velocity


OPTIMIZERS = {"sgd": SGD, "adam": Adam, "adamw": AdamW, "rmsprop": RMSprop}

# Hyper-parameters with which the battery tries an optimizer, besides its defaults.
VARIANTS = {
    "sgd": [
        {"learning_rate": 0.3},
        {"learning_rate": 0.1, "momentum": 0.9},
        {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True},
        {"learning_rate": 0.1, "weight_decay": 0.05},
        {"learning_rate": 0.05, "momentum": 0.5, "nesterov": True, "weight_decay": 0.01},
    ],
    "adam": [
        {"learning_rate": 0.1},
        {"learning_rate": 0.01, "beta1": 0.5, "beta2": 0.9},
        {"learning_rate": 0.01, "beta1": 0.0},
        {"learning_rate": 0.01, "epsilon": 0.1},
        {"learning_rate": 0.01, "weight_decay": 0.1},
    ],
    "adamw": [
        {"learning_rate": 0.1, "weight_decay": 0.5},
        {"learning_rate": 0.01, "weight_decay": 0.0},
        {"learning_rate": 0.01, "beta1": 0.5, "beta2": 0.9, "epsilon": 0.1},
    ],
    "rmsprop": [
        {"learning_rate": 0.1},
        {"learning_rate": 0.01, "alpha": 0.5, "momentum": 0.9},
        {"learning_rate": 0.01, "epsilon": 0.1, "weight_decay": 0.1},
        {"learning_rate": 0.01, "momentum": 0.5, "weight_decay": 0.05},
    ],
}


def run(name, parameter, gradients, *, rate_factors=None, **hyper_parameters):
    """The parameter after one step per row of `gradients`; a schedule's factor multiplies the learning rate of each."""
    optimizer = OPTIMIZERS[name](**hyper_parameters)
    parameter = np.asarray(parameter, dtype=np.float64)
    full_rate = optimizer.learning_rate
    for step, gradient in enumerate(np.asarray(gradients, dtype=np.float64)):
        optimizer.learning_rate = full_rate * (1.0 if rate_factors is None else rate_factors[step])
        parameter = optimizer.step(parameter, gradient)
    return parameter
