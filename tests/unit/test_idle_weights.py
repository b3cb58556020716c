"""Weights that only ever meet padding: they lie apart in memory, and nobody can tell."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from digitcompress import layers
from reference.pruning import mask

OPTIMIZERS = {"adam": dc.optimizers.Adam(0.01), "momentum": dc.optimizers.SGD(0.1, momentum=0.9), "rmsprop": dc.optimizers.RMSprop(0.01)}


def network(seed=0):
    """Kernels of 3 over maps of one pixel, between whose weights the idle ones lie, and strided ones over maps of two."""
    rows = [layers.Conv2d(4, kernel=8, stride=8), layers.Tanh(), layers.MaxPool2d(3, 2, 1)]
    rows += [
        layers.Conv2d(6, padding=1, stride=2),
        layers.Tanh(),
        layers.Conv2d(8, padding=1, groups=2),
        layers.Flatten(),
        layers.Dense(10),
    ]
    return dc.Network((1, 28, 28), rows, seed=seed)


# By convolution, the places of the kernel that lie on an image.
LIVE = {"conv2.weight": np.s_[:, :, 1:, 1:], "conv3.weight": np.s_[:, :, 1:2, 1:2]}


def idle(name, values):
    is_idle = np.ones(values.shape, dtype=bool)
    is_idle[LIVE[name]] = False
    return values[is_idle]


def test_a_view_has_the_shape_of_the_weight_and_is_the_network_s_memory(digits):
    net = network()
    view = net.parameters["conv3.weight"]
    assert view.shape == (8, 3, 3, 3)
    assert view.flags.writeable
    before = net.predict_proba(digits[0])
    view[:, :, 0, 0] = 7
    assert_array_equal(net.predict_proba(digits[0]), before)
    view[:, :, 1, 1] += 1
    assert (net.predict_proba(digits[0]) != before).any()


@pytest.mark.parametrize("name", LIVE)
def test_only_weights_on_an_image_have_a_gradient(name, digits):
    gradient = dc.gradients(network(), digits)[name]
    assert (gradient[LIVE[name]] != 0).all()
    assert (idle(name, gradient) == 0).all()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_leaves_idle_weights_alone(optimizer, digits):
    net, start = network(), network()
    dc.fit(net, digits, optimizer=OPTIMIZERS[optimizer], epochs=2, batch_size=32, progress=False)
    for name, live in LIVE.items():
        assert_array_equal(idle(name, net.parameters[name]), idle(name, start.parameters[name]))
        assert (net.parameters[name][live] != start.parameters[name][live]).all()


def test_weight_decay_shrinks_idle_weights_too(digits):
    net, start = network(), network()
    dc.fit(net, digits, optimizer=dc.optimizers.SGD(0.5, weight_decay=0.5), epochs=1, batch_size=len(digits[1]), progress=False)
    for name in LIVE:
        np.testing.assert_allclose(idle(name, net.parameters[name]), 0.75 * idle(name, start.parameters[name]), rtol=1e-6)


def test_compression_sees_weights_in_their_order():
    weight = network().parameters["conv3.weight"]
    weight[...] = np.arange(weight.size).reshape(weight.shape) % 5  # ties, which the order decides
    source = network()
    source.parameters["conv3.weight"][...] = weight
    pruned = dc.prepare(source, [dc.Pruning(0.5)]).effective_parameters()["conv3.weight"]
    assert_array_equal(pruned, weight * mask(weight, 0.5))


def test_a_prepared_network_trains(digits):
    net, start = (dc.prepare(network(), [dc.Pruning(0.3), dc.Quantization(weights=6, gradients=6)]) for _ in range(2))
    dc.fit(net, digits, epochs=2, batch_size=32, progress=False)
    for name, live in LIVE.items():
        assert (net.parameters[name][live] != start.parameters[name][live]).any()
        assert_array_equal(idle(name, net.parameters[name]), idle(name, start.parameters[name]))
        effective = net.effective_parameters()[name]
        assert (effective == 0).mean() >= 0.3
        assert len(np.unique(effective)) <= 2**6
