"""Every registered augmentation: changed images against the float64 oracle, which draws the same random numbers."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import augmentation as reference
from reference import philox

# Places are float32, so they are off by some millionths of a pixel, and values by that much of the step between two pixels.
FLOAT32_ATOL = 2e-4


def cases():
    return [(name, hyper) for name in dc.augmentation.names() for hyper in [{}, *reference.VARIANTS.get(name, [])]]


def case_id(value):
    return "-".join(f"{key}={item}" for key, item in value.items()) or "default" if isinstance(value, dict) else value


every_case = pytest.mark.parametrize(("name", "hyper"), cases(), ids=case_id)
every_augmentation = pytest.mark.parametrize("name", dc.augmentation.names())


def made(sequence):
    return [replace(dc.augmentation.get(name), **hyper) for name, hyper in sequence]


def noise_images(samples=5, shape=(1, 28, 28), seed=0):
    return np.random.default_rng(seed).random((samples, *shape)).astype(np.float32)


def oracle(images, sequence, **keys):
    return np.stack([reference.change(image, sequence, sample=sample, **keys) for sample, image in enumerate(images)])


def test_every_augmentation_has_an_oracle_and_every_oracle_an_augmentation():
    assert sorted(dc.augmentation.names()) == sorted(reference.AUGMENTATIONS)


def test_the_oracle_s_random_numbers_are_philox():
    """Vectors of the Random123 distribution, kat_vectors."""
    assert philox.blocks(0, 0, [0])[0].tolist() == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    pi = philox.blocks(0x299F31D0A4093822, 0x0370734413198A2E, [0x85A308D3243F6A88])
    assert pi[0].tolist() == [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


@every_case
@pytest.mark.parametrize("shape", [(1, 28, 28), (1, 8, 8), (3, 13, 30), (1, 1, 5), (2, 40, 7)], ids=str)
def test_floats_equal_the_oracle(name, hyper, shape):
    images = noise_images(shape=shape)
    changed = dc.augmentation.apply(images, made([(name, hyper)]), seed=3, epoch=7)
    assert changed.dtype == np.float32
    assert_allclose(changed, oracle(images, [(name, hyper)], seed=3, epoch=7), rtol=0, atol=FLOAT32_ATOL)


@pytest.mark.parametrize(
    "names", [("affine", "elastic"), ("elastic", "affine"), ("shift", "shift"), ("elastic", "elastic", "shift", "affine"), ()], ids=str
)
def test_sequences_equal_the_oracle(names):
    images, sequence = noise_images(), [(name, {}) for name in names]
    assert_allclose(dc.augmentation.apply(images, made(sequence), seed=1), oracle(images, sequence, seed=1), rtol=0, atol=FLOAT32_ATOL)


@every_case
def test_bytes_are_the_rounded_oracle(name, hyper):
    images = (noise_images() * 255).astype(np.uint8)
    changed = dc.augmentation.apply(images, made([(name, hyper)]), seed=2**63 - 1)
    expected = oracle(images, [(name, hyper)], seed=2**63 - 1)
    assert changed.dtype == np.uint8
    # Half a grey level is the rounding; the rest is what float32 places cost where neighbours differ most.
    assert_allclose(changed, expected, rtol=0, atol=0.5 + 255 * FLOAT32_ATOL)
    assert (changed == np.floor(expected + 0.5)).mean() > 0.995


@every_augmentation
def test_flat_grey_stays_in_range(name):
    images = np.full((50, 28, 28), 255, dtype=np.uint8)
    changed = dc.augmentation.apply(images, name)
    assert (changed[:, 12:16, 12:16] == 255).all()
    assert_allclose(dc.augmentation.apply(np.ones((50, 28, 28), dtype=np.float32), name).max(), 1, atol=1e-6)


@every_augmentation
def test_an_image_depends_on_seed_epoch_and_its_number_alone(name):
    images = np.repeat(noise_images(1), 40, axis=0)
    first = dc.augmentation.apply(images, name, seed=5, epoch=1, threads=1)
    for threads in (2, 3, 8, 64):
        assert_array_equal(dc.augmentation.apply(images, name, seed=5, epoch=1, threads=threads), first)
    assert_array_equal(dc.augmentation.apply(images[:7], name, seed=5, epoch=1), first[:7])
    assert len(np.unique(first.reshape(40, -1), axis=0)) > 12  # a shift by up to two pixels has 25 results
    for other in (dc.augmentation.apply(images, name, seed=6, epoch=1), dc.augmentation.apply(images, name, seed=5, epoch=2)):
        assert (other != first).any()


@every_augmentation
def test_images_are_not_written_to(name):
    images = noise_images()
    images.flags.writeable = False
    before = images.copy()
    dc.augmentation.apply(images, name)
    assert_array_equal(images, before)


def test_shifts_are_evenly_distributed():
    images = np.zeros((9000, 9, 9), dtype=np.uint8)
    images[:, 4, 4] = 1
    changed = dc.augmentation.apply(images, dc.augmentation.Shift(pixels=1), seed=1)
    counts = changed.sum(axis=0)[3:6, 3:6]
    assert counts.sum() == 9000
    assert (np.abs(counts - 1000.0) < 5 * np.sqrt(1000)).all()


def test_displacements_have_the_size_that_smoothing_leaves():
    """Uniform noise has the deviation 1/sqrt(3); a Gaussian in two dimensions leaves 1 / (2 sqrt(pi) sigma) of it."""
    ramp = np.broadcast_to(np.arange(64, dtype=np.float32), (200, 64, 64))
    moved = dc.augmentation.apply(ramp, dc.augmentation.Elastic(alpha=34.0, sigma=4.0)) - ramp
    expected = 34 / np.sqrt(3) / (2 * np.sqrt(np.pi) * 4)
    assert moved[:, 16:48, 16:48].std() == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(
    ("name", "hyper"),
    [
        ("affine", {"rotation": 181.0}),
        ("affine", {"scale": 1.0}),
        ("affine", {"shear": -1.0}),
        ("affine", {"shift": np.nan}),
        ("shift", {"pixels": -1}),
        ("shift", {"pixels": 1001}),
        ("elastic", {"alpha": -1.0}),
        ("elastic", {"sigma": 0.0}),
        ("elastic", {"sigma": np.inf}),
    ],
)
def test_hyper_parameters_outside_their_range_are_refused_by_name(name, hyper):
    kind = type(dc.augmentation.get(name))
    with pytest.raises(dc.DataError, match=rf"^{kind.__name__}: {next(iter(hyper))} must be .*, got"):
        kind(**hyper)


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "message"),
    [
        ((np.zeros((3, 784)), "shift"), {}, dc.ShapeError, r"images must have the shape .*, got \(3, 784\)"),
        ((np.zeros((3, 0, 5)), "shift"), {}, dc.ShapeError, r"at least one pixel, got the shape \(3, 0, 5\)"),
        ((np.full((1, 4, 4), np.nan), "shift"), {}, dc.DataError, "must be finite"),
        ((np.zeros((1, 4, 4)), "blur"), {}, dc.DataError, "unknown augmentation 'blur'; known: affine, shift, elastic"),
        ((np.zeros((1, 4, 4)), ["shift"] * 17), {}, dc.DataError, "at most 16 in a sequence, got 17"),
        ((np.zeros((1, 4, 4)), 5), {}, TypeError, "augmentation must be one of"),
        ((np.zeros((1, 4, 4)), "shift"), {"seed": -1}, dc.DataError, "seed must be at least 0, got -1"),
        ((np.zeros((1, 4, 4)), "shift"), {"epoch": 1.5}, TypeError, "epoch must be an integer"),
    ],
)
def test_bad_arguments_are_named(arguments, settings, error, message):
    with pytest.raises(error, match=message):
        dc.augmentation.apply(*arguments, **settings)


def test_no_images_give_no_images():
    assert dc.augmentation.apply(np.zeros((0, 28, 28), dtype=np.uint8), "affine").shape == (0, 28, 28)
