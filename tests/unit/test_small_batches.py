"""Small batches of byte images, whose blank patches are left out, against the same images as floats, of which nothing is."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import digitcompress as dc
from reference import synthetic_digits


def trained(images, labels, sizes, batch_size):
    net = dc.models.mlp(sizes, seed=1)
    dc.fit(net, (images, labels), optimizer=dc.optimizers.SGD(0.02), epochs=1, batch_size=batch_size, threads=1, progress=False)
    return net.parameters


@pytest.mark.parametrize("batch_size", [1, 16, 63, 64, 65, 130, 300])
@pytest.mark.parametrize("units", [3, 10, 13, 16, 23])
@pytest.mark.parametrize("features", [784, 675])
def test_bytes_and_floats_are_trained_alike(batch_size, units, features):
    images, labels = synthetic_digits.make(330)
    images = images.reshape(330, -1)[:, :features]
    sizes = [features, units, 10]
    floats = trained(np.float32(images) / np.float32(255), labels, sizes, batch_size)
    for name, values in trained(np.ascontiguousarray(images), labels, sizes, batch_size).items():
        assert_allclose(values, floats[name], rtol=0, atol=2e-6, err_msg=name)
