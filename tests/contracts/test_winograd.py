"""Convolutions of many channels go by minimal filtering: as the plain sums of the oracle say, at every border."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import plans

# Squares of four outputs fit into these images, or hang over one border or two; channels fill whole vectors, or do not.
CONVOLUTIONS = {
    "whole squares": ((10, 10), [{"channels": 64}]),
    "a row too many": ((9, 13), [{"channels": 48, "padding": 1}]),
    "three too many": ((11, 7), [{"channels": 33, "padding": 1}]),
    "one square": ((4, 4), [{"channels": 80, "padding": 1}]),
    "wide padding": ((12, 8), [{"channels": 64, "padding": 2, "bias": False}]),
    "groups": ((12, 12), [{"channels": 96, "padding": 1, "groups": 2}]),
    "one after the other": ((12, 12), [{"channels": 72, "padding": 1}, {"channels": 40}]),
    "5 x 5": ((14, 13), [{"channels": 20, "kernel": 5}]),
    "5 x 5 with padding": ((9, 10), [{"channels": 40, "kernel": 5, "padding": 2, "groups": 2}]),
}
INPUTS = 60
SAMPLES = 37  # two whole groups of samples and a part of one, at every processor level

every_convolution = pytest.mark.parametrize(("extent", "rows"), CONVOLUTIONS.values(), ids=CONVOLUTIONS)


def case(extent, rows):
    """The plan, the network and its data; convolutions stand behind one that needs the gradient of their input."""
    plan = [("Conv2d", "first", {"channels": INPUTS, "kernel": 1}, ["input"])]
    for number, hyper in enumerate(rows):
        plan.append(("Conv2d", f"conv{number}", {"kernel": 3} | hyper, [plan[-1][1]]))
    plan += [("Tanh", "tanh", {}, [plan[-1][1]]), ("Flatten", "flat", {}, ["tanh"]), ("Dense", "logits", {"units": 10}, ["flat"])]
    shape = (3, *extent)
    return plan, shape, plans.network(plan, shape), plans.images_and_labels(SAMPLES, shape, 10)


def weights(rows):
    return [f"conv{number}.weight" for number in range(len(rows))]


@every_convolution
def test_outputs_equal_the_oracle(extent, rows):
    plan, shape, net, (images, _) = case(extent, rows)
    values = plans.oracle(plan, shape).forward(images.astype(np.float64), plans.exact(net))
    for number in range(len(rows)):
        expected = values[f"conv{number}"].reshape(SAMPLES, -1)
        outputs = net.forward(images, node=f"conv{number}").reshape(SAMPLES, -1)
        assert_allclose(outputs, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@every_convolution
def test_gradients_equal_the_oracle(extent, rows):
    plan, shape, net, data = case(extent, rows)
    _, expected = plans.oracle(plan, shape).mean_loss(plans.exact(net), (data[0].astype(np.float64), data[1]))
    gradients = dc.gradients(net, data)
    for name in ("first.weight", "first.bias", *weights(rows)):
        assert_allclose(gradients[name], expected[name], rtol=0, atol=2e-5 * np.abs(expected[name]).max(), err_msg=name)


@every_convolution
def test_threads_and_company_change_no_bit(extent, rows):
    _, _, net, (images, labels) = case(extent, rows)
    alone = dc.gradients(net, (images, labels), threads=1)
    for name, gradient in dc.gradients(net, (images, labels), threads=3).items():
        assert_array_equal(gradient, alone[name])
    outputs = net.forward(images)
    assert_array_equal(net.forward(images[5:8]), outputs[5:8])


@every_convolution
def test_that_these_convolutions_do_go_by_minimal_filtering(extent, rows):
    """Otherwise none of the tests above is about it: the plain sum of small integers would be exact."""
    _, _, net, (images, _) = case(extent, rows)
    for values in net.parameters.values():
        values[...] = np.sign(values)
    outputs = net.forward(np.round(images * 4), node="conv0")
    assert (outputs != np.round(outputs)).any()
