"""The counter-based generator, seen through what it starts, shuffles and rounds."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc

scipy_stats = pytest.importorskip("scipy.stats", reason="needs SciPy")


def weights(seed, name="fc1.weight", initializer="uniform_half"):
    return dc.models.mlp([784, 100, 10], initializer=initializer, seed=seed).parameters[name].ravel()


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**63 - 1])
def test_starts_are_uniform(seed):
    assert scipy_stats.kstest(weights(seed), scipy_stats.uniform(-0.5, 1).cdf).pvalue > 1e-4


def test_starts_are_uncorrelated_between_seeds_parameters_and_places():
    first, second = weights(0), weights(1)
    limit = 5 / np.sqrt(first.size)
    assert abs(np.corrcoef(first, second)[0, 1]) < limit
    assert abs(np.corrcoef(first[:-1], first[1:])[0, 1]) < limit
    other = weights(0, "fc2.weight")
    assert abs(np.corrcoef(first[: other.size], other)[0, 1]) < 5 / np.sqrt(other.size)


def test_starts_do_not_repeat_inside_a_parameter():
    values = weights(0)
    # 78,400 draws of 2^24 values: about 183 pairs meet by chance.
    assert values.size - np.unique(values).size < 300


def test_the_start_of_a_layer_does_not_depend_on_later_layers():
    short, long = dc.models.mlp([784, 20, 10], seed=3), dc.models.mlp([784, 20, 30, 10], seed=3)
    assert_array_equal(short.parameters["fc1.weight"], long.parameters["fc1.weight"])


def test_stochastic_rounding_draws_are_uniform():
    """The share that rounds up is the fraction, for every fraction."""
    fractions = np.repeat(np.linspace(0, 1, 21), 20_000).astype(np.float32)
    values = np.concatenate([[np.float32(127)], fractions])  # 127 makes the step 1
    up = dc.quantization.fake_quantize(values, bits=8, rounding="stochastic", seed=5)[1:].reshape(21, -1).mean(axis=1)
    deviation = np.sqrt(np.linspace(0, 1, 21) * (1 - np.linspace(0, 1, 21)) / 20_000)
    assert (np.abs(up - np.linspace(0, 1, 21)) <= 5 * deviation + 1e-6).all()


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, "zero", None])
def test_a_seed_is_an_integer_of_64_bits(seed):
    with pytest.raises((ValueError, TypeError), match="seed"):
        dc.models.mlp([784, 10], seed=seed)


@pytest.mark.parametrize("seed", [np.int64(5), np.uint8(5), True + 4])
def test_integers_of_numpy_are_seeds(seed):
    assert_array_equal(weights(seed), weights(5))
