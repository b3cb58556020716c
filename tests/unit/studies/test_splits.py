"""Which images train, which choose and which are reported."""

import numpy as np
import pytest

import digitcompress as dc
from digitcompress.datasets import Dataset, Split
from digitcompress.studies._splits import loaded, study_splits


def numbered(first, count):
    """Return images that can be told apart."""
    images = np.zeros((count, 4, 4), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = np.divmod(np.arange(first, first + count), 256)
    return Split(images, np.arange(count) % 10)


def names_of(split):
    return set(split.images[:, 0, 0].astype(int) * 256 + split.images[:, 0, 1])


GIVEN = {
    "all three": (Dataset("d", "here", numbered(0, 100), numbered(100, 30), numbered(130, 20)), (100, 30, 20)),
    "no validation": (Dataset("d", "here", numbered(0, 100), None, numbered(100, 20)), (85, 15, 20)),
    "a fifth at most": (Dataset("d", "here", numbered(0, 50), None, numbered(50, 20)), (40, 10, 20)),
    "no test": (Dataset("d", "here", numbered(0, 100), numbered(100, 30)), (85, 15, 30)),
    "training images alone": (Dataset("d", "here", numbered(0, 100)), (65, 15, 20)),
}


@pytest.mark.parametrize("name", GIVEN)
def test_no_image_serves_twice_and_none_is_lost(name):
    data, counts = GIVEN[name]
    parts = study_splits(data, validation=15 if name != "all three" else 7)
    sets = [names_of(part) for part in (parts.train, parts.validation, parts.test)]
    assert tuple(map(len, sets)) == counts
    assert len(set.union(*sets)) == sum(counts)
    assert f"{counts[0]} training, {counts[1]} validation and {counts[2]} test images" in parts.description


def test_the_test_images_stay_what_they_are():
    data, _ = GIVEN["no validation"]
    assert names_of(study_splits(data, validation=15).test) == names_of(data.test)


def test_fewer_images_are_the_first_ones():
    parts = study_splits(GIVEN["all three"][0], validation=30)
    few = parts.first(40, test=5)
    assert (len(few.train), len(few.validation), len(few.test)) == (40, 8, 5)
    assert np.array_equal(few.train.images, parts.train.images[:40])
    assert few.digest() != parts.digest()


def test_labels_are_needed():
    with pytest.raises(dc.DataError, match="data: every image must have a label"):
        study_splits(Dataset("d", "here", numbered(0, 100), None, Split(np.zeros((2, 4, 4), np.uint8), None)), validation=5)


def test_data_may_be_named():
    assert loaded("digits-8x8").name == "digits-8x8"
    with pytest.raises(TypeError, match="data must be a Dataset, a name or the path of a CSV file or of a folder, got int"):
        loaded(3)
