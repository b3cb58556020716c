"""What the faithful mode reports, how it is stopped, and what it refuses."""

import time

import numpy as np
import pytest

import ctrl_c
from digitcompress import _core
from digitcompress.errors import DataError, DivergenceError, ShapeError
from reference import source_script
from reference.source_script import Script, confusion_matrix, init_params

START = init_params((784, 10, 10), seed=1)


def train(images, labels, iterations=25, **options):
    return _core.faithful_train(images, labels, options.pop("start", START), options.pop("learning_rate", 0.1), iterations, **options)


def same_bits(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a["weights"], b["weights"], strict=True))


@pytest.fixture(scope="module")
def recorded(digits):
    """Result with a record every 7th iteration, the same records of the script, and the labels."""
    images, labels = digits
    _, records = Script(0.1, "both").gradient_descent(images.reshape(-1, 784).T / 255.0, labels, START, 25, every=7)
    return train(images, labels, compression="both", record_every=7), records, labels


def test_records_are_of_the_forward_pass_before_the_update(recorded):
    result, records, labels = recorded
    assert result["iteration"].tolist() == [0, 7, 14, 21] == [i for i, _ in records]
    for (_, probabilities), confusion, correct in zip(records, result["confusion"], result["correct"], strict=True):
        np.testing.assert_array_equal(confusion, confusion_matrix(probabilities.argmax(0), labels, 10))
        assert correct == np.sum(probabilities.argmax(0) == labels)


@pytest.mark.parametrize("loss", source_script.LOSSES)
def test_losses_are_the_sources(recorded, loss):
    result, records, labels = recorded
    expected = [source_script.LOSSES[loss](probabilities, labels) for _, probabilities in records]
    np.testing.assert_allclose(result["losses"][loss], expected, rtol=1e-9)
    by_class = [[source_script.LOSSES[loss](p[:, labels == c], labels[labels == c]) for c in range(10)] for _, p in records]
    np.testing.assert_allclose(result["class_losses"][loss], by_class, rtol=1e-9)


def test_every_source_loss_is_reported(recorded):
    assert set(recorded[0]["losses"]) == set(recorded[0]["class_losses"]) == set(source_script.LOSSES)


def test_a_class_without_images_has_no_mean_loss(digits):
    images, labels = digits
    result = train(images[labels != 4], labels[labels != 4], 1)
    assert np.isnan(result["class_losses"]["mse"][0]).tolist() == [c == 4 for c in range(10)]


def test_checkpoints_are_shorter_runs(digits):
    images, labels = digits
    dev = {"dev_images": images[:90], "dev_labels": labels[:90]}
    result = train(images, labels, 20, compression="both", checkpoints=[20, 3, 0], **dev)
    assert [each["iterations"] for each in result["checkpoints"]] == [0, 3, 20]
    assert same_bits(result["checkpoints"][0], {"weights": START})
    assert same_bits(result["checkpoints"][1], train(images, labels, 3, compression="both"))
    assert same_bits(result["checkpoints"][2], result)
    for each in [*result["checkpoints"], result]:
        predicted = _core.faithful_probabilities(images[:90], each["weights"], compression="both").argmax(1)
        np.testing.assert_array_equal(each["dev_confusion"], confusion_matrix(predicted, labels[:90], 10))


@pytest.mark.parametrize("compression", ["none", "quantized"])
def test_probabilities_are_the_scripts(digits, compression):
    images, _ = digits
    expected = Script(0.1, compression).forward_prop(START, images.reshape(-1, 784).T / 255.0)[1][-1].T
    found = _core.faithful_probabilities(images, START, compression=compression)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("as_reals", [False, True])
def test_the_number_of_threads_changes_no_bit(digits, as_reals):
    images, labels = np.tile(digits[0], (9, 1, 1)), np.tile(digits[1], 9)
    images = images / 255.0 if as_reals else images
    one, *others = (train(images, labels, 5, compression="both", record_every=2, threads=threads) for threads in (1, 2, 3, 8))
    for other in others:
        assert same_bits(one, other)
        assert all(np.array_equal(one["losses"][name], other["losses"][name]) for name in one["losses"])


def test_inputs_may_be_read_only_and_stay_as_they_are(digits):
    images, labels, start = digits[0].copy(), digits[1].copy(), [array.copy() for array in START]
    for array in (images, labels, *start):
        array.flags.writeable = False
    train(images, labels, 3, start=start, compression="both")
    assert np.array_equal(images, digits[0])
    assert all(np.array_equal(a, b) for a, b in zip(start, START, strict=True))


def test_ctrl_c_returns_the_last_whole_iteration_within_half_a_second(digits):
    images, labels = np.tile(digits[0], (20, 1, 1)), np.tile(digits[1], 20)
    with ctrl_c.pressed_after(0.3) as pressed:
        result = train(images, labels, 10_000_000, record_every=10)
        assert time.monotonic() - pressed[0] < 0.5
    assert result["interrupted"]
    assert 0 < result["iterations"] < 10_000_000
    assert result["iteration"][-1] <= result["iterations"]
    whole = train(images, labels, result["iterations"], record_every=10)
    assert not whole["interrupted"]
    assert same_bits(result, whole)


def test_progress_is_told_the_iterations_now_and_then(digits):
    told = []

    def progress(step):
        told.append((time.perf_counter(), step))
        if len(told) == 4:
            raise KeyboardInterrupt

    result = train(*digits, 10_000_000, progress=progress)
    times, steps = zip(*told, strict=True)
    assert steps == tuple(sorted(steps))
    assert min(np.diff(times)) > 0.045
    assert result["iterations"] == steps[-1]


