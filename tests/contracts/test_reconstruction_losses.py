"""Every loss that compares the output with the input: against the float64 oracle, the oracle against its own differences."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from digitcompress import _core
from reference import losses as reference

FLOAT32_RTOL = 2e-5
FLOAT32_ATOL = 2e-6
FEATURES = 20

every_loss = pytest.mark.parametrize("name", reference.RECONSTRUCTIONS)


def loss_and_gradient(name, outputs, targets):
    return _core.reconstruction_gradient(dc.losses.get(name), np.float32(outputs), np.float32(targets))


def outputs_and_targets(samples=37, features=FEATURES, spread=3.0, seed=0):
    generator = np.random.default_rng(seed)
    outputs = generator.normal(scale=spread, size=(samples, features)).astype(np.float32)
    targets = generator.random((samples, features)).astype(np.float32)
    # Mostly paper and ink, as pixels are.
    return outputs, np.where(targets < 0.3, 0, np.where(targets > 0.8, 1, targets)).astype(np.float32)


@every_loss
def test_oracle_gradient_is_the_central_difference(name):
    outputs, targets = (each.astype(np.float64) for each in outputs_and_targets(samples=5, features=4))
    step = 1e-6
    numeric = np.empty_like(outputs)
    for index in np.ndindex(*outputs.shape):
        shift = np.zeros_like(outputs)
        shift[index] = step
        above, below = (reference.RECONSTRUCTIONS[name](outputs + sign * shift, targets)[0] for sign in (1, -1))
        numeric[index] = (above - below).sum() / (2 * step)
    assert_allclose(reference.RECONSTRUCTIONS[name](outputs, targets)[1], numeric, rtol=1e-6, atol=1e-8)


@every_loss
@pytest.mark.parametrize("samples", [1, 15, 16, 17])
@pytest.mark.parametrize("features", [1, 7, 784])
def test_value_and_gradient_equal_the_oracle(name, samples, features):
    outputs, targets = outputs_and_targets(samples, features, seed=features + samples)
    losses, gradient = loss_and_gradient(name, outputs, targets)
    expected_losses, expected_gradient = reference.RECONSTRUCTIONS[name](outputs.astype(np.float64), targets.astype(np.float64))
    assert_allclose(losses, expected_losses, rtol=FLOAT32_RTOL)
    assert_allclose(gradient, expected_gradient, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL / features)


@every_loss
def test_one_sample_equals_its_row_in_a_batch(name):
    outputs, targets = outputs_and_targets()
    losses, gradient = loss_and_gradient(name, outputs, targets)
    for row in range(len(outputs)):
        loss, own = loss_and_gradient(name, outputs[row : row + 1], targets[row : row + 1])
        assert_array_equal(loss, losses[row : row + 1])
        assert_array_equal(own, gradient[row : row + 1])


@every_loss
@pytest.mark.parametrize("magnitude", [20.0, 50.0, 1e3, 1e30])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_extreme_outputs_give_finite_losses_and_gradients(name, magnitude, target):
    magnitude **= 1 / reference.DEGREE.get(name, 1)
    outputs = np.array([[magnitude, -magnitude], [magnitude, magnitude], [-magnitude, -magnitude]])
    targets = np.full(outputs.shape, target)
    losses, gradient = loss_and_gradient(name, outputs, targets)
    expected_losses, expected_gradient = reference.RECONSTRUCTIONS[name](np.float32(outputs).astype(np.float64), targets)
    # An output that agrees leaves exp(-magnitude), relative to which nothing may be lost above float32's smallest normal number.
    assert_allclose(losses, expected_losses, rtol=FLOAT32_RTOL, atol=2e-38)
    assert_allclose(gradient, expected_gradient, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


@every_loss
def test_the_gradient_vanishes_where_the_output_says_the_input(name):
    targets = np.array([[0.1, 0.5, 0.9]])
    outputs = np.log(targets / (1 - targets)) if name.startswith("binary") else targets
    assert_allclose(loss_and_gradient(name, outputs, targets)[1], 0, atol=1e-7)


@every_loss
def test_a_step_against_the_gradient_lowers_the_loss(name):
    outputs, targets = outputs_and_targets(64)
    losses, gradient = loss_and_gradient(name, outputs, targets)
    lower, _ = loss_and_gradient(name, outputs - 0.5 * gradient, targets)
    assert (lower < losses).all()


@every_loss
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_output_that_is_not_finite_is_never_hidden(name, bad):
    outputs, targets = outputs_and_targets(3)
    outputs[1, 4] = bad
    losses, _ = loss_and_gradient(name, outputs, targets)
    assert not np.isfinite(losses[1])
    assert np.isfinite(losses[[0, 2]]).all()


@every_loss
def test_losses_say_what_they_compare(name):
    outputs, targets = outputs_and_targets(3)
    with pytest.raises(dc.StateError, match=r"must compare classes with labels"):
        _core.loss_gradient(dc.losses.get(name), outputs, np.zeros(3, dtype=np.int64))
    with pytest.raises(dc.StateError, match=r"Focal: the loss must compare the output with the input"):
        _core.reconstruction_gradient(dc.losses.Focal(), outputs, targets)
    with pytest.raises(dc.ShapeError, match=r"outputs and targets must both be"):
        _core.reconstruction_gradient(dc.losses.get(name), outputs, targets[:, 1:])
