"""Files of every version of the format load for ever: one of each is kept here, never to be written again."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from digitcompress.network import from_bytes, to_bytes
from reference import sealed

GOLDEN = Path(__file__).parent / "golden"

NODES = {
    "network_v1": [
        dc.Node(dc.layers.Conv2d(2, kernel=3, padding=1), ("input",), "conv1"),
        dc.Node(dc.layers.BatchNorm(), ("conv1",), "bn1"),
        dc.Node(dc.layers.LeakyReLU(0.2), ("bn1",), "trunk"),
        dc.Node(dc.layers.FakeQuantize(5, True), ("trunk",), "quantize1"),
        dc.Node(dc.layers.Conv2d(2, kernel=3, padding=1, bias=False), ("quantize1",), "conv2"),
        dc.Node(dc.layers.Add(), ("conv2", "quantize1"), "add1"),
        dc.Node(dc.layers.MaxPool2d(2), ("add1",), "pool1"),
        dc.Node(dc.layers.Flatten(), ("pool1",), "flatten1"),
        dc.Node(dc.layers.Dense(3), ("flatten1",), "fc1"),
    ]
}
COMPRESSION = {"network_v1": (dc.Pruning(sparsity=0.25), dc.Quantization(weights=4, activations=5, gradients=None))}


@pytest.mark.parametrize("name", NODES)
def test_an_old_file_loads_as_it_was(name):
    content = (GOLDEN / f"{name}.safetensors").read_bytes()
    net = from_bytes(content)
    _, arrays = sealed.read(content)
    assert net.input_shape == (1, 6, 4)
    assert net.nodes == NODES[name]
    assert net.compression == COMPRESSION[name]
    assert net.is_prepared
    assert set(net.parameters) == set(arrays)
    for key, values in arrays.items():
        assert_array_equal(net.parameters[key], values)
    codes = net.effective_parameters()["conv2.weight"]
    assert len(np.unique(np.abs(codes))) <= 8
    assert (codes == 0).mean() >= 0.25


def test_the_version_of_today_is_written_as_it_was():
    content = (GOLDEN / "network_v1.safetensors").read_bytes()
    assert to_bytes(from_bytes(content)) == content
