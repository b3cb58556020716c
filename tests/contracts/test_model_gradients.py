"""Models without batch normalization against the float64 graph read off their own description: outputs of all nodes, all gradients."""

from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose

import digitcompress as dc
from digitcompress.models._tiny_cnn import STEPS
from reference import differences, graph, models, plans

FLOAT32_RTOL = 1e-4
FLOAT32_ATOL = 1e-5
SHAPE = (1, 28, 28)

MODELS = {
    **{name: dc.models.get(name) for name in models.SHALLOW},
    "lenet5 of 1998": partial(dc.models.lenet5, activation="sigmoid", pooling="average"),
    **{f"tiny_cnn {step}": partial(dc.models.tiny_cnn, step) for step in STEPS},
}

every_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
many_layers_slowly = pytest.mark.parametrize(
    "make", [pytest.param(make, id=name, marks=[pytest.mark.slow] * (name == "squeezenet")) for name, make in MODELS.items()]
)


def data_for(net, samples):
    return plans.images_and_labels(samples, SHAPE, net.classes)


def assert_near(actual, expected, name):
    """Equal up to float32 rounding of the largest value."""
    assert_allclose(actual, expected, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL * max(0.1, np.abs(expected).max()), err_msg=name)


@every_model
@pytest.mark.parametrize("samples", [1, 2, 17])
def test_every_node_equals_the_oracle(make, samples):
    net = make(seed=5)
    images, _ = data_for(net, samples)
    values = graph.read(net).forward(images, plans.exact(net))
    for node in net.node_names:
        assert_near(net.forward(images, node=node).reshape(samples, -1), values[node].reshape(samples, -1), node)


def assert_gradients(net, data, exact_data):
    oracle = graph.read(net)
    if any(node.layer.draws for node in oracle.nodes):
        pytest.skip("what dropout draws is read off the gradients in test_training_layers.py")
    _, expected = oracle.mean_loss(plans.exact(net), exact_data)
    gradients = dc.gradients(net, data)
    assert set(gradients) == set(expected)
    for name, gradient in expected.items():
        assert_near(gradients[name], gradient, name)


@every_model
@pytest.mark.parametrize("samples", [1, 17])
def test_gradients_equal_the_oracle(make, samples):
    net = make(seed=6)
    data = data_for(net, samples)
    assert_gradients(net, data, data)


@every_model
def test_gradients_of_mostly_black_bytes_equal_the_oracle(make, digits):
    """Such images are read patch by patch, without those that are black.

    Few of them, so that hardly a value is so near a kink of ReLU or max-pooling that float32 and float64 take different sides of it.
    """
    images, labels = digits[0][:20], digits[1][:20]
    assert_gradients(make(seed=12), (images, labels), (images / 255.0, labels))


@many_layers_slowly
def test_oracle_gradients_are_central_differences(make):
    net = make(seed=7)
    oracle, parameters, data = graph.read(net), plans.exact(net), data_for(net, 2)
    _, gradients = oracle.mean_loss(parameters, data)
    for name, gradient in gradients.items():
        places, slopes = differences.central(lambda: oracle.mean_loss(parameters, data)[0], parameters[name], places=5)
        assert_allclose(gradient.reshape(-1)[places], slopes, rtol=1e-5, atol=1e-8, err_msg=name)
