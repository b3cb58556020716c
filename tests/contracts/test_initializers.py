"""Every registered initializer: weights and biases of each kind of layer follow the published distribution."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from reference import initializers as reference

# Shape of the input, layer, fan-in and fan-out of its weight: what one output reads and what one input feeds, where Keras and PyTorch
# count all outputs of grouped convolutions, and take a transposed convolution for the one it is the transpose of.
LAYERS = {
    "dense": ((784, 1, 1), dc.layers.Dense(300), 784, 300),
    "wide": ((40, 1, 1), dc.layers.Dense(3000), 40, 3000),
    "conv": ((8, 5, 5), dc.layers.Conv2d(400, kernel=5), 8 * 25, 400 * 25),
    "grouped": ((8, 5, 5), dc.layers.Conv2d(400, kernel=5, groups=4), 2 * 25, 400 * 25),
    "deconv": ((40, 5, 5), dc.layers.ConvTranspose2d(30, kernel=5), 30 * 25, 40 * 25),
}


def start(name, layer, seed=0):
    shape, kind, _, _ = LAYERS[layer]
    weight, bias = dc.Network(dc.Input(*shape), [kind], initializer=name, seed=seed).parameters.values()
    return weight.astype(np.float64).ravel(), bias.astype(np.float64)


def assert_drawn_from(values, distribution):
    """Kolmogorov and Smirnov's largest distance stays below what one sample in 10,000 exceeds, and no value is out of bounds."""
    ordered = np.sort(values)
    steps = np.arange(len(values) + 1) / len(values)
    expected = distribution.cdf(ordered)
    distance = max((steps[1:] - expected).max(), (expected - steps[:-1]).max())
    assert distance < np.sqrt(np.log(2e4) / 2 / len(values))
    assert np.abs(values).max() <= distribution.limit * (1 + 1e-6)


def test_every_initializer_has_an_oracle():
    assert set(dc.Network.initializers()) == set(reference.WEIGHTS) | reference.ZERO


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", reference.WEIGHTS)
def test_weights_follow_their_distribution(name, layer):
    *_, fan_in, fan_out = LAYERS[layer]
    weights, _ = start(name, layer)
    distribution = reference.WEIGHTS[name](fan_in, fan_out)
    assert_drawn_from(weights, distribution)
    # The mean of n values strays by sqrt(variance / n), their variance by at most sqrt(2 / n) of itself.
    assert abs(weights.mean()) < 4 * np.sqrt(distribution.variance / weights.size)
    assert abs(weights.var() / distribution.variance - 1) < 4 * np.sqrt(2 / weights.size)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", reference.WEIGHTS)
def test_biases_start_at_zero_or_follow_their_distribution(name, layer):
    _, bias = start(name, layer)
    if name in reference.BIASES:
        assert_drawn_from(bias, reference.BIASES[name](LAYERS[layer][2]))
    else:
        assert_array_equal(bias, 0)


@pytest.mark.parametrize("name", reference.WEIGHTS)
def test_the_seed_decides_every_value(name):
    first, again, other = (start(name, "dense", seed)[0] for seed in (3, 3, 4))
    assert_array_equal(first, again)
    assert (first != other).mean() > 0.99
    assert abs(np.corrcoef(first, other)[0, 1]) < 5 / np.sqrt(first.size)
    assert abs(np.corrcoef(first[:-1], first[1:])[0, 1]) < 5 / np.sqrt(first.size)


def test_zeros_are_zero():
    for values in start("zeros", "dense"):
        assert_array_equal(values, 0)


def test_the_distributions_know_their_own_variance():
    """Integral of x^2 dF, so that the oracle's variance and limits do not rest on a formula alone."""
    for name, rule in reference.WEIGHTS.items():
        distribution = rule(100, 50)
        edge = min(distribution.limit, 12 * np.sqrt(distribution.variance))
        grid = np.linspace(-edge, edge, 20_001)
        shares = np.diff(distribution.cdf(grid))
        centres = (grid[1:] + grid[:-1]) / 2
        assert shares.sum() == pytest.approx(1, abs=1e-9), name
        assert (shares * centres**2).sum() == pytest.approx(distribution.variance, rel=1e-6), name
