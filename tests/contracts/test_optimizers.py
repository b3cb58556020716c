"""Every registered optimizer: steps on given gradients against the float64 oracle."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from digitcompress import _core
from reference import optimizers as reference

FLOAT32_RTOL = 2e-5
FLOAT32_ATOL = 2e-6


def cases():
    return [(name, hyper) for name in dc.optimizers.names() for hyper in [{}, *reference.VARIANTS.get(name, [])]]


def case_id(value):
    return "-".join(f"{key}={item}" for key, item in value.items()) or "default" if isinstance(value, dict) else value


every_case = pytest.mark.parametrize(("name", "hyper"), cases(), ids=case_id)


def steps(name, hyper, parameter, gradients, rate_factors=()):
    return _core.optimizer_steps(replace(dc.optimizers.get(name), **hyper), parameter.copy(), gradients, rate_factors)


def parameter_and_gradients(size=53, count=25, seed=0):
    generator = np.random.default_rng(seed)
    return generator.normal(size=size).astype(np.float32), generator.normal(size=(count, size)).astype(np.float32)


def test_every_optimizer_has_an_oracle_and_every_oracle_an_optimizer():
    assert sorted(dc.optimizers.names()) == sorted(reference.OPTIMIZERS)


@every_case
@pytest.mark.parametrize("size", [1, 15, 16, 17, 257])
@pytest.mark.parametrize("count", [1, 2, 25])
def test_steps_equal_the_oracle(name, hyper, size, count):
    parameter, gradients = parameter_and_gradients(size, count, seed=size)
    expected = reference.run(name, parameter, gradients, **hyper)
    assert_allclose(steps(name, hyper, parameter, gradients), expected, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


@every_case
@pytest.mark.parametrize("scale", [1e-20, 1e-6, 1e6])
def test_small_and_large_gradients(name, hyper, scale):
    parameter, gradients = parameter_and_gradients()
    gradients = (gradients * scale).astype(np.float32)
    expected = reference.run(name, parameter, gradients, **hyper)
    assert_allclose(steps(name, hyper, parameter, gradients), expected, rtol=5e-5, atol=FLOAT32_ATOL * max(1.0, scale))


@every_case
def test_no_gradient_moves_a_parameter_only_by_its_decay(name, hyper):
    parameter, gradients = parameter_and_gradients()
    after = steps(name, hyper, parameter, np.zeros_like(gradients))
    if replace(dc.optimizers.get(name), **hyper).weight_decay:
        assert (np.abs(after) < np.abs(parameter)).all()
    else:
        assert_array_equal(after, parameter)


@every_case
def test_a_schedule_multiplies_the_learning_rate(name, hyper):
    parameter, gradients = parameter_and_gradients()
    factors = np.linspace(1, 0, len(gradients))
    expected = reference.run(name, parameter, gradients, rate_factors=factors, **hyper)
    assert_allclose(steps(name, hyper, parameter, gradients, factors), expected, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


@every_case
def test_elements_are_independent(name, hyper):
    parameter, gradients = parameter_and_gradients()
    order = np.random.default_rng(1).permutation(parameter.size)
    moved = steps(name, hyper, parameter[order], gradients[:, order])
    assert_array_equal(moved, steps(name, hyper, parameter, gradients)[order])


@every_case
@pytest.mark.parametrize("cut", [1, 15, 16, 17, 40])
def test_ranges_may_be_cut_anywhere(name, hyper, cut):
    """Threads update ranges of a parameter, and their number must not change a bit."""
    parameter, gradients = parameter_and_gradients(size=61)
    parts = [steps(name, hyper, parameter[part], np.ascontiguousarray(gradients[:, part])) for part in (slice(cut), slice(cut, None))]
    assert_array_equal(np.concatenate(parts), steps(name, hyper, parameter, gradients))


@every_case
def test_a_constant_gradient_is_descended(name, hyper):
    parameter = np.zeros(3, dtype=np.float32)
    after = steps(name, hyper, parameter, np.tile(np.float32([1.0, -2.0, 0.5]), (10, 1)))
    assert (np.sign(after) == [-1, 1, -1]).all()


@pytest.mark.parametrize("name", dc.optimizers.names())
@pytest.mark.parametrize("learning_rate", [0.0, -0.1, np.nan, np.inf])
def test_a_learning_rate_must_be_positive_and_finite(name, learning_rate):
    with pytest.raises(dc.DataError, match=r"learning_rate must be .*, got"):
        replace(dc.optimizers.get(name), learning_rate=learning_rate)


@pytest.mark.parametrize(
    ("name", "hyper"),
    [
        ("sgd", {"momentum": 1.0}),
        ("sgd", {"momentum": -0.1}),
        ("sgd", {"weight_decay": -1.0}),
        ("adam", {"beta1": 1.0}),
        ("adam", {"beta2": -0.1}),
        ("adam", {"epsilon": -1e-8}),
        ("adam", {"weight_decay": np.nan}),
        ("adamw", {"beta1": -1.0}),
        ("adamw", {"epsilon": 0.0}),
        ("adamw", {"weight_decay": 1.5}),
        ("rmsprop", {"alpha": 1.0}),
        ("rmsprop", {"epsilon": np.nan}),
        ("rmsprop", {"momentum": 1.0}),
    ],
)
def test_hyper_parameters_outside_their_range_are_refused_by_name(name, hyper):
    kind = type(dc.optimizers.get(name))
    with pytest.raises(dc.DataError, match=rf"^{kind.__name__}: {next(iter(hyper))} must be .*, got"):
        kind(**hyper)
