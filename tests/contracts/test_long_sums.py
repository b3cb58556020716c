"""Sums that are made piece by piece, so that what a piece reads stays near: long ones by stretches, a kernel's rows by bands of places."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import plans

# Both sums of the dense layer, forward and back, are of several stretches at every processor level, and the last one is shorter.
LAYERS = {
    "dense": ((1, 4, 4), ("Dense", {"units": 800})),
    "many rows of a kernel": ((3, 17, 19), ("Conv2d", {"channels": 6, "kernel": 11, "padding": 4})),
    "a row of a kernel a part": ((3, 16, 15), ("Conv2d", {"channels": 2, "kernel": 9})),
    "bands of places": ((3, 23, 29), ("Conv2d", {"channels": 6, "kernel": 5, "padding": 2})),
    "bands of strides": ((3, 23, 29), ("Conv2d", {"channels": 6, "kernel": 5, "stride": 2})),
    "transposed": ((3, 11, 13), ("ConvTranspose2d", {"channels": 5, "kernel": 5, "padding": 1})),
}
WIDE = 1000
SAMPLES = 37  # two whole groups of samples and a part of one, at every processor level
FLOAT32_ATOL = 3e-6  # of the largest value

every_layer = pytest.mark.parametrize(("shape", "layer"), LAYERS.values(), ids=LAYERS)


def case(shape, layer):
    """The plan, the network and its data; the layer stands behind one that needs the gradient of its input."""
    kind, hyper = layer
    wide = [("Flatten", "pixels", {}, ["input"]), ("Dense", "first", {"units": WIDE}, ["pixels"])]
    deep = [("Conv2d", "first", {"channels": 4, "kernel": 1}, ["input"])]
    plan = [
        *(wide if kind == "Dense" else deep),
        (kind, "layer", hyper, ["first"]),
        ("Tanh", "tanh", {}, ["layer"]),
        ("Flatten", "flat", {}, ["tanh"]),
        ("Dense", "logits", {"units": 10}, ["flat"]),
    ]
    return plan, plans.network(plan, shape), plans.images_and_labels(SAMPLES, shape, 10)


@every_layer
def test_outputs_equal_the_oracle(shape, layer):
    plan, net, (images, _) = case(shape, layer)
    values = plans.oracle(plan, shape).forward(images.astype(np.float64), plans.exact(net))
    expected = values["layer"].reshape(SAMPLES, -1)
    outputs = net.forward(images, node="layer").reshape(SAMPLES, -1)
    assert_allclose(outputs, expected, rtol=0, atol=FLOAT32_ATOL * np.abs(expected).max())


@every_layer
def test_gradients_equal_the_oracle(shape, layer):
    plan, net, data = case(shape, layer)
    _, expected = plans.oracle(plan, shape).mean_loss(plans.exact(net), (data[0].astype(np.float64), data[1]))
    alone, together = (dc.gradients(net, data, threads=threads) for threads in (1, 3))
    for name in ("first.weight", "first.bias", "layer.weight", "layer.bias"):
        assert_allclose(alone[name], expected[name], rtol=0, atol=FLOAT32_ATOL * np.abs(expected[name]).max(), err_msg=name)
        assert_array_equal(together[name], alone[name], err_msg=name)


@every_layer
def test_training_has_the_same_bits_on_any_number_of_threads(shape, layer):
    trained = []
    for threads in (1, 2, 5):
        _, net, data = case(shape, layer)
        dc.fit(net, data, epochs=2, batch_size=20, optimizer=dc.optimizers.SGD(0.01, momentum=0.9), threads=threads, progress=False)
        trained.append({name: values.copy() for name, values in net.parameters.items()})
    for name, values in trained[0].items():
        assert np.isfinite(values).all(), name
        assert_array_equal(trained[1][name], values, err_msg=name)
        assert_array_equal(trained[2][name], values, err_msg=name)
