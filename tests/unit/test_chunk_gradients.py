"""Gradients of few weights over many values, which are summed chunk by chunk of the samples: whatever the chunks, blocks and threads."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import graph, plans

SHAPE = (1, 8, 8)
BLOCK = 4096  # samples
FLOAT32_RTOL = 1e-5  # of the norm


def network():
    """Smooth, so that no value can take the other side of a kink in float32."""
    layers = [
        dc.layers.Conv2d(6, kernel=3),
        dc.layers.Tanh(),
        dc.layers.AvgPool2d(2),
        dc.layers.Conv2d(4, kernel=2, bias=False),
        dc.layers.Tanh(),
        dc.layers.Flatten(),
        dc.layers.Dense(10),
    ]
    return dc.Network(SHAPE, layers, seed=4)


@pytest.mark.parametrize("samples", [1, 15, 17, 100, 777, BLOCK, BLOCK + 5, BLOCK + 1500])
def test_the_gradient_is_the_oracle_s(samples):
    net = network()
    data = plans.images_and_labels(samples, SHAPE, net.classes)
    _, expected = graph.read(net).mean_loss(plans.exact(net), data)
    for name, gradient in dc.gradients(net, data).items():
        assert np.linalg.norm(gradient - expected[name]) < FLOAT32_RTOL * np.linalg.norm(expected[name]), name


def trained(data, threads, batch_size):
    net = network()
    dc.fit(net, data, epochs=2, batch_size=batch_size, threads=threads, progress=False)
    return net.parameters


@pytest.mark.parametrize("batch_size", [16, 50, 64, 777, None], ids=str)
def test_threads_do_not_change_a_bit(batch_size):
    data = plans.images_and_labels(BLOCK + 1500, SHAPE, 10)
    alone = trained(data, 1, batch_size)
    for threads in (2, 3, 8):
        for name, values in trained(data, threads, batch_size).items():
            assert_array_equal(values, alone[name], err_msg=f"{name}, {threads} threads")


def test_the_last_batch_of_an_epoch_holds_nothing_of_the_one_before():
    """It has fewer chunks. All samples are alike, so each batch has the same gradient."""
    images, labels = plans.images_and_labels(1, SHAPE, 10)
    data = np.repeat(images, 84, axis=0), np.repeat(labels, 84)
    in_two_batches, whole = network(), network()
    dc.fit(in_two_batches, data, epochs=1, batch_size=64, progress=False)
    dc.fit(whole, data, epochs=2, batch_size=None, progress=False)
    for name, values in in_two_batches.parameters.items():
        assert_allclose(values, whole.parameters[name], rtol=1e-5, atol=1e-6, err_msg=name)
