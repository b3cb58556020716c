"""A batch normalization rectifies what it reads when a rectifier stands before it: nobody may see a difference."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from digitcompress.layers import BatchNorm, Conv2d, Dense, Flatten, LeakyReLU, ReLU, Reshape
from digitcompress.network import Input, Network
from reference import synthetic_digits

IMAGES, LABELS = synthetic_digits.make(100)
RECTIFIERS = {"relu": ReLU(), "leaky": LeakyReLU(0.3), "leaky 0": LeakyReLU(0.0)}
# A layer in between, which keeps the values, keeps the two apart.
APART = Reshape(5, 24, 24)


def network(*middle):
    return Network(Input(1, 28, 28), [Conv2d(5, kernel=5), *middle, BatchNorm(), Flatten(), Dense(10)], seed=2)


def trained(net, threads):
    options = {"optimizer": dc.optimizers.SGD(0.1), "epochs": 3, "batch_size": 32, "progress": False}
    history = dc.fit(net, (IMAGES, LABELS), validation=(IMAGES[:37], LABELS[:37]), threads=threads, **options)
    return net, history


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("name", RECTIFIERS)
def test_together_and_apart_train_to_the_same_bits(name, threads):
    rectifier = RECTIFIERS[name]
    together, first = trained(network(rectifier), threads)
    apart, second = trained(network(rectifier, APART), 1)
    for of_one, of_other in zip(together.parameters.values(), apart.parameters.values(), strict=True):
        assert_array_equal(of_one, of_other)
    assert_array_equal(together.forward(IMAGES), apart.forward(IMAGES))
    for column in ("loss", "val_loss", "val_accuracy"):
        assert_array_equal(first.columns[column], second.columns[column])


@pytest.mark.parametrize("name", RECTIFIERS)
def test_what_the_rectifier_puts_out_can_be_seen(name):
    rectifier = RECTIFIERS[name]
    net, _ = trained(network(rectifier), 2)
    raw, rectified = (net.forward(IMAGES, node=node["name"]) for node in net._nodes[:2])
    assert (raw < 0).any()
    assert_array_equal(rectified, np.where(raw > 0, raw, raw * np.float32(getattr(rectifier, "slope", 0.0))))


def test_a_rectifier_with_a_second_reader_is_left_alone():
    """Its values go to the normalization and past it."""
    nodes = [
        dc.Node(Conv2d(4, kernel=5), name="conv"),
        dc.Node(ReLU(), name="relu"),
        dc.Node(BatchNorm(), name="norm"),
        dc.Node(dc.layers.Add(), inputs=["relu", "norm"], name="sum"),
        dc.Node(Flatten(), name="flat"),
        dc.Node(Dense(10), name="logits"),
    ]
    apart = [*nodes[:2], dc.Node(Reshape(4, 24, 24), name="same", inputs=["relu"]), dc.Node(BatchNorm(), name="norm"), *nodes[3:]]
    made = [trained(Network(Input(1, 28, 28), each, seed=2), 2)[0] for each in (nodes, apart)]
    for name, values in made[0].parameters.items():
        assert_array_equal(values, made[1].parameters[name], err_msg=name)
