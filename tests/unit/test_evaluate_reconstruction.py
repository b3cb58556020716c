"""dc.evaluate of auto-encoders: a loss against the input, and nothing by class."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

import digitcompress as dc
from digitcompress.evaluation import _evaluate
from reference import losses

FLOAT32_RTOL = 1e-5


@pytest.fixture(scope="module")
def network():
    return dc.models.autoencoder(20, seed=1)


@pytest.fixture(scope="module")
def images(digits):
    return digits[0]


def expected_loss(network, images, loss):
    targets = images.reshape(len(images), -1) / (255.0 if images.dtype == np.uint8 else 1.0)
    return losses.RECONSTRUCTIONS[loss](network.forward(images).astype(np.float64), targets)[0].mean()


@pytest.mark.parametrize("loss", losses.RECONSTRUCTIONS)
@pytest.mark.parametrize("block", [7, 600, 2048])
def test_the_loss_compares_the_output_with_the_input(loss, block, network, images, monkeypatch):
    monkeypatch.setattr(_evaluate, "BLOCK", block)
    report = dc.evaluate(network, images, loss=loss)
    assert_allclose(report.loss, expected_loss(network, images, loss), rtol=FLOAT32_RTOL)
    assert (report.count, report.multiply_adds) == (600, 2 * 784 * 20)


def test_floating_images_are_compared_as_they_are(network, images):
    pixels = images.astype(np.float32) / 128
    assert_allclose(
        dc.evaluate(network, pixels, loss="reconstruction").loss, expected_loss(network, pixels, "reconstruction"), rtol=FLOAT32_RTOL
    )


def test_labels_are_not_needed_and_not_looked_at(network, images, digits):
    alone, pair, wrong = (dc.evaluate(network, data, loss="reconstruction").loss for data in (images, digits, (images, None)))
    assert alone == pair == wrong


def test_the_report_says_nothing_by_class(network, images):
    report = dc.evaluate(network, images, loss="reconstruction")
    assert report.classes == 0
    assert np.isnan([report.accuracy, *report.accuracy_interval]).all()
    shown = [repr(report), report.text(), report._repr_html_()]
    assert [text for text in shown if "nan" in text or "accuracy" in text or "<table" in text] == []
    assert [text for text in shown if f"{report.loss:.4g}" not in text] == []
    assert json.loads(report.to_json())["accuracy"] is None
    again = dc.Report.from_json(report.to_json())
    assert (again.loss, again.classes, again.confusion.shape) == (report.loss, 0, (0, 0))


def test_threads_change_nothing(network, images):
    one, many = (dc.evaluate(network, images, loss="reconstruction", threads=threads).loss for threads in (1, 8))
    assert one == many


def test_a_classifier_reconstructs_nothing(images):
    with pytest.raises(dc.ShapeError, match="the output must have the input's 784 values, got 10"):
        dc.evaluate(dc.models.mlp([784, 10]), images, loss="reconstruction")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (np.zeros((0, 28, 28), np.uint8), dc.DataError),
        (np.zeros((2, 27, 28), np.uint8), dc.ShapeError),
        (None, TypeError),
        (["a"], TypeError),
    ],
    ids=["none", "another size", "None", "text"],
)
def test_data_that_is_no_images_is_refused(network, data, error):
    with pytest.raises(error, match=r"data|images"):
        dc.evaluate(network, data, loss="reconstruction")
