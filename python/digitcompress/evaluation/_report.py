"""Evaluate a network, and say what it costs."""

import html
import json
import math
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core, losses
from digitcompress._arrays import as_pair
from digitcompress._extras import import_extra
from digitcompress.evaluation._cost import size_bytes
from digitcompress.evaluation._metrics import precision_recall, wilson_interval
from digitcompress.network import Network, as_network, as_threads

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Report", "evaluate"]

_TIMED_IMAGES = 2048
_TIMED_ROUNDS = 5


@dataclass(frozen=True, eq=False)
class Report:
    """What a network does on labelled images, and what it costs.

    Attributes
    ----------
    count : int
        Images evaluated.
    accuracy, loss : float
        Share of correct predictions; mean loss.
    accuracy_interval : tuple of float
        Wilson's 95 % interval.
    confusion : ndarray of int64, shape (classes, classes)
        Counts by true class and prediction.
    precision, recall, f1, class_loss : ndarray of float64, shape (classes,)
        By class; nan where a class has no samples or no predictions.
    size_bytes, multiply_adds : int
        Bytes of the parameters; multiplications with additions for one image.
    microseconds_per_image : float
        Median time of the forward pass over up to 2,048 images.

    Examples
    --------
    >>> import digitcompress as dc
    >>> import numpy as np
    >>> report = dc.evaluate(dc.models.mlp([4, 2]), (np.eye(4, dtype=np.float32), [0, 1, 0, 1]))
    >>> report.count, report.confusion.sum(axis=1).tolist()
    (4, [2, 2])
    """

    count: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    loss: float
    confusion: NDArray[np.int64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    class_loss: NDArray[np.float64]
    size_bytes: int
    multiply_adds: int
    microseconds_per_image: float

    def frame(self) -> "pd.DataFrame":
        """Return a pandas DataFrame with a row for each class."""
        pandas = import_extra("pandas", extra="study", purpose="Report.frame")
        columns = {name: getattr(self, name) for name in ("precision", "recall", "f1", "class_loss")}
        return pandas.DataFrame({"samples": self.confusion.sum(axis=1), **columns}).rename_axis("class")

    def to_json(self) -> str:
        """Return everything as JSON; nan becomes null."""
        return json.dumps({name: _plain(value) for name, value in asdict(self).items()}, allow_nan=False)

    def __repr__(self) -> str:
        low, high = self.accuracy_interval
        return (
            f"Report({self.count:,} images: accuracy {self.accuracy:.1%} ({low:.1%}..{high:.1%}), loss {self.loss:.4g}, "
            f"{self.size_bytes:,} bytes, {self.multiply_adds:,} multiply-adds, {self.microseconds_per_image:.2f} µs per image)"
        )

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("class", "images", "precision", "recall", "F1", "loss"))
        rows = "".join(
            f"<tr><td>{c}</td><td>{self.confusion[c].sum()}</td><td>{self.precision[c]:.1%}</td><td>{self.recall[c]:.1%}</td>"
            f"<td>{self.f1[c]:.3f}</td><td>{self.class_loss[c]:.3f}</td></tr>"
            for c in range(len(self.recall))
        )
        return f"<p>{html.escape(repr(self))}</p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def evaluate(network: Network, data: Any, *, loss: Any = "cross_entropy", threads: int | None = None) -> Report:
    """Evaluate a network on labelled images.

    Parameters
    ----------
    network : Network
        Unchanged.
    data : Split or (images, labels)
        At least one sample.
    loss : str or loss, default="cross_entropy"
        What ``loss`` and ``class_loss`` measure.
    threads : int, optional
        At most so many threads.

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
    """
    as_network(network, "evaluate")
    images, labels = as_pair(data, network.input_shape, network.classes)
    tally = _core.evaluate(network._core, _core.ImageView(images), labels, losses.get(loss), as_threads(threads))
    confusion = tally["confusion"][0]
    counts = confusion.sum(axis=1)
    correct = int(np.trace(confusion))
    precision, recall = precision_recall(confusion)
    found = counts + confusion.sum(axis=0)
    return Report(
        count=len(images),
        accuracy=correct / len(images),
        accuracy_interval=wilson_interval(correct, len(images)),
        loss=float(tally["loss_sum"][0]) / len(images),
        confusion=confusion,
        precision=precision,
        recall=recall,
        f1=np.divide(2 * np.diagonal(confusion), found, out=np.full(len(found), np.nan), where=found > 0),
        class_loss=np.divide(tally["class_loss_sum"][0], counts, out=np.full(len(counts), np.nan), where=counts > 0),
        size_bytes=size_bytes(network),
        multiply_adds=network.multiply_adds,
        microseconds_per_image=_time_per_image(network, images[:_TIMED_IMAGES], threads),
    )


def _time_per_image(network: Network, images: NDArray[Any], threads: int | None) -> float:
    times = []
    for _ in range(_TIMED_ROUNDS):
        start = time.perf_counter()
        network.forward(images, threads=threads)
        times.append(time.perf_counter() - start)
    return 1e6 * float(np.median(times)) / len(images)


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
