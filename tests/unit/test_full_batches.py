"""Full batches of byte images: arranged by likeness, cut into blocks, tasks and tiles, whatever their number."""

import functools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import layers, optimizers, synthetic_digits, training

BLOCK = 4096
GRADIENT_RTOL = 1e-5  # rounding of float32 sums


def network(sizes):
    return dc.models.mlp(sizes, seed=1)


def step(net, images, labels, threads=1):
    """One step at rate 1: what a parameter loses is its gradient."""
    before = {name: values.astype(np.float64) for name, values in net.parameters.items()}
    dc.fit(net, (images, labels), optimizer=dc.optimizers.SGD(1.0), epochs=1, batch_size=None, threads=threads, progress=False)
    return {name: before[name] - values for name, values in net.parameters.items()}


def oracle_step(net, images, labels):
    chain, before = layers.twin(net)
    rule = functools.partial(optimizers.SGD, learning_rate=1.0)
    trace = training.train(
        chain, before, (images.reshape(len(images), -1) / 255.0, labels), training.Task("cross_entropy"), optimizer=rule, iterations=1
    )
    return {name: before[name] - values for name, values in trace.parameters.items()}


def assert_oracle_s_gradient(net, images, labels):
    expected = oracle_step(net, images, labels)
    for name, gradient in step(net, images, labels).items():
        assert np.linalg.norm(gradient - expected[name]) < GRADIENT_RTOL * np.linalg.norm(expected[name]), name


@pytest.mark.parametrize("count", [1, 3, 16, 17, 255, 257, BLOCK, BLOCK + 5, 2 * BLOCK + 271])
@pytest.mark.parametrize("sizes", [[784, 10, 10], [784, 23, 10], [784, 10]], ids=str)
def test_the_gradient_is_the_oracle_s(count, sizes):
    assert_oracle_s_gradient(network(sizes), *synthetic_digits.make(count))


def test_runs_of_pixels_are_patches_where_images_do_not_divide():
    images, labels = synthetic_digits.make(300)
    narrow = images[:, :27, :25].reshape(300, -1)  # 675 features: the last patch runs past them
    assert_oracle_s_gradient(network([675, 10, 10]), narrow, labels)


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_threads_do_not_change_a_bit(threads):
    images, labels = synthetic_digits.make(2 * BLOCK + 271)
    alone, together = (step(network([784, 10, 10]), images, labels, number) for number in (1, threads))
    for name, gradient in alone.items():
        assert_array_equal(together[name], gradient, err_msg=name)


def test_a_block_with_more_tiles_than_tasks_follows_floats():
    """Batch normalization keeps all samples in one block."""
    images, labels = synthetic_digits.make(BLOCK + 1500)

    def normalized():
        return dc.Network(
            (1, 28, 28), [dc.layers.Flatten(), dc.layers.Dense(12), dc.layers.BatchNorm(), dc.layers.ReLU(), dc.layers.Dense(10)], seed=2
        )

    from_bytes = step(normalized(), images, labels, threads=2)
    from_floats = step(normalized(), (images / np.float32(255)).astype(np.float32), labels)
    for name, gradient in from_bytes.items():
        assert_allclose(gradient, from_floats[name], rtol=1e-3, atol=2e-6, err_msg=name)


def test_predictions_recorded_while_training_are_in_the_order_of_the_data():
    """Labels and weights follow the samples into the order that training takes."""
    images, labels = synthetic_digits.make(900)
    weights = np.linspace(0.0, 2.0, 900)
    net = network([784, 10, 10])
    history = dc.fit(
        net,
        (images, labels),
        optimizer=dc.optimizers.SGD(0.1),
        epochs=1,
        batch_size=None,
        sample_weight=weights,
        record_every=1,
        progress=False,
    )
    proba = network([784, 10, 10]).predict_proba(images).astype(np.float64)
    losses = -np.log(proba[np.arange(900), labels])
    assert_allclose(history.columns["loss"][0], np.sum(losses * weights) / 900, rtol=1e-5)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (labels, proba.argmax(axis=1)), 1)
    assert_array_equal(history.columns["confusion"][0], confusion)
