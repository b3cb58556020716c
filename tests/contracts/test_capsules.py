"""Capsules beyond the battery of layers: what their definitions imply, and values at and near zero."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from digitcompress import layers
from reference.layers import LAYERS, capsules

FLOAT32_RTOL = 1e-5


def network(*parts, shape=(6, 4, 1)):
    return dc.Network(dc.Input(*shape), list(parts), seed=1)


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("scale", [0.0, 1e-30, 1e-12, 1e-3, 0.1, 0.499, 0.501, 1.0, 10.0, 1e4])
def test_squash_keeps_directions_and_bounds_lengths(scale):
    """A filter of one and no bias, so that the capsules are the squashed maps."""
    net = network(layers.PrimaryCapsules(2), shape=(2, 1, 1))
    net.parameters["primary1.weight"][...] = 1.0
    net.parameters["primary1.bias"][...] = 0.0
    directions = np.stack([[np.cos(angle), np.sin(angle)] for angle in np.linspace(0, 6, 20)])
    values = (scale * directions).astype(np.float32)
    expected = capsules.squash(values.astype(np.float64)[:, None])[:, 0]
    squashed = net.forward(values)
    assert np.isfinite(squashed).all()
    assert_allclose(squashed, expected, rtol=FLOAT32_RTOL, atol=1e-37)
    assert (np.linalg.norm(squashed, axis=1) <= 1 + 1e-6).all()


@pytest.mark.parametrize("scale", [1e-12, 1e-4, 0.05, 0.499, 0.501, 2.0, 30.0])
def test_the_gradient_of_a_squash_equals_the_oracle(scale):
    """Of short and of long vectors: biases alone make them, so the gradient of a bias is that of the value before the squash."""
    net = network(layers.PrimaryCapsules(3), layers.Flatten(), layers.Dense(4), shape=(6, 1, 1))
    net.parameters["primary1.weight"][...] = 0.0
    net.parameters["primary1.bias"][...] = scale * draw(6, seed=3)
    images, labels = np.zeros((5, 6), dtype=np.float32), np.arange(5) % 4
    oracle = LAYERS["PrimaryCapsules"]("primary1", size=3)
    exact = {name: values.astype(np.float64) for name, values in net.parameters.items()}
    maps = np.zeros((5, 6, 1, 1))
    flat = oracle.forward(maps, exact).reshape(5, 6)
    logits = flat @ exact["fc1.weight"].T + exact["fc1.bias"]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    of_flat = (probabilities - np.eye(4)[labels]) @ exact["fc1.weight"] / 5
    _, expected = oracle.backward(maps, of_flat, exact)
    actual = dc.gradients(net, (images, labels))["primary1.bias"]
    assert_allclose(actual, expected["primary1.bias"], rtol=2e-4, atol=1e-5 * np.abs(expected["primary1.bias"]).max())


def test_equal_votes_are_shared_equally():
    """With the same weights for every output capsule, each gets one part in so many of all votes."""
    net = network(layers.CapsuleRouting(5, 3))
    weight, bias = net.parameters["routing1.weight"], net.parameters["routing1.bias"]
    weight[...] = weight[:1]
    bias[...] = 0.0
    images = draw(7, 6, 4, 1)
    votes = np.einsum("sij,ijk->sik", images[..., 0].astype(np.float64), weight[0].astype(np.float64))
    expected = capsules.squash(votes.sum(axis=1) / 5)
    assert_allclose(net.forward(images).reshape(7, 5, 3), np.repeat(expected[:, None], 5, axis=1), rtol=1e-4, atol=1e-6)


def test_routing_does_not_care_in_what_order_capsules_come():
    net, other = network(layers.CapsuleRouting(4, 3)), network(layers.CapsuleRouting(4, 3))
    order = np.array([3, 0, 5, 1, 4, 2])
    net.parameters["routing1.bias"][...] = draw(24, seed=2)
    other.parameters["routing1.weight"][...] = net.parameters["routing1.weight"][:, order]
    other.parameters["routing1.bias"][...] = net.parameters["routing1.bias"].reshape(4, 6)[:, order].reshape(-1)
    images = draw(9, 6, 4, 1)
    assert_allclose(other.forward(images[:, order]), net.forward(images), rtol=1e-4, atol=1e-6)


def test_length_at_zero_has_no_gradient():
    parts = layers.Flatten(), layers.Dense(6), layers.Reshape(3, 2, 1), layers.Length()
    net = dc.Network(dc.Input(4), parts, initializer="zeros")
    data = draw(10, 4), np.arange(10) % 3
    assert not net.forward(data[0]).any()
    for gradient in dc.gradients(net, data).values():
        assert_array_equal(gradient, 0)


def test_capsules_learn_digits_by_the_margin_loss(digits):
    images, labels = digits[0][:320], digits[1][:320]
    maps = [layers.AvgPool2d(4), layers.Conv2d(16, kernel=3), layers.ReLU()]
    net = dc.Network(dc.Input(1, 28, 28), [*maps, layers.PrimaryCapsules(4), layers.CapsuleRouting(10, 8), layers.Length()], seed=0)
    dc.fit(net, (images, labels), loss="margin", optimizer=dc.optimizers.Adam(0.01), epochs=20, batch_size=32, progress=False)
    lengths = net.forward(images)
    assert ((lengths >= 0) & (lengths < 1)).all()
    assert dc.evaluate(net, (images, labels), loss="margin").accuracy > 0.8


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: layers.PrimaryCapsules(0), dc.DataError, "PrimaryCapsules: size must be in 1..4096, got 0"),
        (lambda: layers.CapsuleRouting(0, 4), dc.DataError, "CapsuleRouting: capsules must be in 1..4096, got 0"),
        (lambda: layers.CapsuleRouting(3, -1), dc.DataError, "CapsuleRouting: size must be in 1..4096, got -1"),
        (lambda: network(layers.PrimaryCapsules(4)), dc.ShapeError, r"primary1: PrimaryCapsules: size must divide .*got 4 for \(6, 4, 1\)"),
    ],
)
def test_capsules_that_cannot_be_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
