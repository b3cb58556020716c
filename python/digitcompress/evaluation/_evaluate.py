"""Evaluate a network: one pass for the numbers, a few for the time."""

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core, losses
from digitcompress._arrays import as_pair, as_unlabelled, check_reconstruction
from digitcompress.evaluation._cost import size_bytes
from digitcompress.evaluation._metrics import precision_recall, wilson_interval
from digitcompress.evaluation._report import Report
from digitcompress.network import Network, as_network, as_threads

__all__ = ["evaluate"]

TIMED_IMAGES = 2048
TIMED_ROUNDS = 9
FEWEST_ROUNDS = 3
TIMED_SECONDS = 0.5
# Images whose outputs are held at a time.
BLOCK = 2048


def evaluate(network: Network, data: Any, *, loss: Any = "cross_entropy", threads: int | None = None) -> Report:
    """Evaluate a network on labelled images, or an auto-encoder on images.

    The time per image is the median of nine forward passes over the first 2,048 images, divided by their number, after one pass that is not
    timed. A slow network gets fewer passes, but at least three, once they have taken half a second.

    Parameters
    ----------
    network : Network
        Unchanged.
    data : Split or (images, labels)
        At least one sample. For a loss that compares the output with the input, images alone will do.
    loss : str or loss, default="cross_entropy"
        What ``loss`` and ``class_loss`` measure. For ``"reconstruction"`` and its like there is nothing by class.
    threads : int, optional
        At most so many threads, for the time as well.

    Returns
    -------
    Report

    Raises
    ------
    DataError, ShapeError, TypeError
        If an argument does not fit.

    Examples
    --------
    >>> import digitcompress as dc
    >>> report = dc.evaluate(dc.models.mlp([784, 10]), (np.zeros((4, 28, 28), dtype=np.uint8), [0, 0, 1, 2]))
    >>> report.accuracy
    0.5
    >>> dc.evaluate(dc.models.autoencoder(8), np.zeros((4, 28, 28), dtype=np.uint8), loss="reconstruction").classes
    0
    """
    as_network(network, "evaluate")
    chosen = losses.get(loss)
    measure = _reconstruction if chosen.reconstructs else _classification
    images, found = measure(network, data, chosen, threads)
    return Report(
        count=len(images),
        **found,
        size_bytes=size_bytes(network),
        multiply_adds=network.multiply_adds,
        microseconds_per_image=_time_per_image(network, images[:TIMED_IMAGES], threads),
    )


def _classification(network: Network, data: Any, loss: Any, threads: int | None) -> tuple[NDArray[Any], dict[str, Any]]:
    images, labels = as_pair(data, network.input_shape, network.classes)
    tally = _core.evaluate(network._core, _core.ImageView(images), labels, loss, as_threads(threads))
    mean_loss = float(tally["loss_sum"][0]) / len(images)
    return images, {"loss": mean_loss, **_by_class(tally["confusion"][0], tally["class_loss_sum"][0])}


def _reconstruction(network: Network, data: Any, loss: Any, threads: int | None) -> tuple[NDArray[Any], dict[str, Any]]:
    images = as_unlabelled(data, network.input_shape)
    check_reconstruction("evaluate", network.input_shape, network.classes)
    total = 0.0
    for first in range(0, len(images), BLOCK):
        block = images[first : first + BLOCK]
        targets = block / np.float32(255) if block.dtype == np.uint8 else block
        each, _ = _core.reconstruction_gradient(loss, network.forward(block, threads=threads), targets)
        total += float(each.sum(dtype=np.float64))
    nothing = np.empty(0)
    by_class = dict.fromkeys(("precision", "recall", "f1", "class_loss"), nothing)
    return images, {
        "loss": total / len(images),
        "accuracy": np.nan,
        "accuracy_interval": (np.nan, np.nan),
        "confusion": np.empty((0, 0), dtype=np.int64),
        **by_class,
    }


def _by_class(confusion: NDArray[np.int64], loss_sums: NDArray[np.float64]) -> dict[str, Any]:
    counts, correct, total = confusion.sum(axis=1), int(np.trace(confusion)), int(confusion.sum())
    precision, recall = precision_recall(confusion)
    found = counts + confusion.sum(axis=0)
    return {
        "accuracy": correct / total,
        "accuracy_interval": wilson_interval(correct, total),
        "confusion": confusion,
        "precision": precision,
        "recall": recall,
        "f1": np.divide(2 * np.diagonal(confusion), found, out=np.full(len(found), np.nan), where=found > 0),
        "class_loss": np.divide(loss_sums, counts, out=np.full(len(counts), np.nan), where=counts > 0),
    }


def _time_per_image(network: Network, images: NDArray[Any], threads: int | None) -> float:
    network.forward(images, threads=threads)
    times: list[float] = []
    while len(times) < FEWEST_ROUNDS or (len(times) < TIMED_ROUNDS and sum(times) < TIMED_SECONDS):
        start = time.perf_counter()
        network.forward(images, threads=threads)
        times.append(time.perf_counter() - start)
    return 1e6 * float(np.median(times)) / len(images)
