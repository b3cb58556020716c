"""Every registered layer: outputs and gradients inside a network against the float64 oracle, the oracle against its own differences."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import digitcompress as dc
from digitcompress import _core
from reference import layers as reference
from reference import losses

FLOAT32_RTOL = 1e-4
FLOAT32_ATOL = 2e-6
DIFFERENCE_RTOL = 1e-6
SHAPE = (6, 5)
CLASSES = 4


def cases():
    return [(name, hyper) for name in dc.layers.names() for hyper in reference.LAYERS[name].variants]


def case_id(value):
    return "-".join(f"{key}={item}" for key, item in value.items()) or "default" if isinstance(value, dict) else value


every_case = pytest.mark.parametrize(("name", "hyper"), cases(), ids=case_id)


def chain(name, hyper, place):
    """Names and hyper-parameters of a network that holds the layer."""
    before = [("Flatten", {})] + ([("Dense", {"units": 7})] if place == "middle" else [])
    return [*before, (name, hyper), ("Dense", {"units": CLASSES})]


def network(plan, seed=0):
    net = dc.Network(dc.Input(1, *SHAPE), [getattr(dc.layers, name)(**hyper) for name, hyper in plan], seed=seed)
    generator = np.random.default_rng(seed)
    for values in net.parameters.values():
        values[...] = generator.uniform(0.2, 1.2, values.shape) * generator.choice([-1, 1], values.shape)
    for name in net.parameters:
        if name.endswith(".range"):
            net.parameters[name][:] = 1.0
    return net


def oracle_of(net, plan):
    nodes = [reference.LAYERS[name](node, **hyper) for node, (name, hyper) in zip(net.node_names, plan, strict=True)]
    return nodes, {name: values.astype(np.float64) for name, values in net.parameters.items()}


def data(samples, seed=0):
    generator = np.random.default_rng(seed)
    return generator.random((samples, *SHAPE), dtype=np.float32), generator.integers(0, CLASSES, samples)


def mean_loss(nodes, parameters, images, labels):
    return losses.cross_entropy(reference.forward(nodes, images, parameters)[-1], labels)[0].mean()


def mean_gradient(nodes, parameters, images, labels):
    values = reference.forward(nodes, images, parameters)
    return reference.backward(nodes, values, losses.cross_entropy(values[-1], labels)[1] / len(labels), parameters)


def test_every_layer_has_an_oracle_and_every_oracle_a_layer():
    assert set(dc.layers.names()) <= set(reference.LAYERS)


@every_case
@pytest.mark.parametrize("place", ["first", "middle"])
def test_oracle_gradient_is_the_central_difference(name, hyper, place):
    plan = chain(name, hyper, place)
    nodes, parameters = oracle_of(network(plan), plan)
    if not all(node.differentiable for node in nodes):
        pytest.skip("a straight-through gradient is no derivative")
    images, labels = data(3)
    gradients = mean_gradient(nodes, parameters, images, labels)
    step = 1e-6
    for parameter, gradient in gradients.items():
        flat = parameters[parameter].reshape(-1)
        for index in range(0, flat.size, max(1, flat.size // 12)):
            flat[index] += step
            above = mean_loss(nodes, parameters, images, labels)
            flat[index] -= 2 * step
            below = mean_loss(nodes, parameters, images, labels)
            flat[index] += step
            assert_allclose(gradient.reshape(-1)[index], (above - below) / (2 * step), rtol=DIFFERENCE_RTOL, atol=1e-9)


@every_case
@pytest.mark.parametrize("place", ["first", "middle"])
@pytest.mark.parametrize("samples", [1, 2, 15, 17, 257])
def test_every_node_equals_the_oracle(name, hyper, place, samples):
    plan = chain(name, hyper, place)
    net = network(plan)
    nodes, parameters = oracle_of(net, plan)
    images, _ = data(samples, seed=samples)
    values = reference.forward(nodes, images, parameters)[1:]
    for node, expected in zip(net.node_names, values, strict=True):
        outputs = net.forward(images, node=node)
        assert outputs.dtype == np.float32
        assert_allclose(outputs.reshape(samples, -1), expected, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


@every_case
@pytest.mark.parametrize("place", ["first", "middle"])
@pytest.mark.parametrize("samples", [1, 2, 15, 17, 257])
def test_gradients_equal_the_oracle(name, hyper, place, samples):
    plan = chain(name, hyper, place)
    net = network(plan)
    nodes, parameters = oracle_of(net, plan)
    images, labels = data(samples, seed=samples)
    expected = mean_gradient(nodes, parameters, images, labels)
    gradients = _core.network_gradient(net._core, _core.ImageView(images.reshape(samples, -1)), labels, dc.losses.CrossEntropy())
    assert {key for key in gradients if not key.endswith(".range")} == set(expected)
    for parameter, gradient in expected.items():
        assert_allclose(gradients[parameter], gradient, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


@every_case
def test_one_sample_equals_its_row_in_a_batch(name, hyper):
    net = network(chain(name, hyper, "middle"))
    images, _ = data(33)
    together = net.forward(images)
    for row in range(33):
        assert_allclose(net.forward(images[row : row + 1])[0], together[row], rtol=1e-6, atol=1e-7)


@every_case
def test_predictions_follow_the_outputs(name, hyper):
    net = network(chain(name, hyper, "middle"))
    images, _ = data(40)
    logits = net.forward(images)
    assert (net.predict(images) == logits.argmax(axis=1)).all()
    assert_allclose(net.predict_proba(images), losses.softmax(logits.astype(np.float64)), rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)
