"""Where a published data set is looked for, and what happens to a damaged copy."""

import gzip
import logging

import numpy as np
import pytest

import digitcompress as dc
from digitcompress.datasets import _search, load
from digitcompress.datasets._registry import FILES, PUBLISHED

pytestmark = pytest.mark.usefixtures("bare_machine", "published")

PLACES = {
    "data_dir": ("data", {"data_dir": "data"}, {}, "data_dir"),
    "data_dir_by_name": ("data/mnist", {"data_dir": "data"}, {}, "data_dir"),
    "variable": ("data/mnist", {}, {"DIGITCOMPRESS_DATA": "data"}, "DIGITCOMPRESS_DATA"),
    "cache": ("../home/.cache/digitcompress/mnist", {}, {}, "cache"),
    "torchvision": ("../home/data/MNIST/raw", {}, {}, "torchvision"),
    "torchvision_here": ("data/MNIST/raw", {}, {}, "torchvision"),
    "keras": ("../home/.keras/datasets/mnist", {}, {}, "Keras"),
    "keras_home": ("keras/datasets/mnist", {}, {"KERAS_HOME": "keras"}, "Keras"),
}
ORDER = ("variable", "cache", "torchvision_here", "torchvision", "keras")


def store(directory, contents, suffix=""):
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (directory / f"{name}{suffix}").write_bytes(gzip.compress(content) if suffix else content)


def spoiled(contents):
    """Return the files with one other pixel in the last image."""
    return {name: content[:-1] + bytes([content[-1] ^ 1]) for name, content in contents.items()}


def assert_is(data, arrays):
    for split, (images, labels) in ((data.train, FILES[:2]), (data.test, FILES[2:])):
        np.testing.assert_array_equal(split.images, arrays[images])
        np.testing.assert_array_equal(split.labels, arrays[labels])


@pytest.mark.parametrize("suffix", ["", ".gz"], ids=["plain", "gz"])
@pytest.mark.parametrize(("directory", "arguments", "variables", "owner"), PLACES.values(), ids=PLACES)
def test_copy_is_found(tmp_path, monkeypatch, arrays, contents, directory, arguments, variables, owner, suffix):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    store(tmp_path / "work" / directory, contents, suffix)
    data = load("mnist", **arguments)
    assert_is(data, arrays)
    assert data.source.startswith(f"{owner} (")
    assert owner in repr(data)


@pytest.mark.parametrize("position", range(1, len(ORDER)))
def test_earlier_place_is_preferred(tmp_path, monkeypatch, contents, position):
    monkeypatch.setenv("DIGITCOMPRESS_DATA", "data")
    for name in ORDER[position - 1 : position + 1]:
        store(tmp_path / "work" / PLACES[name][0], contents)
    assert load("mnist").source.startswith(PLACES[ORDER[position - 1]][3])


def keras_archive(path, arrays, **changes):
    path.parent.mkdir(parents=True)
    fields = dict(zip(("x_train", "y_train", "x_test", "y_test"), arrays.values(), strict=True)) | changes
    np.savez(path, **{key: value for key, value in fields.items() if value is not None})


def test_keras_archive_is_found_and_verified(tmp_path, arrays):
    keras_archive(tmp_path / "home/.keras/datasets/mnist.npz", arrays)
    data = load("mnist")
    assert_is(data, arrays)
    assert data.source.startswith("Keras (")


SPOILED_ARCHIVES = {
    "other_pixels": {"x_test": np.zeros((3, 28, 28), np.uint8)},
    "missing_array": {"y_test": None},
    "floats": {"x_test": np.zeros((3, 28, 28))},
    "objects": {"x_test": np.array([None])},
}


@pytest.mark.parametrize("changes", SPOILED_ARCHIVES.values(), ids=SPOILED_ARCHIVES)
def test_spoiled_keras_archive_is_passed_over(tmp_path, arrays, caplog, changes):
    keras_archive(tmp_path / "home/.keras/datasets/mnist.npz", arrays, **changes)
    with pytest.raises(FileNotFoundError, match="mnist: no copy on this machine"):
        load("mnist", fetch_missing=False)
    assert "passing over a damaged copy of mnist" in caplog.text


def test_file_that_is_no_archive_is_passed_over(tmp_path, caplog):
    path = tmp_path / "home/.keras/datasets/mnist.npz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no archive")
    with pytest.raises(FileNotFoundError):
        load("mnist", fetch_missing=False)
    assert "mnist.npz: must be Keras' archive of MNIST" in caplog.text


@pytest.mark.parametrize("name", ["data_dir", "variable"])
def test_spoiled_copy_is_an_error_where_it_was_asked_for(tmp_path, monkeypatch, contents, name):
    directory, arguments, variables, owner = PLACES[name]
    for key, value in variables.items():
        monkeypatch.setenv(key, value)
    store(tmp_path / "work" / directory, spoiled(contents))
    store(tmp_path / "work" / PLACES["torchvision"][0], contents)
    with pytest.raises(dc.IntegrityError, match=rf"{owner} \(.*\): train-images-idx3-ubyte of mnist must have the SHA-256 "):
        load("mnist", **arguments)


def test_spoiled_copy_is_passed_over_elsewhere_with_the_reason(tmp_path, arrays, contents, caplog):
    store(tmp_path / "work" / PLACES["torchvision"][0], spoiled(contents))
    store(tmp_path / "work" / PLACES["keras"][0], contents)
    with caplog.at_level(logging.WARNING, "digitcompress.datasets"):
        data = load("mnist")
    assert_is(data, arrays)
    assert data.source.startswith("Keras (")
    assert "passing over a damaged copy of mnist: torchvision (" in caplog.text
    assert "must have the SHA-256" in caplog.text


def test_incomplete_copy_is_no_copy(tmp_path, contents):
    contents.pop(FILES[3])
    store(tmp_path / "work" / PLACES["torchvision"][0], contents)
    with pytest.raises(FileNotFoundError, match="no copy on this machine"):
        load("mnist", fetch_missing=False)


def test_data_dir_without_a_copy_is_an_error(tmp_path, contents):
    store(tmp_path / "work" / PLACES["torchvision"][0], contents)
    with pytest.raises(FileNotFoundError, match="no complete copy of mnist") as missing:
        load("mnist", data_dir=tmp_path)
    assert missing.value.filename == str(tmp_path)


def test_validation_is_drawn_like_take(tmp_path, contents):
    store(tmp_path, contents)
    data, whole = load("mnist", validation=2, seed=3, data_dir=tmp_path), load("mnist", data_dir=tmp_path).take(seed=3)
    np.testing.assert_array_equal(data.validation.images, whole.train.images[:2])
    np.testing.assert_array_equal(data.train.images, whole.train.images[2:])
    assert len(data.test) == 3


@pytest.mark.parametrize("name", PUBLISHED)
def test_system_directory_comes_last(name):
    last = list(_search.places(PUBLISHED[name], None))[-1]
    assert last.path.as_posix() == f"/usr/share/datasets/{name}"
    assert not last.explicit


@pytest.mark.parametrize("name", ["minst", "MNIST", "", None, 3, "train.csv"])
def test_unknown_name_lists_the_known_ones(name):
    with pytest.raises(dc.DataError, match="name must be one of 'mnist', 'fashion-mnist', 'mnist-5k', 'digits-8x8', got"):
        load(name)


def test_unknown_name_suggests_the_nearest():
    with pytest.raises(dc.DataError, match=r"got 'fashion_mnist'; did you mean 'fashion-mnist'\?"):
        load("fashion_mnist")