def test_what_progress_raises_comes_out(digits):
    def progress(step):
        raise LookupError(step)

    with pytest.raises(LookupError):
        train(*digits, 10_000_000, progress=progress)


def test_divergence_is_an_error(digits):
    with pytest.raises(DivergenceError, match=r"weights must stay finite, W1 is not after iteration \d+ with learning_rate 1e\+06"):
        train(*digits, learning_rate=1e6)


def changed(index, array):
    return [array if i == index else each for i, each in enumerate(START)]


def with_value(array, value):
    array = array.copy()
    array.flat[5] = value
    return array


IMAGES = np.zeros((4, 784), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 9])
REFUSED = {
    "labels above": ({"labels": np.array([0, 1, 10, 2])}, DataError, r"labels must be in 0\.\.9, got 10 at 2"),
    "labels below": ({"labels": np.array([-1, 1, 1, 2])}, DataError, r"labels must be in 0\.\.9, got -1 at 0"),
    "labels missing": ({"labels": LABELS[:3]}, ShapeError, r"labels must be one for each of 4 images, got 3"),
    "labels one-hot": ({"labels": np.eye(4, dtype=np.int64)}, ShapeError, r"got 16 in 2 dimensions"),
    "labels float": ({"labels": LABELS.astype(float)}, DataError, r"labels must be C-contiguous int64, got float64"),
    "images float32": (
        {"images": IMAGES.astype(np.float32)},
        DataError,
        r"images \(uint8 or float64\) must be C-contiguous uint8, got float32",
    ),
    "images strided": ({"images": np.zeros((4, 1568), np.uint8)[:, ::2]}, DataError, r"must be C-contiguous"),
    "images flat": ({"images": IMAGES[0]}, ShapeError, r"images must have a row for each image, got 1 dimensions"),
    "images narrow": ({"images": IMAGES[:, :100].copy()}, ShapeError, r"images must have 784 pixels as W1 has columns, got 100"),
    "images none": ({"images": IMAGES[:0], "labels": LABELS[:0]}, DataError, r"at least one image"),
    "images endless": (
        {"images": np.lib.stride_tricks.as_strided(IMAGES[0, :1], (4, 1 << 20, 1 << 20), (0, 0, 0))},
        ShapeError,
        r"an image must have 1\.\.65536 pixels",
    ),
    "images nan": ({"images": with_value(IMAGES / 255.0, np.nan)}, DataError, r"images must be finite, got nan in image 0 at pixel 5"),
    "start nan": ({"start": changed(0, with_value(START[0], np.nan))}, DataError, r"start must be finite, got nan in W1 at 5"),
    "start infinite": ({"start": changed(3, with_value(START[3], np.inf))}, DataError, r"start must be finite, got inf in b2 at 5"),
    "start float32": ({"start": changed(0, START[0].astype(np.float32))}, DataError, r"W1 must be C-contiguous float64, got float32"),
    "start short": ({"start": START[:3]}, ShapeError, r"start must be W1, b1, W2, b2 or W1 … b3, got 3 arrays"),
    "start unchained": ({"start": changed(2, np.zeros((10, 9)))}, ShapeError, r"W2 must have shape \(10, 10\), got \(10, 9\)"),
    "bias long": ({"start": changed(1, np.zeros((9, 1)))}, ShapeError, r"b1 must have shape \(10, 1\) or one dimension, got \(9, 1\)"),
    "bias scalar": ({"start": changed(1, np.zeros(()))}, ShapeError, r"b1 must have shape \(10, 1\) or one dimension, got \(\)"),
    "weights 3-d": ({"start": changed(0, np.zeros((1, 10, 784)))}, ShapeError, r"W1 must have two dimensions"),
    "rate one": ({"rate": 1.0}, DataError, r"rate must be in \[0, 1\), got 1"),
    "rate nan": ({"rate": float("nan")}, DataError, r"rate must be in \[0, 1\), got nan"),
    "bits zero": ({"bits": 0}, DataError, r"bits must be in 1\.\.16, got 0"),
    "bits many": ({"bits": 17}, DataError, r"bits must be in 1\.\.16, got 17"),
    "learning rate zero": ({"learning_rate": 0.0}, DataError, r"learning_rate must be positive, got 0"),
    "learning rate nan": ({"learning_rate": float("nan")}, DataError, r"learning_rate must be positive, got nan"),
    "iterations none": ({"iterations": 0}, DataError, r"iterations must be at least 1, got 0"),
    "record never": ({"record_every": 0}, DataError, r"record_every must be at least 1, got 0"),
    "samples none": ({"gradient_samples": 0.0}, DataError, r"gradient_samples must be positive, got 0"),
    "threads none": ({"threads": 0}, DataError, r"threads must be at least 1, got 0"),
    "checkpoint late": ({"checkpoints": [26]}, DataError, r"checkpoints must be in 0\.\.25, got 26"),
    "compression unknown": ({"compression": "zip"}, DataError, r"unknown compression 'zip'; known: none, quantized, pruned, both"),
    "loss unknown": ({"loss": "huber"}, DataError, r"unknown loss of the source 'huber'; known: cross_entropy, "),
    "quirk unknown": ({"quirks": {"shy": True}}, DataError, r"unknown quirk 'shy'"),
    "dev half": ({"dev_images": IMAGES}, ShapeError, r"dev_images and dev_labels must come together"),
    "dev narrow": ({"dev_images": IMAGES[:, :9].copy(), "dev_labels": LABELS}, ShapeError, r"784 pixels as W1 has columns, got 9"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused(case):
    arguments, error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        train(**{"images": IMAGES, "labels": LABELS, **arguments})
