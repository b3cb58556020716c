"""Every registered loss: value and gradient against the float64 oracle, the oracle against its own differences."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from digitcompress import _core
from reference import losses as reference

FLOAT32_RTOL = 2e-5
FLOAT32_ATOL = 2e-6
DIFFERENCE_RTOL = 1e-6
CLASSES = 10


def cases():
    """Losses of labels; test_reconstruction_losses.py has the others."""
    names = [name for name in dc.losses.names() if not dc.losses.get(name).reconstructs]
    return [(name, hyper) for name in names for hyper in [{}, *reference.VARIANTS.get(name, [])]]


def case_id(value):
    return "-".join(f"{key}={item}" for key, item in value.items()) or "default" if isinstance(value, dict) else value


every_case = pytest.mark.parametrize(("name", "hyper"), cases(), ids=case_id)


def loss_and_gradient(name, hyper, logits, labels):
    return _core.loss_gradient(replace(dc.losses.get(name), **hyper), np.ascontiguousarray(logits, dtype=np.float32), labels)


def oracle(name, hyper, logits, labels):
    return reference.LOSSES[name](logits.astype(np.float64), labels, **hyper)


def logits_and_labels(samples=37, classes=CLASSES, spread=3.0, seed=0):
    generator = np.random.default_rng(seed)
    logits = generator.normal(scale=spread, size=(samples, classes)).astype(np.float32)
    return logits, generator.integers(0, classes, samples)


def test_every_loss_has_an_oracle_and_every_oracle_a_loss():
    assert sorted(dc.losses.names()) == sorted([*reference.LOSSES, *reference.RECONSTRUCTIONS])
    assert {name for name in dc.losses.names() if dc.losses.get(name).reconstructs} == set(reference.RECONSTRUCTIONS)


@every_case
def test_oracle_gradient_is_the_central_difference(name, hyper):
    logits, labels = logits_and_labels(samples=6, classes=4)
    logits = logits.astype(np.float64)
    _, gradient = oracle(name, hyper, logits, labels)
    step = 1e-6
    numeric = np.empty_like(gradient)
    for index in np.ndindex(*logits.shape):
        shift = np.zeros_like(logits)
        shift[index] = step
        above, _ = oracle(name, hyper, logits + shift, labels)
        below, _ = oracle(name, hyper, logits - shift, labels)
        numeric[index] = (above - below).sum() / (2 * step)
    assert_allclose(gradient, numeric, rtol=DIFFERENCE_RTOL, atol=1e-8)


@every_case
@pytest.mark.parametrize("samples", [1, 2, 15, 16, 17, 257])
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_value_and_gradient_equal_the_oracle(name, hyper, samples, classes):
    logits, labels = logits_and_labels(samples, classes, seed=samples + classes)
    losses, gradient = loss_and_gradient(name, hyper, logits, labels)
    expected_losses, expected_gradient = oracle(name, hyper, logits, labels)
    assert_allclose(losses, expected_losses, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)
    assert_allclose(gradient, expected_gradient, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


@every_case
def test_one_sample_equals_its_row_in_a_batch(name, hyper):
    logits, labels = logits_and_labels()
    losses, gradient = loss_and_gradient(name, hyper, logits, labels)
    for row in range(len(labels)):
        loss, own = loss_and_gradient(name, hyper, logits[row : row + 1], labels[row : row + 1])
        assert_array_equal(loss, losses[row : row + 1])
        assert_array_equal(own, gradient[row : row + 1])


@every_case
def test_a_permutation_of_the_samples_permutes_the_result(name, hyper):
    logits, labels = logits_and_labels(45)
    order = np.random.default_rng(1).permutation(45)
    losses, gradient = loss_and_gradient(name, hyper, logits, labels)
    permuted_losses, permuted_gradient = loss_and_gradient(name, hyper, logits[order], labels[order])
    assert_array_equal(permuted_losses, losses[order])
    assert_array_equal(permuted_gradient, gradient[order])


@every_case
@pytest.mark.parametrize("magnitude", [50.0, 1e3, 1e6, 1e30])
def test_extreme_logits_give_finite_losses_and_gradients(name, hyper, magnitude):
    magnitude **= 1 / reference.DEGREE.get(name, 1)  # a square of the largest would overflow float32
    logits = np.full((2 * CLASSES, CLASSES), -magnitude, dtype=np.float32)
    logits[np.arange(2 * CLASSES), np.arange(2 * CLASSES) % CLASSES] = magnitude
    labels = np.concatenate([np.arange(CLASSES), (np.arange(CLASSES) + 1) % CLASSES])  # right, then wrong, without doubt
    losses, gradient = loss_and_gradient(name, hyper, logits, labels)
    expected_losses, expected_gradient = oracle(name, hyper, logits, labels)
    assert np.isfinite(losses).all()
    assert np.isfinite(gradient).all()
    assert_allclose(losses, expected_losses, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)
    assert_allclose(gradient, expected_gradient, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


@every_case
def test_equal_logits(name, hyper):
    logits = np.zeros((CLASSES, CLASSES), dtype=np.float32)
    losses, gradient = loss_and_gradient(name, hyper, logits, np.arange(CLASSES))
    expected, _ = oracle(name, hyper, logits, np.arange(CLASSES))
    assert_allclose(losses, expected, rtol=FLOAT32_RTOL)
    # All rivals tie, so a subgradient is any that takes from the label what it gives to the others.
    assert (gradient[np.arange(CLASSES), np.arange(CLASSES)] < 0).all()


@every_case
def test_a_step_against_the_gradient_lowers_the_loss(name, hyper):
    logits, labels = logits_and_labels(64, spread=0.5)
    losses, gradient = loss_and_gradient(name, hyper, logits, labels)
    lower, _ = loss_and_gradient(name, hyper, logits - 0.05 * gradient, labels)
    assert lower.sum() < losses.sum()


@every_case
@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("at_label", [True, False])
def test_a_logit_that_is_not_finite_is_never_hidden(name, hyper, bad, at_label):
    logits, labels = logits_and_labels(3)
    # An infinite logit of the label is a perfect answer to a hinge, its negative a hopeless one.
    logits[1, labels[1] if at_label else (labels[1] + 1) % CLASSES] = -bad if at_label else bad
    losses, _ = loss_and_gradient(name, hyper, logits, labels)
    assert not np.isfinite(losses[1])
    assert np.isfinite(losses[[0, 2]]).all()


@pytest.mark.parametrize(
    ("name", "hyper"),
    [
        *(("focal", {"gamma": value}) for value in (-1.0, 21.0, np.nan, np.inf)),
        *(("cross_entropy", {"label_smoothing": value}) for value in (-0.1, 1.0, np.nan)),
        ("weighted_cross_entropy", {"label_smoothing": 1.0}),
        ("margin", {"positive": 1.1}),
        ("margin", {"negative": -0.1}),
        ("margin", {"down_weight": np.nan}),
    ],
)
def test_hyper_parameters_outside_their_range_are_refused_by_name(name, hyper):
    kind = type(dc.losses.get(name))
    with pytest.raises(dc.DataError, match=rf"^{kind.__name__}: {next(iter(hyper))} must be .*, got"):
        kind(**hyper)


def test_smoothing_keeps_the_best_logits_finite():
    """The minimum of smoothed cross entropy is where the probabilities are the targets."""
    targets = np.array([[0.925, 0.025, 0.025, 0.025]])
    _, gradient = loss_and_gradient("cross_entropy", {"label_smoothing": 0.1}, np.log(targets), np.array([0]))
    assert_allclose(gradient, 0, atol=1e-7)
