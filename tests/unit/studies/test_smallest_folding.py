"""A batch normalization that helps while training and is gone afterwards."""

import numpy as np
import pytest

import digitcompress as dc
from digitcompress import models
from digitcompress.layers import BatchNorm, Conv2d, Dense, Flatten, ReLU
from digitcompress.network import Network
from digitcompress.studies.smallest._folding import fold, normalized


def made(seed):
    """Return a network whose normalized twin has been moved from its start."""
    return Network(dc.Input(2, 9, 9), [Conv2d(3, kernel=3), ReLU(), Conv2d(4, kernel=3), Flatten(), Dense(5), ReLU(), Dense(6)], seed=seed)


def moved(network, seed):
    """Return its twin, with parameters that no training would leave equal."""
    twin, generator = normalized(network), np.random.default_rng(seed)
    for name, values in twin.parameters.items():
        values[...] = generator.uniform(0.2, 2.0, values.shape) if name.endswith("variance") else generator.normal(size=values.shape)
    return twin


def test_every_hidden_layer_with_weights_is_normalized():
    twin = normalized(models.tiny_cnn())
    after = [type(second) for first, second in zip(twin.layers, twin.layers[1:], strict=False) if isinstance(first, (Conv2d, Dense))]
    assert after == [BatchNorm] * 3
    assert not isinstance(twin.layers[-1], BatchNorm)


def test_the_twin_starts_where_the_network_stands():
    network = models.tiny_cnn(seed=3)
    twin = normalized(network)
    for name, values in network.parameters.items():
        np.testing.assert_array_equal(twin.parameters[name], values)


@pytest.mark.parametrize("seed", range(8))
def test_the_folded_network_computes_what_its_twin_does(seed):
    network = made(seed)
    twin = moved(network, seed)
    fold(twin, network)
    images = np.random.default_rng(seed).random((7, 2, 9, 9), dtype=np.float32)
    expected = twin.forward(images)
    np.testing.assert_allclose(network.forward(images), expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())
    assert not any(isinstance(layer, BatchNorm) for layer in network.layers)


def test_a_trained_twin_leaves_a_network_of_the_same_size(digits):
    images, labels = digits
    network = models.tiny_cnn(seed=1)
    twin = normalized(network)
    dc.fit(twin, (images, labels), epochs=2, batch_size=32, progress=False)
    fold(twin, network)
    assert network.parameter_count == 707
    np.testing.assert_allclose(network.predict_proba(images), twin.predict_proba(images), atol=1e-4)
