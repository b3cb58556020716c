"""Shapes that the kernels of sums treat in ways of their own, between two other layers.

Convolutions whose places have few taps run through the channels as well; planes of whole pages are read from a spaced copy. Long sums are
made by stretches, and the rows of a kernel take turns over bands of places, so that what is read stays near.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import plans

MANY = [("Conv2d", "first", {"channels": 60, "kernel": 1}, ["input"])]
FEW = [("Conv2d", "first", {"channels": 4, "kernel": 1}, ["input"])]
WIDE = [("Flatten", "pixels", {}, ["input"]), ("Dense", "first", {"units": 1000}, ["pixels"])]
# What stands before the layer, the extent of the image, and the layer.
CASES = {
    # Planes of 8 x 8 and 16 x 16 fill whole pages of the cache, those of 9 x 7 do not.
    "1 x 1": (MANY, (9, 7), ("Conv2d", {"channels": 40, "kernel": 1})),
    "1 x 1 on pages": (MANY, (8, 8), ("Conv2d", {"channels": 40, "kernel": 1})),
    "1 x 1 in groups": (MANY, (16, 16), ("Conv2d", {"channels": 90, "kernel": 1, "groups": 2})),
    "1 x 1 with gaps": (MANY, (9, 7), ("Conv2d", {"channels": 33, "kernel": 1, "stride": 2})),
    "stride 2 from pages": (MANY, (8, 8), ("Conv2d", {"channels": 40, "kernel": 3, "stride": 2, "padding": 1})),
    "stride 2 to pages": (MANY, (17, 17), ("Conv2d", {"channels": 40, "kernel": 3, "stride": 2})),
    "few places": (MANY, (2, 2), ("Conv2d", {"channels": 40, "kernel": 3, "padding": 1})),
    "one place": (MANY, (2, 2), ("Conv2d", {"channels": 40, "kernel": 3, "padding": 1, "stride": 2})),
    "many taps on pages": (MANY, (8, 8), ("Conv2d", {"channels": 40, "kernel": 4})),
    "transposed on pages": (MANY, (8, 8), ("ConvTranspose2d", {"channels": 40, "kernel": 2, "stride": 2})),
    # Both sums, forward and back, are of several stretches at every processor level, and the last one is shorter.
    "long sums": (WIDE, (4, 4), ("Dense", {"units": 800})),
    "many rows of a kernel": (FEW, (17, 19), ("Conv2d", {"channels": 6, "kernel": 11, "padding": 4})),
    "a row of a kernel a part": (FEW, (16, 15), ("Conv2d", {"channels": 2, "kernel": 9})),
    "bands of places": (FEW, (23, 29), ("Conv2d", {"channels": 6, "kernel": 5, "padding": 2})),
    "bands of strides": (FEW, (23, 29), ("Conv2d", {"channels": 6, "kernel": 5, "stride": 2})),
    "transposed": (FEW, (11, 13), ("ConvTranspose2d", {"channels": 5, "kernel": 5, "padding": 1})),
}
SAMPLES = 37  # two whole groups of samples and a part of one, at every processor level
FLOAT32_ATOL = 2e-6  # of the largest value

every_case = pytest.mark.parametrize(("before", "extent", "layer"), CASES.values(), ids=CASES)


def case(before, extent, layer):
    """The plan, the network and its data; the layer stands behind one that needs the gradient of its input."""
    kind, hyper = layer
    plan = [
        *before,
        (kind, "layer", hyper, ["first"]),
        ("Tanh", "tanh", {}, ["layer"]),
        ("Flatten", "flat", {}, ["tanh"]),
        ("Dense", "logits", {"units": 10}, ["flat"]),
    ]
    shape = (3, *extent)
    return plan, shape, plans.network(plan, shape), plans.images_and_labels(SAMPLES, shape, 10)


@every_case
def test_outputs_equal_the_oracle(before, extent, layer):
    plan, shape, net, (images, _) = case(before, extent, layer)
    values = plans.oracle(plan, shape).forward(images.astype(np.float64), plans.exact(net))
    expected = values["layer"].reshape(SAMPLES, -1)
    outputs = net.forward(images, node="layer").reshape(SAMPLES, -1)
    assert_allclose(outputs, expected, rtol=0, atol=FLOAT32_ATOL * np.abs(expected).max())


@every_case
def test_gradients_equal_the_oracle(before, extent, layer):
    plan, shape, net, data = case(before, extent, layer)
    _, expected = plans.oracle(plan, shape).mean_loss(plans.exact(net), (data[0].astype(np.float64), data[1]))
    alone, together = (dc.gradients(net, data, threads=threads) for threads in (1, 3))
    for name in ("first.weight", "first.bias", "layer.weight", "layer.bias"):
        assert_allclose(alone[name], expected[name], rtol=0, atol=FLOAT32_ATOL * np.abs(expected[name]).max(), err_msg=name)
        assert_array_equal(together[name], alone[name], err_msg=name)


@every_case
def test_training_has_the_same_bits_on_any_number_of_threads(before, extent, layer):
    trained = []
    for threads in (1, 2, 5):
        _, _, net, data = case(before, extent, layer)
        dc.fit(net, data, epochs=2, batch_size=20, optimizer=dc.optimizers.SGD(0.01, momentum=0.9), threads=threads, progress=False)
        trained.append({name: values.copy() for name, values in net.parameters.items()})
    for name, values in trained[0].items():
        assert np.isfinite(values).all(), name
        assert_array_equal(trained[1][name], values, err_msg=name)
        assert_array_equal(trained[2][name], values, err_msg=name)
