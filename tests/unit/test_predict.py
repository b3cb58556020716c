"""Network.predict: the quick way for arrays that need no conversion gives what the careful way gives, for everything else too."""

import threading

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from digitcompress import _core


def slow(net, images):
    return net.forward(images).argmax(axis=1)


@pytest.fixture(scope="module")
def net():
    return dc.models.mlp([784, 10, 10], initializer="uniform_half", seed=1)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (130, 28, 28), dtype=np.uint8)


QUICK = {
    "bytes": lambda x: x,
    "rows": lambda x: x.reshape(len(x), -1),
    "channels": lambda x: x[:, None],
    "one": lambda x: x[:1],
    "none": lambda x: x[:0],
    "float32": lambda x: (x / 255).astype(np.float32),
    "read-only": lambda x: np.broadcast_to(x, x.shape),
}
CAREFUL = {
    "float64": lambda x: x / 255,
    "int64": lambda x: x.astype(np.int64),
    "subclass": lambda x: x.view(type("Mine", (np.ndarray,), {})),
    "column-major": np.asfortranarray,
    "reversed": lambda x: x[:, ::-1].copy()[:, ::-1],
    "every second": lambda x: np.repeat(x, 2, axis=0)[::2],
    "big-endian": lambda x: (x / 255).astype(">f4"),
    "unaligned": lambda x: np.frombuffer(b"\0" + (x / 255).astype(np.float32).tobytes(), np.uint8)[1:].view(np.float32).reshape(x.shape),
    "list": lambda x: x.tolist(),
}


@pytest.mark.parametrize("name", QUICK)
def test_arrays_as_the_core_reads_them_take_the_quick_way(name, net, images):
    given = QUICK[name](images)
    found = _core.predict(net._core, given, 0)
    assert (found.dtype, found.shape) == (np.int64, (len(given),))
    assert_array_equal(found, slow(net, given))
    assert_array_equal(net.predict(given), found)


@pytest.mark.parametrize("name", CAREFUL)
def test_everything_else_is_converted_first(name, net, images):
    given = CAREFUL[name](images)
    assert _core.predict(net._core, given, 0) is None
    found = net.predict(given)
    assert found.dtype == np.int64
    assert_array_equal(found, slow(net, given))


def outcome(call, given):
    """Return the answer of a call, or its refusal."""
    try:
        return call(given).tolist()
    except dc.ShapeError as refusal:
        return str(refusal)


@pytest.mark.parametrize("shape", [(1, 1, 5), (1, 5, 1), (5, 1, 1), (2, 3, 4), (1, 4, 3)])
def test_shapes_are_accepted_and_refused_as_by_forward(shape):
    net = dc.Network(dc.Input(*shape), [dc.layers.Flatten(), dc.layers.Dense(3)], seed=2)
    count = int(np.prod(shape))
    kinds = set()
    for tried in ((7, count), (7, *shape), (7, *shape[1:]), (7,), (7, count + 1), (7, *shape[::-1]), (count,), (), (7, *shape, 1)):
        found = outcome(net.predict, np.zeros(tried, np.uint8))
        assert found == outcome(lambda images: slow(net, images), np.zeros(tried, np.uint8))
        kinds.add(type(found))
    assert kinds == {list, str}


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 400, 783])
def test_what_is_not_finite_is_refused(value, place, net):
    images = np.zeros((2, 784), np.float32)
    images[1, place] = value
    with pytest.raises(dc.DataError, match=f"images must be finite in float32, got .* in sample 1, value {place}"):
        net.predict(images)
    images[1, place] = np.finfo(np.float32).max
    assert net.predict(images).shape == (2,)


@pytest.mark.parametrize("given", [None, "images", 3, object(), np.ma.zeros((1, 784)), np.zeros((1, 784), complex), np.array([["a"]])])
def test_what_holds_no_images_is_refused_as_by_forward(given, net):
    kinds = []
    for call in (net.predict, net.forward):
        with pytest.raises((TypeError, dc.ShapeError)) as refusal:
            call(given)
        kinds.append((type(refusal.value), str(refusal.value)))
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("threads", [0, -1, 257, 1.5, True, "2"])
def test_threads_are_checked(threads, net, images):
    with pytest.raises((dc.DataError, TypeError), match="threads must be"):
        net.predict(images, threads=threads)


def test_threads_change_nothing(net):
    images = np.random.default_rng(1).integers(0, 256, (5000, 28, 28), dtype=np.uint8)
    expected = slow(net, images)
    for threads in (1, 2, 8):
        assert_array_equal(net.predict(images, threads=threads), expected)


def test_the_first_of_equal_logits_and_the_first_nan_win(net, images):
    twin = dc.models.mlp([784, 10])
    twin.parameters["fc1.weight"][:] = 0
    assert_array_equal(twin.predict(images), np.zeros(130))
    twin.parameters["fc1.bias"][[3, 7]] = np.nan
    assert_array_equal(twin.predict(images), np.full(130, 3))


def test_logits_before_a_final_softmax_are_read(images):
    parts = [dc.layers.Flatten(), dc.layers.Dense(10)]
    plain, ended = (dc.Network(dc.Input(1, 28, 28), chain, seed=5) for chain in (parts, [*parts, dc.layers.Softmax()]))
    assert_array_equal(plain.predict(images), ended.predict(images))


def test_many_threads_predict_with_one_network(net, images):
    expected, wrong = net.predict(images), []

    def classify():
        wrong.extend(index for index in range(300) if net.predict(images[index % 130 : index % 130 + 1])[0] != expected[index % 130])

    threads = [threading.Thread(target=classify) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
