"""Every registered schedule: the factors of whole trainings against the float64 oracle."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import schedules as reference

FLOAT32_RTOL = 1e-6  # factors are float32
LENGTHS = [(1, 1), (7, 1), (40, 4), (60, 60), (97, 10), (300, 30)]  # (total_steps, steps_per_epoch)


def cases():
    return [(name, hyper) for name in dc.schedules.names() for hyper in [{}, *reference.VARIANTS.get(name, [])]]


def case_id(value):
    return "-".join(f"{key}={item}" for key, item in value.items()) or "default" if isinstance(value, dict) else value


every_case = pytest.mark.parametrize(("name", "hyper"), cases(), ids=case_id)


def schedule(name, hyper):
    return replace(dc.schedules.get(name), **hyper)


def test_every_schedule_has_an_oracle_and_every_oracle_a_schedule():
    assert sorted(dc.schedules.names()) == sorted(reference.SCHEDULES)


@every_case
@pytest.mark.parametrize(("total", "per_epoch"), LENGTHS)
def test_factors_equal_the_oracle(name, hyper, total, per_epoch):
    factors = schedule(name, hyper).factors(total, per_epoch)
    assert (factors.dtype, factors.shape) == (np.float64, (total,))
    assert_allclose(factors, reference.factors(name, total, per_epoch, **hyper), rtol=FLOAT32_RTOL, atol=1e-7)


@every_case
def test_factors_stay_between_0_and_1_and_reach_1(name, hyper):
    factors = schedule(name, hyper).factors(300, 30)
    assert (factors >= 0).all()
    assert factors.max() == pytest.approx(1, abs=0.02)
    assert factors.max() <= 1


@every_case
def test_a_training_without_steps_has_no_factors(name, hyper):
    assert schedule(name, hyper).factors(0, 1).shape == (0,)


@pytest.mark.parametrize("hyper", [{}, {"patience": 1}, {"patience": 2, "factor": 0.5}, {"patience": 1, "minimum": 0.05}], ids=case_id)
@pytest.mark.parametrize(
    "metrics",
    [
        [1.0] * 9,
        [5.0, 4.0, 4.0, 3.0, 3.5, 3.0, 2.9, 3.0, 3.0],
        [np.nan] * 9,
        [1.0, np.inf, -1.0, -1.0, np.nan, -0.5, -2.0, 0.0, 0.0],
        [9.0, 8.0, 7.0],
    ],
)
def test_a_plateau_reduces_the_rate(hyper, metrics):
    factors = dc.schedules.ReduceOnPlateau(**hyper).factors(58, 6, metrics=metrics)
    assert_allclose(factors, reference.plateau_factors(58, 6, metrics, **hyper), rtol=FLOAT32_RTOL)


@pytest.mark.parametrize("name", sorted(set(reference.SCHEDULES) - {"reduce_on_plateau"}))
def test_metrics_change_no_other_schedule(name):
    assert_array_equal(schedule(name, {}).factors(30, 5, metrics=[1.0] * 6), schedule(name, {}).factors(30, 5))


@pytest.mark.parametrize(
    ("name", "hyper"),
    [
        ("step", {"every": 0}),
        ("step", {"gamma": 0.0}),
        ("exponential", {"gamma": 1.1}),
        ("exponential", {"gamma": np.nan}),
        ("cosine", {"final_fraction": -0.1}),
        ("cosine", {"warmup_steps": -1}),
        ("cyclical", {"low": 2.0}),
        ("cyclical", {"period": 0.0}),
        ("cyclical", {"period": np.inf}),
        ("one_cycle", {"warmup_share": 1.5}),
        ("one_cycle", {"start_divisor": 0.5}),
        ("one_cycle", {"end_divisor": np.nan}),
        ("reduce_on_plateau", {"patience": 0}),
        ("reduce_on_plateau", {"factor": 0.0}),
        ("reduce_on_plateau", {"minimum": -1.0}),
    ],
)
def test_hyper_parameters_outside_their_range_are_refused_by_name(name, hyper):
    kind = type(dc.schedules.get(name))
    with pytest.raises(dc.DataError, match=rf"^{kind.__name__}: {next(iter(hyper))} must be .*, got"):
        kind(**hyper)


@pytest.mark.parametrize(("arguments", "message"), [((-1, 1), "total_steps must be at least 0, got -1"), ((5, 0), "steps_per_epoch must")])
def test_lengths_outside_their_range_are_refused(arguments, message):
    with pytest.raises(dc.DataError, match=message):
        dc.schedules.Constant().factors(*arguments)


def test_an_unknown_schedule_lists_the_known_ones():
    with pytest.raises(dc.DataError, match=r"unknown schedule 'cosines'; known: constant, step, exponential, cosine"):
        dc.schedules.get("cosines")
