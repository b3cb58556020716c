"""Distributions of starting values, as cumulative distribution functions written from the published formulas."""

from collections.abc import Callable
from dataclasses import dataclass
from math import erf, exp, pi, sqrt

import numpy as np

CUT = 2  # deviations beyond which Keras' normal initialisers draw again


def normal_cdf(z):
    return 0.5 * (1 + np.vectorize(erf)(np.asarray(z) / sqrt(2)))


def cut_deviation():
    """Deviation of a standard normal within two deviations: 1 - 2 c phi(c) / (2 Phi(c) - 1) is its variance."""
    density = exp(-(CUT**2) / 2) / sqrt(2 * pi)
    return sqrt(1 - 2 * CUT * density / (2 * float(normal_cdf(CUT)) - 1))


@dataclass(frozen=True)
class Distribution:
    """One with mean 0."""

    cdf: Callable
    variance: float
    limit: float = np.inf


def uniform(limit):
    return Distribution(lambda x: (x / limit + 1) / 2, limit**2 / 3, limit)


def normal(variance):
    return Distribution(lambda x: normal_cdf(x / sqrt(variance)), variance)


def truncated(variance):
    before = sqrt(variance) / cut_deviation()
    low, high = normal_cdf(-CUT), normal_cdf(CUT)
    return Distribution(lambda x: (normal_cdf(x / before) - low) / (high - low), variance, CUT * before)


def uniform_of(variance):
    return uniform(sqrt(3 * variance))


# Of weights, from fan-in and fan-out.
WEIGHTS = {
    "he_uniform": lambda fan_in, fan_out: uniform_of(2 / fan_in),
    "he_normal": lambda fan_in, fan_out: truncated(2 / fan_in),
    "glorot_uniform": lambda fan_in, fan_out: uniform_of(2 / (fan_in + fan_out)),
    "glorot_normal": lambda fan_in, fan_out: truncated(2 / (fan_in + fan_out)),
    "lecun_uniform": lambda fan_in, fan_out: uniform_of(1 / fan_in),
    "lecun_normal": lambda fan_in, fan_out: truncated(1 / fan_in),
    "kaiming_uniform": lambda fan_in, fan_out: uniform_of(2 / fan_in),
    "kaiming_normal": lambda fan_in, fan_out: normal(2 / fan_in),
    "xavier_uniform": lambda fan_in, fan_out: uniform_of(2 / (fan_in + fan_out)),
    "xavier_normal": lambda fan_in, fan_out: normal(2 / (fan_in + fan_out)),
    # He's with the gain of a leaky ReLU of slope sqrt(5).
    "pytorch": lambda fan_in, fan_out: uniform_of(2 / (1 + sqrt(5) ** 2) / fan_in),
    "uniform_half": lambda fan_in, fan_out: uniform(0.5),
}
# Of biases; those not named here start at 0.
BIASES = {
    "pytorch": lambda fan_in: uniform(1 / sqrt(fan_in)),
    "uniform_half": lambda fan_in: uniform(0.5),
}
ZERO = frozenset({"zeros"})
