"""Every registered layer: outputs and gradients inside a network against the float64 oracle, the oracle against its own differences."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import differences, losses, plans
from reference.layers import LAYERS

FLOAT32_RTOL = 1e-4
FLOAT32_ATOL = 4e-6
DIFFERENCE_RTOL = 1e-6
SAMPLES = [1, 2, 15, 17, 257]


def cases():
    return [
        (name, hyper, place) for name in dc.layers.names() for hyper in LAYERS[name].variants for place in plans.PLACES[LAYERS[name].place]
    ]


def case_id(value):
    return "-".join(f"{key}={item}" for key, item in value.items()) or "default" if isinstance(value, dict) else value


every_case = pytest.mark.parametrize(("name", "hyper", "place"), cases(), ids=case_id)


def test_every_layer_has_an_oracle_and_every_oracle_a_layer():
    assert sorted(dc.layers.names()) == sorted(LAYERS)


@every_case
def test_oracle_gradient_is_the_central_difference(name, hyper, place):
    plan = plans.around(name, hyper, place)
    oracle, parameters = plans.oracle(plan, training=True), plans.exact(plans.network(plan))
    if not oracle.differentiable:
        pytest.skip("a straight-through gradient is no derivative")
    data = plans.images_and_labels(3)
    _, gradients = oracle.mean_loss(parameters, data)
    for parameter, gradient in gradients.items():
        places, slopes = differences.central(lambda: oracle.mean_loss(parameters, data)[0], parameters[parameter])
        assert_allclose(gradient.reshape(-1)[places], slopes, rtol=DIFFERENCE_RTOL, atol=1e-8)


@every_case
def test_shapes_follow_from_the_oracle(name, hyper, place):
    plan = plans.around(name, hyper, place)
    net = plans.network(plan)
    assert net.node_names == tuple(node for _, node, _, _ in plan)
    values = plans.oracle(plan).forward(plans.images_and_labels(1)[0], plans.exact(net))
    kind, node, _, inputs = next(each for each in plan if each[1] == plans.TRIED)
    shapes = LAYERS[kind](node, **hyper).parameter_shapes(values[inputs[0]].shape[1:])
    assert {each: net.parameters[each].shape for each in net.parameters if each in shapes} == shapes


@every_case
@pytest.mark.parametrize("samples", SAMPLES)
def test_every_node_equals_the_oracle(name, hyper, place, samples):
    plan = plans.around(name, hyper, place)
    net = plans.network(plan)
    images, _ = plans.images_and_labels(samples)
    values = plans.oracle(plan).forward(images, plans.exact(net))
    for node in net.node_names:
        outputs = net.forward(images, node=node)
        assert outputs.dtype == np.float32
        assert_allclose(outputs.reshape(samples, -1), values[node].reshape(samples, -1), rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


@every_case
@pytest.mark.parametrize("samples", SAMPLES)
def test_gradients_equal_the_oracle(name, hyper, place, samples):
    plan = plans.around(name, hyper, place)
    net = plans.network(plan)
    data = plans.images_and_labels(samples)
    oracle = plans.oracle(plan, training=True)
    if any(node.layer.draws for node in oracle.nodes):
        pytest.skip("what it drew is read off the gradients in test_training_layers.py")
    _, expected = oracle.mean_loss(plans.exact(net), data)
    rounding = max(node.layer.rounding(samples) for node in oracle.nodes)
    gradients = dc.gradients(net, data)
    assert set(expected) == {parameter for parameter, _, trainable in net._core.parameters() if trainable}
    for parameter, gradient in expected.items():
        atol = rounding * FLOAT32_ATOL * max(1.0, np.abs(gradient).max())
        assert_allclose(gradients[parameter], gradient, rtol=FLOAT32_RTOL, atol=atol, err_msg=parameter)


@every_case
def test_one_sample_equals_its_row_in_a_batch(name, hyper, place):
    net = plans.network(plans.around(name, hyper, place))
    images, _ = plans.images_and_labels(33)
    together = net.forward(images)
    for row in range(33):
        assert_allclose(net.forward(images[row : row + 1])[0], together[row], rtol=1e-6, atol=1e-6)


@every_case
def test_threads_change_no_bit(name, hyper, place):
    net = plans.network(plans.around(name, hyper, place))
    data = plans.images_and_labels(257)
    alone = dc.gradients(net, data, threads=1)
    for threads in (2, 4):
        for parameter, gradient in dc.gradients(net, data, threads=threads).items():
            assert_array_equal(gradient, alone[parameter])
        assert_array_equal(net.forward(data[0], threads=threads), net.forward(data[0], threads=1))


@every_case
def test_predictions_follow_the_outputs(name, hyper, place):
    net = plans.network(plans.around(name, hyper, place))
    images, _ = plans.images_and_labels(40)
    logits = net.forward(images)
    assert (net.predict(images) == logits.argmax(axis=1)).all()
    assert_allclose(net.predict_proba(images), losses.softmax(logits.astype(np.float64)), rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


@every_case
def test_layers_print_pickle_and_compare_by_their_fields(name, hyper, place):
    make = getattr(dc.layers, name)
    layer = make(**hyper)
    assert eval(repr(layer), {name: make}) == layer
    assert layer.to_dict() == make(**layer.to_dict()).to_dict()
    assert hyper.items() <= layer.to_dict().items()
