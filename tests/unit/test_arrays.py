"""Every layout and number type of NumPy gives the answer of the plain contiguous array, bit for bit, and is left alone."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from reference import synthetic_digits

COUNT = 33


def pixels():
    return synthetic_digits.make(COUNT)[0].reshape(COUNT, 784)


def unaligned(values):
    room = np.zeros(values.nbytes + 1, dtype=np.uint8)[1:]
    view = room.view(values.dtype).reshape(values.shape) if values.itemsize == 1 else np.ndarray(values.shape, values.dtype, room.data)
    view[...] = values
    assert values.itemsize == 1 or not view.flags.aligned
    return view


def strided(values):
    room = np.zeros((2 * len(values), values.shape[1] + 3), dtype=values.dtype)
    view = room[::2, 1:-2]
    view[...] = values
    return view


def read_only(values):
    values = values.copy()
    values.flags.writeable = False
    return values


def mapped(values, folder):
    path = folder / "pixels.bin"
    values.tofile(path)
    return np.memmap(path, dtype=values.dtype, mode="r", shape=values.shape)


class Subclass(np.ndarray):
    """A subclass without a behaviour of its own."""


class ArrayLike:
    """An object with `__array__`, as pandas and PyTorch have it."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype=dtype)


class InMainMemory:
    """An object with DLPack alone."""

    def __init__(self, values):
        self.values = values

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()

    def __dlpack__(self, **options):
        return self.values.__dlpack__(**options)


LAYOUTS = {
    "F-order": np.asfortranarray,
    "transposed": lambda values: np.ascontiguousarray(values.T).T,
    "negative strides": lambda values: np.ascontiguousarray(values[::-1, ::-1])[::-1, ::-1],
    "sliced": strided,
    "unaligned": unaligned,
    "read-only": read_only,
    "big-endian": lambda values: values.astype(values.dtype.newbyteorder(">")),
    "subclass": lambda values: values.view(Subclass),
    "__array__": ArrayLike,
    "DLPack": InMainMemory,
    "(n, 28, 28)": lambda values: values.reshape(-1, 28, 28),
    "(n, 1, 28, 28)": lambda values: values.reshape(-1, 1, 28, 28),
    "sliced (n, 28, 28)": lambda values: np.pad(values.reshape(-1, 28, 28), ((0, 0), (2, 2), (2, 2)))[:, 2:-2, 2:-2],
}


@pytest.fixture(scope="module")
def net():
    return dc.models.mlp([784, 10, 10], seed=0)


def train(images, labels):
    net = dc.models.mlp([784, 10, 10], seed=0)
    history = dc.fit(net, (images, labels), epochs=3, batch_size=None, record_every=1, progress=False)
    return history.columns["loss"], net.parameters["fc1.weight"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_a_layout_changes_no_bit(layout, dtype, net):
    plain = pixels() if dtype == np.uint8 else (pixels() / 255).astype(dtype)
    other = LAYOUTS[layout](plain)
    kept = np.array(other.values if isinstance(other, ArrayLike) else other)
    assert_array_equal(net.forward(other), net.forward(plain))
    labels = np.arange(COUNT) % 10
    for left, right in zip(train(other, labels), train(plain, labels), strict=True):
        assert_array_equal(left, right)
    assert_array_equal(other.values if isinstance(other, ArrayLike) else other, kept)


def test_a_memory_map_changes_no_bit(net, tmp_path):
    assert_array_equal(net.forward(mapped(pixels(), tmp_path)), net.forward(pixels()))


def test_a_broadcast_image_is_that_image_repeated(net):
    image = pixels()[:1]
    assert_array_equal(net.forward(np.broadcast_to(image, (COUNT, 784))), net.forward(np.repeat(image, COUNT, axis=0)))


@pytest.mark.parametrize("dtype", [np.float64, np.float16, np.longdouble])
def test_floats_are_rounded_to_float32(dtype, net):
    images = (pixels() / 255).astype(dtype)
    assert_array_equal(net.forward(images), net.forward(images.astype(np.float32)))


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64])
def test_integers_are_pixels_like_bytes(dtype, net):
    """Lists and data frames of pixels are int64: whole numbers 0 .. 255 mean the same in every integer type."""
    small = pixels() // 2
    assert_array_equal(net.forward(small.astype(dtype)), net.forward(small))


def test_nested_lists_are_arrays(net):
    assert_array_equal(net.forward(pixels().tolist()), net.forward(pixels()))
    floats = (pixels() / 255).astype(np.float32)
    assert_array_equal(net.forward(floats.tolist()), net.forward(floats))


def test_data_frames_are_arrays(net):
    pandas = pytest.importorskip("pandas", reason="needs pandas, from the extra 'study'")
    frame = pandas.DataFrame(pixels())
    assert_array_equal(net.forward(frame), net.forward(pixels()))
    labels = np.arange(COUNT) % 10
    found = train(frame, pandas.Series(labels))
    assert_array_equal(found[0], train(pixels(), labels)[0])


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.int32, np.uint32, np.int64, np.uint64])
def test_labels_of_every_integer_type(dtype):
    labels = np.arange(COUNT) % 10
    assert_array_equal(train(pixels(), labels.astype(dtype))[0], train(pixels(), labels)[0])
    assert_array_equal(train(pixels(), labels.tolist())[0], train(pixels(), labels)[0])


def test_strided_labels():
    labels = np.arange(COUNT) % 10
    assert_array_equal(train(pixels(), np.repeat(labels, 3)[::3])[0], train(pixels(), labels)[0])


def test_no_images_give_empty_results(net):
    for shape in [(0, 784), (0, 28, 28)]:
        empty = np.zeros(shape, dtype=np.uint8)
        assert net.predict(empty).shape == (0,)
        assert net.predict(empty).dtype == np.int64
        assert net.predict_proba(empty).shape == (0, 10)
        assert net.forward(empty).dtype == np.float32


def test_resizing_an_array_during_a_call_is_refused_by_numpy():
    """The core holds the memory it reads: NumPy refuses to move it."""
    import threading

    images, labels = synthetic_digits.make(500)
    net = dc.models.mlp([784, 10, 10], seed=0)
    refused = []

    def resize(step):
        try:
            images.resize((1, 28, 28))
        except ValueError as error:
            refused.append(str(error))

    training = threading.Thread(
        target=lambda: dc.fit(net, (images, labels), epochs=3000, batch_size=None, record_every=1000, progress=resize)
    )
    training.start()
    training.join(timeout=60)
    assert refused
    assert images.shape == (500, 28, 28)
