"""Split and Dataset: what they check, and how images are drawn."""

import pickle

import numpy as np
import pytest

import digitcompress as dc
from digitcompress.datasets import Dataset, Split

IMAGES = np.arange(50 * 4, dtype=np.uint8).reshape(50, 2, 2)
LABELS = np.arange(50) % 10
DATA = Dataset("small", "here", train=Split(IMAGES, LABELS), test=Split(IMAGES[:3], LABELS[:3]))


def keys(split):
    """Return the number of each image: its first pixel tells."""
    return (split.images[:, 0, 0] // 4).tolist()


def test_split_unpacks_like_a_pair():
    images, labels = DATA.train
    assert images is DATA.train.images
    assert labels is DATA.train.labels
    assert len(DATA.train) == 50


def test_contiguous_arrays_are_not_copied():
    labels = LABELS.astype(np.int64)
    split = Split(IMAGES, labels)
    assert np.shares_memory(split.images, IMAGES)
    assert np.shares_memory(split.labels, labels)


@pytest.mark.parametrize("index", [slice(3, 7), np.array([6, 1, 1])], ids=["slice", "array"])
def test_index_gives_a_split(index):
    part = DATA.train[index]
    np.testing.assert_array_equal(part.images, IMAGES[index])
    np.testing.assert_array_equal(part.labels, LABELS[index])


def test_single_index_is_refused():
    with pytest.raises(TypeError, match="index must be a slice or an array, got int"):
        DATA.train[0]


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.uint64, list])
def test_labels_become_int64(kind):
    labels = LABELS.tolist() if kind is list else LABELS.astype(kind)
    assert Split(IMAGES, labels).labels.dtype == np.int64
    np.testing.assert_array_equal(Split(IMAGES, labels).labels, LABELS)


UNFIT = {
    "images_float": (IMAGES / 255, LABELS, dc.DataError, "images must be uint8, got float64"),
    "images_flat": (IMAGES.reshape(50, 4), LABELS, dc.ShapeError, r"must have the shape \(count, height, width\), got \(50, 4\)"),
    "images_none": (IMAGES[:0], LABELS[:0], dc.DataError, r"at least one, with pixels, got the shape \(0, 2, 2\)"),
    "images_without_pixels": (IMAGES[:, :0], LABELS, dc.DataError, r"at least one, with pixels, got the shape \(50, 0, 2\)"),
    "labels_fewer": (IMAGES, LABELS[:49], dc.DataError, r"shape \(50,\), one for each image, got \(49,\)"),
    "labels_one_hot": (IMAGES, np.eye(10, dtype=int)[LABELS], dc.DataError, r"shape \(50,\), one for each image, got \(50, 10\)"),
    "labels_float": (IMAGES, LABELS / 1, dc.DataError, "labels must be integers, got float64"),
    "labels_bool": (IMAGES, LABELS > 4, dc.DataError, "labels must be integers, got bool"),
    "labels_text": (IMAGES, LABELS.astype(str), dc.DataError, "labels must be integers, got <U"),
    "label_ten": (IMAGES, LABELS + 1, dc.DataError, "digits 0..9, got 10 at index 9"),
    "label_negative": (IMAGES, LABELS - 1, dc.DataError, "digits 0..9, got -1 at index 0"),
    "label_wraps": (IMAGES, LABELS.astype(np.uint64) + np.uint64(2**64 - 5), dc.DataError, "digits 0..9, got 18446744073709551611"),
}


@pytest.mark.parametrize(("images", "labels", "kind", "message"), UNFIT.values(), ids=UNFIT)
def test_unfit_arrays_are_refused(images, labels, kind, message):
    with pytest.raises(kind, match=f"^Split: .*{message}"):
        Split(images, labels)


def test_objects_are_frozen():
    with pytest.raises(AttributeError):
        DATA.train = None
    with pytest.raises(AttributeError):
        DATA.train.images = IMAGES


def test_repr_tells_counts_size_and_source():
    assert repr(DATA) == "<Dataset small: train 50, validation none, test 3; 2x2 pixels; from here>"
    assert repr(Dataset("none", "nowhere")) == "<Dataset none: train none, validation none, test none; no pixels; from nowhere>"


def test_data_set_can_be_pickled():
    copy = pickle.loads(pickle.dumps(DATA))
    np.testing.assert_array_equal(copy.train.images, IMAGES)
    assert repr(copy) == repr(DATA)


def test_take_partitions_the_shuffle():
    data = DATA.take(40, development=8, seed=2)
    drawn = keys(data.validation) + keys(data.train)
    assert (len(data.validation), len(data.train)) == (8, 32)
    assert len(set(drawn)) == 40
    assert drawn != sorted(drawn)
    assert drawn == keys(DATA.take(seed=2).train)[:40]
    assert data.test is DATA.test


def test_take_keeps_images_and_labels_together():
    data = DATA.take(30, development=5, seed=1)
    for split in (data.train, data.validation):
        np.testing.assert_array_equal(split.labels, LABELS[keys(split)])


def test_take_depends_on_the_seed_alone():
    assert keys(DATA.take(seed=0).train) == keys(DATA.take(seed=0).train)
    assert keys(DATA.take(seed=0).train) != keys(DATA.take(seed=1).train)
    assert sorted(keys(DATA.take(seed=1).train)) == list(range(50))


def test_take_draws_from_training_and_validation_images():
    split = DATA.take(development=20, seed=3)
    again = split.take(seed=4)
    assert again.validation is None
    assert sorted(keys(again.train)) == list(range(50))


@pytest.mark.parametrize(
    ("amount", "held_out"), [(1, 1), (0.5, 25), (0.1, 5), (0.001, 1), (49, 49), (np.int64(7), 7), (np.float32(0.5), 25)]
)
def test_development_is_a_count_or_a_fraction(amount, held_out):
    assert len(DATA.take(development=amount).validation) == held_out


BAD = {
    "count_zero": ({"count": 0}, "take: count must be in 1..50, got 0"),
    "count_too_many": ({"count": 51}, "take: count must be in 1..50, got 51"),
    "count_fraction": ({"count": 2.5}, "take: count must be an integer, got 2.5"),
    "development_zero": ({"development": 0}, "take: development must be in 1..49, got 0"),
    "development_all": ({"development": 50}, "take: development must be in 1..49, got 50"),
    "development_all_of_the_count": ({"count": 10, "development": 10}, "take: development must be in 1..9, got 10"),
    "development_negative": ({"development": -1}, "take: development must be in 1..49, got -1"),
    "development_one_point_zero": ({"development": 1.0}, "must be a count, or a fraction between 0 and 1, got 1.0"),
    "development_two_point_zero": ({"development": 2.0}, "must be a count, or a fraction between 0 and 1, got 2.0"),
    "development_nan": ({"development": float("nan")}, "must be a count, or a fraction between 0 and 1, got nan"),
    "development_true": ({"development": True}, "take: development must be an integer, got True"),
    "development_text": ({"development": "5"}, "take: development must be an integer, got '5'"),
    "development_nearly_all": ({"development": 0.999}, "take: development must be in 1..49, got 50"),
    "seed_negative": ({"seed": -1}, "seed must be 0 or more, got -1"),
    "seed_fraction": ({"seed": 0.5}, "seed must be an integer, got 0.5"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD)
def test_bad_argument_is_named(arguments, message):
    with pytest.raises(dc.DataError, match=message):
        DATA.take(**arguments)


def test_take_needs_training_images():
    with pytest.raises(dc.DataError, match="take: the data set must have images to train on, got <Dataset t: train none"):
        Dataset("t", "here", test=DATA.test).take()
