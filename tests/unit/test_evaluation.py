"""dc.evaluate: the report's numbers from the predictions, Wilson's interval, sizes from bit counts."""

from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import losses, metrics

FLOAT32_RTOL = 1e-5


def trained(digits, passes=()):
    net = dc.models.mlp([784, 10, 10], initializer="uniform_half", seed=1)
    net = dc.prepare(net, list(passes)) if passes else net
    dc.fit(net, digits, epochs=30, batch_size=None, progress=False)
    return dc.convert(net) if passes else net


@pytest.mark.parametrize("loss", losses.LOSSES)
def test_the_report_follows_from_the_logits(loss, digits):
    net = trained(digits)
    images, labels = digits
    report = dc.evaluate(net, digits, loss=loss)
    logits = net.forward(images).astype(np.float64)
    sample_losses, _ = losses.LOSSES[loss](logits, labels)
    expected = metrics.confusion(labels, logits.argmax(axis=1), 10)
    assert report.count == 600
    assert_array_equal(report.confusion, expected)
    assert report.accuracy == np.trace(expected) / 600
    assert_allclose(report.precision, metrics.precision(expected))
    assert_allclose(report.recall, metrics.recall(expected))
    assert_allclose(report.f1, metrics.f1(expected))
    assert_allclose(report.class_loss, metrics.class_means(sample_losses, labels, 10), rtol=FLOAT32_RTOL)
    weights = losses.class_weights(loss, labels, 10)[labels]
    assert_allclose(report.loss, (weights * sample_losses).mean(), rtol=FLOAT32_RTOL)
    assert_allclose(report.accuracy_interval, metrics.wilson_interval(np.trace(expected), 600), rtol=1e-9)


def test_a_class_without_samples_has_no_recall_and_no_loss(digits):
    images, labels = digits
    net = trained(digits)
    kept = labels != 6
    report = dc.evaluate(net, (images[kept], labels[kept]))
    assert np.isnan(report.recall[6])
    assert np.isnan(report.class_loss[6])
    assert np.isfinite(np.delete(report.recall, 6)).all()


def test_a_class_never_predicted_has_no_precision(digits):
    net = trained(digits)
    net.parameters["fc2.bias"][4] = -1e6
    report = dc.evaluate(net, digits)
    assert np.isnan(report.precision[4])
    assert report.recall[4] == 0
    assert report.f1[4] == 0


@given(count=st.integers(1, 10**6), share=st.floats(0, 1), confidence=st.sampled_from([0.5, 0.9, 0.95, 0.99]))
@settings(max_examples=100, deadline=None)
def test_wilson_s_interval_solves_its_equation(count, share, confidence):
    correct = round(share * count)
    low, high = dc.evaluation.wilson_interval(correct, count, confidence=confidence)
    assert 0 <= low <= correct / count <= high <= 1
    assert_allclose((low, high), metrics.wilson_interval(correct, count, confidence), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("correct", "count"), [(-1, 10), (11, 10), (0, 0), (0, -1)])
def test_impossible_counts_are_refused(correct, count):
    with pytest.raises(dc.DataError, match="got"):
        dc.evaluation.wilson_interval(correct, count)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 95, np.nan])
def test_a_confidence_lies_between_0_and_1(confidence):
    with pytest.raises(dc.DataError, match="confidence"):
        dc.evaluation.wilson_interval(5, 10, confidence=confidence)


@given(st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4), min_size=4, max_size=4))
@settings(max_examples=60, deadline=None)
def test_precision_and_recall_of_any_confusion(rows):
    matrix = np.array(rows)
    precision, recall = dc.evaluation.precision_recall(matrix)
    assert_allclose(precision, metrics.precision(matrix))
    assert_allclose(recall, metrics.recall(matrix))


def packed_bytes(codes, bits):
    return ceil(codes * bits / 8)


def pruned_bytes(size, kept, bits):
    """Kept codes, and the cheaper of a bit per place and an index per kept code."""
    index_bits = max(1, ceil(np.log2(size)))
    return packed_bytes(kept, bits) + min(ceil(size / 8), packed_bytes(kept, index_bits))


@pytest.mark.parametrize("bits", [None, 1, 2, 4, 8, 16])
@pytest.mark.parametrize("sparsity", [None, 0.5, 0.98])
def test_bytes_are_counted_from_bits(bits, sparsity, digits):
    passes = [] if sparsity is None else [dc.Pruning(sparsity=sparsity)]
    passes += [] if bits is None else [dc.Quantization(weights=bits, activations=None, gradients=None)]
    net = trained(digits, passes)
    expected = 4 * 20  # biases
    for name in ("fc1.weight", "fc2.weight"):
        size, width = net.parameters[name].size, bits or 32
        kept = np.count_nonzero(net.parameters[name])  # rounding to few bits prunes too
        expected += packed_bytes(size, width) if sparsity is None else pruned_bytes(size, kept, width)
        expected += 0 if bits is None else 4  # scale
    assert dc.evaluation.size_bytes(net) == expected
    assert dc.evaluate(net, digits).size_bytes == dc.evaluation.size_bytes(net)


def test_multiply_adds_of_dense_layers(digits):
    assert dc.evaluate(dc.models.mlp([784, 12, 7, 10]), digits).multiply_adds == 784 * 12 + 12 * 7 + 7 * 10


def test_the_time_per_image_is_a_time(digits):
    assert 0 < dc.evaluate(trained(digits), digits).microseconds_per_image < 1e5


def test_threads_change_nothing(digits):
    net = trained(digits)
    one, many = (dc.evaluate(net, digits, threads=threads) for threads in (1, 8))
    assert one.loss == many.loss
    assert_array_equal(one.confusion, many.confusion)
    assert_array_equal(one.class_loss, many.class_loss)


def convolutional():
    """A network whose nodes differ in size, so that nodes of one buffer differ as well."""
    layers = [dc.layers.Conv2d(6, kernel=5, padding=2), dc.layers.ReLU(), dc.layers.MaxPool2d(2), dc.layers.Conv2d(16, kernel=5)]
    layers += [dc.layers.ReLU(), dc.layers.MaxPool2d(2), dc.layers.Flatten(), dc.layers.Dense(120), dc.layers.Tanh(), dc.layers.Dense(10)]
    return dc.Network(dc.Input(1, 28, 28), layers, seed=2)


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_large_data_is_evaluated_as_it_is_predicted(threads, digits):
    """Tasks at different nodes once wrote into each other's buffers."""
    images, labels = np.tile(digits[0], (10, 1, 1)), np.tile(digits[1], 10)
    net = convolutional()
    expected = metrics.confusion(labels, net.predict(images), 10)
    for _ in range(2):
        assert_array_equal(dc.evaluate(net, (images, labels), threads=threads).confusion, expected)
