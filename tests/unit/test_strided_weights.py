"""Weights that do not lie in memory as in their shape: starts, files and checkpoints do not know."""

import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from digitcompress import layers


def padded_points():
    """Kernels of 3 over maps of one pixel: most of their places only meet padding."""
    return [layers.Conv2d(4, kernel=8, stride=8), layers.Tanh(), layers.MaxPool2d(3, 2, 1), layers.Conv2d(6, padding=1, stride=2)]


def many_channels():
    """Wide enough for minimal filtering."""
    return [layers.Conv2d(64, kernel=4, stride=4), layers.ReLU(), layers.Conv2d(64, padding=1)]


NETWORKS = {"idle places": padded_points, "minimal filtering": many_channels}


@pytest.mark.parametrize("rows", NETWORKS.values(), ids=NETWORKS)
def test_files_and_checkpoints_keep_them(rows, digits, tmp_path):
    def network():
        return dc.Network((1, 28, 28), [*rows(), layers.Flatten(), layers.Dense(10)], seed=0)

    net, twin = network(), network()
    options = {"optimizer": "adam", "batch_size": 32, "progress": False, "checkpoint_seconds": 0}
    dc.fit(net, digits, epochs=4, **options)
    dc.fit(network(), digits, epochs=2, checkpoint=tmp_path / "half", **options)
    dc.fit(twin, digits, epochs=4, checkpoint=tmp_path / "half", resume=True, **options)
    dc.save(net, tmp_path / "net.safetensors")
    loaded = dc.load(tmp_path / "net.safetensors")
    assert not net.parameters["conv2.weight"].flags.c_contiguous
    for name, values in net.parameters.items():
        assert_array_equal(twin.parameters[name], values)
        assert_array_equal(loaded.parameters[name], values)


@pytest.mark.parametrize(("channels", "extent"), [(1, 1), (64, 12)], ids=NETWORKS)
def test_a_start_does_not_depend_on_where_weights_lie(channels, extent):
    strided, plain = (
        dc.Network((channels, side, side), [layers.Conv2d(64, padding=1)], seed=4).parameters["conv1.weight"] for side in (extent, 3)
    )
    assert not strided.flags.c_contiguous
    assert plain.flags.c_contiguous
    assert_array_equal(strided, plain)
