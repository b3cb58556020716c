"""Convolutions whose places have few taps run through the channels as well; planes of whole pages are read from a spaced copy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import plans

# Planes of 8 x 8 and 16 x 16 fill whole pages of the cache, those of 9 x 7 do not.
LAYERS = {
    "1 x 1": ((9, 7), ("Conv2d", {"channels": 40, "kernel": 1})),
    "1 x 1 on pages": ((8, 8), ("Conv2d", {"channels": 40, "kernel": 1})),
    "1 x 1 in groups": ((16, 16), ("Conv2d", {"channels": 90, "kernel": 1, "groups": 2})),
    "1 x 1 with gaps": ((9, 7), ("Conv2d", {"channels": 33, "kernel": 1, "stride": 2})),
    "stride 2 from pages": ((8, 8), ("Conv2d", {"channels": 40, "kernel": 3, "stride": 2, "padding": 1})),
    "stride 2 to pages": ((17, 17), ("Conv2d", {"channels": 40, "kernel": 3, "stride": 2})),
    "few places": ((2, 2), ("Conv2d", {"channels": 40, "kernel": 3, "padding": 1})),
    "one place": ((2, 2), ("Conv2d", {"channels": 40, "kernel": 3, "padding": 1, "stride": 2})),
    "many taps on pages": ((8, 8), ("Conv2d", {"channels": 40, "kernel": 4})),
    "transposed on pages": ((8, 8), ("ConvTranspose2d", {"channels": 40, "kernel": 2, "stride": 2})),
}
INPUTS = 60
SAMPLES = 37  # two whole groups of samples and a part of one, at every processor level
FLOAT32_ATOL = 2e-6  # of the largest value

every_layer = pytest.mark.parametrize(("extent", "layer"), LAYERS.values(), ids=LAYERS)


def case(extent, layer):
    """The plan, the network and its data; the layer stands behind one that needs the gradient of its input."""
    kind, hyper = layer
    plan = [
        ("Conv2d", "first", {"channels": INPUTS, "kernel": 1}, ["input"]),
        (kind, "layer", hyper, ["first"]),
        ("Tanh", "tanh", {}, ["layer"]),
        ("Flatten", "flat", {}, ["tanh"]),
        ("Dense", "logits", {"units": 10}, ["flat"]),
    ]
    shape = (3, *extent)
    return plan, shape, plans.network(plan, shape), plans.images_and_labels(SAMPLES, shape, 10)


@every_layer
def test_outputs_equal_the_oracle(extent, layer):
    plan, shape, net, (images, _) = case(extent, layer)
    values = plans.oracle(plan, shape).forward(images.astype(np.float64), plans.exact(net))
    expected = values["layer"].reshape(SAMPLES, -1)
    outputs = net.forward(images, node="layer").reshape(SAMPLES, -1)
    assert_allclose(outputs, expected, rtol=0, atol=FLOAT32_ATOL * np.abs(expected).max())


@every_layer
def test_gradients_equal_the_oracle(extent, layer):
    plan, shape, net, data = case(extent, layer)
    _, expected = plans.oracle(plan, shape).mean_loss(plans.exact(net), (data[0].astype(np.float64), data[1]))
    alone, together = (dc.gradients(net, data, threads=threads) for threads in (1, 3))
    for name in ("first.weight", "first.bias", "layer.weight", "layer.bias"):
        assert_allclose(alone[name], expected[name], rtol=0, atol=FLOAT32_ATOL * np.abs(expected[name]).max(), err_msg=name)
        assert_array_equal(together[name], alone[name], err_msg=name)
