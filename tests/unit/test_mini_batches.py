"""Mini-batches of byte images: a narrow first layer goes sample by sample, a wide one patch by patch, in one share of its units or more."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import synthetic_digits

BLOCK = 4096
IMAGES, LABELS = synthetic_digits.make(2 * BLOCK + 300)
# Images and a batch size: one step or a few, each of one block or of several, the last batch smaller.
BATCHES = {"small": (200, 64), "tiles": (700, 300), "blocks": (2 * BLOCK + 300, 2 * BLOCK + 261)}
WIDTHS = [1, 10, 16, 17, 26, 150]  # one block of units, a share of several vectors, and several shares


def trained(images, labels, width, batch_size, threads=1):
    net = dc.models.mlp([784, width, 10], activation="tanh", seed=3)  # without a kink, rounding stays rounding
    dc.fit(net, (images, labels), optimizer=dc.optimizers.SGD(0.1), epochs=1, batch_size=batch_size, threads=threads, progress=False)
    return net.parameters


@pytest.mark.parametrize("rows", [2, 4])
def test_most_patches_are_blank(rows):
    """Else the images would be read as floats, and nothing here or among the tests of full batches would see a patch."""
    inked = IMAGES.reshape(-1, 28 // rows, rows, 7, 4).any(axis=(2, 4))
    assert inked.mean() < 0.49


@pytest.mark.parametrize("batches", BATCHES)
@pytest.mark.parametrize("width", WIDTHS)
def test_bytes_train_as_floats_do(width, batches):
    """Floats go through the dense layer that the NumPy reference checks, in the same shuffled order."""
    count, batch_size = BATCHES[batches]
    images, labels = IMAGES[:count], LABELS[:count]
    from_bytes = trained(images, labels, width, batch_size)
    from_floats = trained((images / np.float32(255)).astype(np.float32), labels, width, batch_size)
    for name, values in from_bytes.items():
        assert_allclose(values, from_floats[name], rtol=1e-4, atol=2e-6, err_msg=name)


@pytest.mark.parametrize("width", [10, 26, 150])
def test_threads_do_not_change_a_bit(width):
    count, batch_size = BATCHES["blocks"]
    alone, together = (trained(IMAGES[:count], LABELS[:count], width, batch_size, threads) for threads in (1, 3))
    for name, values in alone.items():
        assert_array_equal(together[name], values, err_msg=name)
