"""Slanted digits made upright, against the plain loops of the reference."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from digitcompress.datasets import Dataset, Split, _deslanting, deslant
from reference import deslanting

SHAPES = ((3, 28, 28), (4, 9, 5), (2, 1, 6), (2, 6, 1), (1, 1, 1), (5, 40, 17))


def blot(shape, seed):
    """Ink in some pixels, most of it in the middle, so that little is lost at the border."""
    generator = np.random.default_rng(seed)
    images = generator.integers(0, 256, shape) * (generator.random(shape) < 0.3)
    return images.astype(np.uint8)


def bar(lean, size=41):
    """A stroke that moves `lean` pixels sideways from row to row, drawn with its share in both pixels it touches."""
    image = np.zeros((size, size))
    for row in range(8, size - 8):
        column = size // 2 + lean * (row - size // 2)
        left = int(np.floor(column))
        image[row, left : left + 2] = left + 1 - column, column - left
    return image


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_pixels_are_those_of_the_reference(shape, seed):
    images = blot(shape, seed)
    expected = np.stack([deslanting.deslanted(image) for image in images])
    assert_allclose(deslant(images / 255.0), expected / 255, rtol=0, atol=1e-12)
    assert_allclose(deslant(images), expected, rtol=0, atol=0.5 + 1e-9)
    assert deslant(images).dtype == np.uint8


def test_digits_are_those_of_the_reference(digits):
    images = digits[0][:60]
    assert_array_equal(deslant(images), np.rint([deslanting.deslanted(image) for image in images]))


@pytest.mark.parametrize("lean", [-0.9, -0.4, 0.0, 0.25, 0.8])
def test_a_leaning_stroke_stands_upright(lean):
    upright = deslant(bar(lean))
    _, left = deslanting.slant(upright)
    assert abs(left) < 0.02
    columns = upright.sum(axis=0)
    assert columns[19:22].sum() > 0.999 * columns.sum()


def test_no_row_moves_by_more_than_two_pixels_against_the_next():
    image = np.zeros((5, 60))
    image[2, 10:50] = image[1, 9] = image[3, 50] = 1.0
    moved = deslant(image)
    _, slope = deslanting.slant(image)
    assert slope == deslanting.STEEPEST == _deslanting._STEEPEST
    assert_array_equal(np.flatnonzero(moved[1]), [11])
    assert_array_equal(np.flatnonzero(moved[3]), [48])


@pytest.mark.parametrize("image", [np.zeros((6, 6)), np.eye(6)[2:3].repeat(1, 0), np.diag([0, 0, 1.0, 0])], ids=["blank", "row", "dot"])
def test_what_has_no_slant_stays_as_it_is(image):
    assert_array_equal(deslant(image), image)


@pytest.mark.parametrize("scale", [1e-300, 5e-324, 1e300])
def test_values_of_any_size_are_told_apart(scale):
    image = np.eye(5) * scale
    assert_array_equal(deslant(image)[:, 2], np.full(5, scale))


def test_one_image_is_an_image_of_many(digits):
    images = digits[0][:5]
    assert_array_equal(deslant(images[3]), deslant(images)[3])
    assert_array_equal(deslant(images[:0]), images[:0])


def test_pieces_make_no_difference(digits, monkeypatch):
    images = digits[0][:50]
    whole = deslant(images)
    monkeypatch.setattr(_deslanting, "_PIXELS_A_PIECE", 7 * 784)
    assert_array_equal(deslant(images), whole)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_the_type_stays(kind, digits):
    images = (digits[0][:3] / 255).astype(kind)
    assert deslant(images).dtype == kind
    assert_allclose(deslant(images), deslant(images.astype(np.float64)), rtol=1e-3, atol=1e-4)


UNFIT = {
    "integers": (np.zeros((2, 4, 4), np.int64), TypeError, "deslant: images must be uint8 or floating, got int64"),
    "flat": (np.zeros(784), dc.ShapeError, r"\(height, width\) or \(count, height, width\), got \(784,\)"),
    "channels": (np.zeros((2, 1, 4, 4)), dc.ShapeError, r"got \(2, 1, 4, 4\)"),
    "negative": (np.full((3, 4, 4), -0.5), dc.DataError, "finite and not negative, got -0.5 in image 0, row 0"),
    "nan": (np.full((4, 4), np.nan), dc.DataError, "finite and not negative, got nan in image 0, row 0"),
    "infinite": (np.full((4, 4), np.inf), dc.DataError, "got inf in image 0"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_are_no_images_is_refused(name):
    images, error, telling = UNFIT[name]
    with pytest.raises(error, match=telling):
        deslant(images)


def test_the_wrong_image_is_named_wherever_it_stands(monkeypatch):
    monkeypatch.setattr(_deslanting, "_PIXELS_A_PIECE", 32)
    images = np.ones((9, 4, 4))
    images[7, 2, 1] = -3
    with pytest.raises(dc.DataError, match=r"got -3\.0 in image 7, row 2"):
        deslant(images)


def test_a_data_set_is_deslanted_split_by_split(digits):
    images, labels = digits
    data = Dataset("some", "here", train=Split(images[:30], labels[:30]), test=Split(images[30:50], labels[30:50]))
    upright = data.deslanted()
    assert_array_equal(upright.train.images, deslant(images[:30]))
    assert_array_equal(upright.test.images, deslant(images[30:50]))
    assert_array_equal(upright.test.labels, labels[30:50])
    assert upright.validation is None
    assert_array_equal(data.train.images, images[:30])
