"""Pictures of one digit made into images as MNIST's: any size, either polarity, uneven light, dirt."""

import contextlib

import numpy as np
import pytest
from numpy.testing import assert_array_equal

pytest.importorskip("PIL", reason="needs Pillow, from the extra 'data'")
from PIL import Image

import digitcompress as dc
from digitcompress.datasets import center_digit
from reference import mnist_making

BICUBIC = Image.Resampling.BICUBIC


def stroke(height=200, width=160, *, thickness=16, ink=1.0):
    """A hook: a bar down, and another to its left below."""
    picture = np.zeros((height, width))
    picture[20 : height - 20, width // 2 : width // 2 + thickness] = ink
    picture[height - 20 - thickness : height - 20, 30 : width // 2] = ink
    return picture


def enlarged(image, size, resampling=BICUBIC):
    return np.asarray(Image.fromarray(image).resize((size, size), resampling))


def photograph(image, generator, size=500):
    """Dark ink on paper whose light falls off to one side, with grain."""
    light = np.linspace(0.65, 0.9, size)[:, None] + np.linspace(-0.1, 0.08, size)
    values = 255 * light * (1 - 0.5 * enlarged(image, size) / 255) + generator.normal(0, 6, (size, size))
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def placed(image, generator):
    """Somewhere on a large white sheet, at any size."""
    sheet = np.full((500, 700), 255, dtype=np.uint8)
    size = int(generator.integers(60, 400))
    top, left = generator.integers(0, 500 - size), generator.integers(0, 700 - size)
    sheet[top : top + size, left : left + size] = 255 - enlarged(image, size)
    return sheet


@pytest.mark.parametrize("thickness", [8, 16, 31])
@pytest.mark.parametrize(("height", "width"), [(200, 160), (160, 200), (397, 131), (100, 390)])
def test_a_picture_without_noise_is_made_as_the_paper_says(height, width, thickness):
    picture = stroke(height, width, thickness=thickness)
    expected = mnist_making.make(picture)
    expected /= 1 if expected.max() >= 0.9 else expected.max()  # thin ink is made heavier: users draw thinner than the paper's writers
    found = center_digit(picture) / 255
    assert np.abs(found - expected).mean() < 0.01
    assert abs(found.sum() - expected.sum()) < 0.1 * expected.sum()


def test_the_box_has_twenty_pixels_and_the_mass_is_in_the_middle():
    image = center_digit(stroke()).astype(float)
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    for axis in (0, 1):
        assert abs(image.sum(axis=1 - axis) @ np.arange(28) / image.sum() - 14) <= 0.5


def test_polarity_type_and_size_of_the_same_picture_do_not_matter():
    picture = stroke()
    wanted = center_digit(picture)
    as_bytes = (255 * picture).astype(np.uint8)
    for same in (
        as_bytes,
        255 - as_bytes,
        1 - picture,
        0.3 + 0.4 * picture,
        np.pad(picture, 100),
        np.pad(1 - picture, 7, constant_values=1),
    ):
        assert np.abs(center_digit(same).astype(int) - wanted).max() <= 1
    doubled = np.repeat(np.repeat(picture, 2, axis=0), 2, axis=1)
    assert np.abs(center_digit(doubled).astype(int) - wanted).mean() < 1
    assert_array_equal(center_digit(np.asfortranarray(as_bytes)), center_digit(as_bytes))


def test_the_picture_is_left_alone():
    picture = (255 * stroke()).astype(np.uint8)
    before = picture.copy()
    picture.flags.writeable = False
    center_digit(picture)
    assert_array_equal(picture, before)


def test_specks_do_not_change_the_size():
    clean = 1 - stroke()
    dirty = clean.copy()
    dirty[3:5, 4:6] = dirty[190:192, 150] = 0
    assert np.abs(center_digit(dirty).astype(int) - center_digit(clean)).max() <= 1


def test_ink_may_touch_the_border():
    picture = np.ones((100, 80))
    picture[:, 30:45] = 0
    image = center_digit(picture)
    assert (image.max(), (image > 127).sum()) == (255, 60)


@pytest.mark.parametrize("shape", [(3, 3), (5, 4), (8, 8), (3, 400), (399, 4)])
def test_one_pixel_of_ink_is_a_digit_of_any_size(shape):
    picture = np.zeros(shape)
    picture[shape[0] // 2, shape[1] // 2] = 1
    assert (center_digit(picture) > 127).sum() > 300  # the 20 x 20 box but its smoothed edge


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (2, 2)])
def test_a_picture_that_is_all_border_shows_nothing_or_a_digit(shape):
    for corner in (0, 255):
        picture = np.full(shape, 128, dtype=np.uint8)
        picture[-1, -1] = corner
        with contextlib.suppress(dc.DataError):
            assert center_digit(picture).shape == (28, 28)


@pytest.mark.parametrize("level", [0, 1, 127, 255])
def test_a_blank_picture_has_no_ink(level):
    with pytest.raises(dc.DataError, match=r"pixels must show a digit, got no ink: nothing differs from the border by 10%, only by 0\.0%"):
        center_digit(np.full((50, 60), level, dtype=np.uint8))


def test_grain_alone_is_no_ink():
    grain = np.random.default_rng(0).normal(0.8, 0.02, (300, 300))
    with pytest.raises(dc.DataError, match="got no ink"):
        center_digit(np.clip(grain, 0, 1))


REFUSED = {
    "colours": (np.zeros((4, 4, 3), np.uint8), dc.ShapeError, "must have the shape"),
    "line": (np.zeros(4, np.uint8), dc.ShapeError, "must have the shape"),
    "nothing": (np.zeros((0, 4), np.uint8), dc.ShapeError, "must have the shape"),
    "large": (np.broadcast_to(np.uint8(0), (1 << 20, 1 << 20)), dc.LimitError, "at most 4096 x 4096, got 1048576"),
    "integers": (np.zeros((4, 4), np.int64), TypeError, "must be uint8 or floating, got int64"),
    "texts": ([["a"]], TypeError, "must be uint8 or floating"),
    "nan": (np.full((4, 4), np.nan), dc.DataError, "must be in 0..1"),
    "above one": (np.full((4, 4), 255.0), dc.DataError, r"must be in 0..1, got 255\.\.255"),
    "below zero": (np.full((4, 4), -0.1), dc.DataError, "must be in 0..1"),
}


@pytest.mark.parametrize(("pixels", "kind", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_picture_is_refused(pixels, kind, message):
    with pytest.raises(kind, match=message):
        center_digit(pixels)


def test_images_of_mnist_come_back_unchanged(mnist):
    for image in mnist[0][:500]:
        assert_array_equal(center_digit(image), image)
        assert_array_equal(center_digit(255 - image), image)


@pytest.fixture(scope="module")
def reader(mnist):
    """A network that knows the digits a little: trained on the 1,600 images that the tests below do not use."""
    images, labels = mnist
    net = dc.models.mlp([784, 64, 10], seed=0)
    dc.fit(net, (images[400:], labels[400:]), epochs=30, optimizer="adam", progress=False)
    return net


DISTORTIONS = {
    "enlarged tenfold": (lambda image, _: 255 - enlarged(image, 280, Image.Resampling.NEAREST), 0.98, 1),
    "enlarged smoothly": (lambda image, _: enlarged(image, 517), 0.96, 10),
    "placed somewhere": (placed, 0.92, 12),
    "photographed": (photograph, 0.9, 15),
}


@pytest.mark.parametrize(("distort", "share", "distance"), DISTORTIONS.values(), ids=DISTORTIONS)
def test_distorted_digits_are_read_as_before(distort, share, distance, mnist, reader):
    generator = np.random.default_rng(0)
    images = mnist[0][:150]
    back = np.stack([center_digit(distort(image, generator)) for image in images])
    assert np.abs(back.astype(int) - images).mean() < distance
    assert (reader.predict(back) == reader.predict(images)).mean() >= share
