"""A rectifier before a max-pooling is run after it, on fewer values: nobody may see a difference."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from digitcompress.layers import Conv2d, Dense, Flatten, LeakyReLU, MaxPool2d, ReLU
from digitcompress.network import Input, Network
from reference import synthetic_digits

IMAGES, LABELS = synthetic_digits.make(100)
POOLS = {"separate": MaxPool2d(2), "overlapping": MaxPool2d(3, stride=2, padding=1), "as many": MaxPool2d(3, stride=1, padding=1)}


def network(*middle):
    return Network(Input(1, 28, 28), [Conv2d(5, kernel=5), *middle, Flatten(), Dense(10)], seed=2)


def trained(net):
    dc.fit(net, (IMAGES, LABELS), optimizer=dc.optimizers.SGD(0.1), epochs=3, batch_size=32, progress=False)
    return net


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("rectifier", [ReLU(), LeakyReLU(0.0)], ids=["relu", "leaky"])
def test_either_order_trains_to_the_same_bits(rectifier, pool):
    before, after = trained(network(rectifier, POOLS[pool])), trained(network(POOLS[pool], rectifier))
    for name, values in before.parameters.items():
        assert_array_equal(values, after.parameters[name], err_msg=name)
    assert_array_equal(before.forward(IMAGES), after.forward(IMAGES))


@pytest.mark.parametrize("rectifier", [ReLU(), LeakyReLU(0.3)], ids=["relu", "leaky"])
def test_what_the_rectifier_puts_out_can_be_seen(rectifier):
    net = network(rectifier, MaxPool2d(2))
    names = [node["name"] for node in net._nodes]
    raw, rectified, pooled = (net.forward(IMAGES, node=name) for name in names[:3])
    slope = np.float32(getattr(rectifier, "slope", 0.0))
    assert (raw < 0).any()
    assert_array_equal(rectified, np.where(raw > 0, raw, raw * slope))
    assert_array_equal(pooled, rectified.reshape(100, 5, 12, 2, 12, 2).max(axis=(3, 5)).reshape(100, -1))
