"""Images are read where they are, parameters are views, and memory stays bounded."""

import gc
import sys
import textwrap

import numpy as np
import pytest

import digitcompress as dc
import peak_memory
from digitcompress import _core

MEGABYTE = 2**20


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_the_core_reads_the_caller_s_memory(dtype):
    images = np.ones((5, 784), dtype=dtype)
    assert _core.ImageView(images).address == images.ctypes.data


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("shape", [(7, 784), (7, 28, 28), (7, 1, 28, 28)])
def test_the_public_edge_makes_no_copy(dtype, shape):
    from digitcompress import _arrays

    images = np.ones(shape, dtype=dtype)
    assert np.shares_memory(_arrays.as_images(images, dc.models.mlp([784, 10]).input_shape), images)


def test_parameters_are_views_of_one_arena():
    net = dc.models.mlp([784, 10, 10], seed=0)
    for name in net.parameters:
        assert np.shares_memory(net.parameters[name], net.parameters[name])
        assert net.parameters[name].ctypes.data == net.parameters[name].ctypes.data
        assert net.parameters[name].flags.writeable
        assert not net.parameters[name].flags.owndata


def test_training_writes_where_the_views_look(digits):
    net = dc.models.mlp([784, 10, 10], seed=0)
    view = net.parameters["fc1.weight"]
    before = view.copy()
    dc.fit(net, digits, epochs=1, batch_size=None, progress=False)
    assert (view != before).any()
    assert np.shares_memory(view, net.parameters["fc1.weight"])


def test_views_outlive_the_network():
    views = dict(dc.models.mlp([784, 50, 10], seed=9).parameters)
    copies = {name: view.copy() for name, view in views.items()}
    gc.collect()
    rubbish = [np.full(784 * 50, 7.0, dtype=np.float32) for _ in range(20)]
    assert rubbish[0][0] == 7
    for name, view in views.items():
        np.testing.assert_array_equal(view, copies[name])


def test_effective_parameters_are_copies():
    net = dc.models.mlp([784, 10], seed=0)
    for name, values in net.effective_parameters().items():
        assert not np.shares_memory(values, net.parameters[name])


MEASURE = """
import numpy as np

import digitcompress as dc
from peak_memory import peak_bytes

net = dc.models.mlp([784, 10, 10], seed=0)
small = np.zeros((64, 28, 28), dtype=np.uint8), np.arange(64) % 10
{warm_up}
generator = np.random.default_rng(0)
images = np.zeros(({count}, 28, 28), dtype=np.uint8)
images[:, 8:20, 11:18] = generator.integers(0, 256, (12, 7), dtype=np.uint8)
images = images.astype({dtype!r}, copy=False)
labels = np.arange({count}) % 10
before = peak_bytes()
{call}
print(peak_bytes() - before, images.nbytes)
"""


def measure(call, count=100_000, dtype="uint8"):
    """Bytes by which the peak memory of a process rises during `call`, and the size of its images."""
    warm_up = call.replace("images", "small[0]").replace("labels", "small[1]")
    code = textwrap.dedent(MEASURE).format(call=call, warm_up=warm_up, count=count, dtype=dtype)
    return tuple(map(int, peak_memory.run(code)))


@pytest.mark.skipif(sys.platform == "win32", reason="the resource module is POSIX only")
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("call", ["net.predict(images)", "dc.evaluate(net, (images, labels))"])
def test_inference_needs_no_copy_of_the_images(call, dtype):
    count = 100_000 if dtype == "uint8" else 40_000
    grown, size = measure(call, count, dtype)
    assert size > 70 * MEGABYTE
    # A float32 copy of the bytes would be four times their size, any copy of floats once their size. The patches with ink take half of it.
    assert grown < 0.6 * size


@pytest.mark.skipif(sys.platform == "win32", reason="the resource module is POSIX only")
def test_training_needs_less_than_twice_the_images():
    grown, size = measure("dc.fit(net, (images, labels), epochs=2, batch_size=None, progress=False)")
    assert size > 70 * MEGABYTE
    assert grown < size
