"""What a network does and costs, as a value that shows itself."""

import json
import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._extras import import_extra
from digitcompress.errors import FormatError
from digitcompress.evaluation._show import as_html, as_line, as_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Report"]


@dataclass(frozen=True, eq=False)
class Report:
    """What a network does on images, and what it costs.

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
        Median time of the forward pass, see `evaluate`.

    Notes
    -----
    A loss that compares the output with the input knows no classes: accuracy and interval are then nan, and the arrays empty.

    Examples
    --------
    >>> import digitcompress as dc
    >>> report = dc.evaluate(dc.models.mlp([4, 2]), (np.eye(4, dtype=np.float32), [0, 1, 0, 1]))
    >>> report.count, report.confusion.sum(axis=1).tolist()
    (4, [2, 2])
    >>> Report.from_json(report.to_json()).loss == report.loss
    True
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

    @property
    def classes(self) -> int:
        """Number of classes; 0 when the loss compares the output with the input."""
        return len(self.confusion)

    def frame(self) -> "pd.DataFrame":
        """Return a pandas DataFrame with a row for each class."""
        pandas = import_extra("pandas", extra="study", purpose="Report.frame")
        columns = {name: getattr(self, name) for name in ("precision", "recall", "f1", "class_loss")}
        return pandas.DataFrame({"samples": self.confusion.sum(axis=1), **columns}).rename_axis("class")

    def to_json(self) -> str:
        """Return everything as JSON; nan becomes null."""
        return json.dumps({field.name: _plain(getattr(self, field.name)) for field in fields(self)}, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Report":
        """Return the report that `to_json` wrote.

        Raises
        ------
        FormatError
            If the text is not a report.
        """
        try:
            values = json.loads(text)
            return cls(**{field.name: _READERS[field.name](values.pop(field.name)) for field in fields(cls)}, **values)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            message = f"Report.from_json: the text must be JSON as Report.to_json writes it, got {text[:60]!r} ({error})"
            raise FormatError(message) from error

    def text(self) -> str:
        """Return everything but the confusion matrix as lines for a terminal."""
        return as_text(self)

    def __repr__(self) -> str:
        return f"Report({as_line(self)})"

    def _repr_html_(self) -> str:
        return as_html(self)


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _array(values: Any) -> NDArray[np.float64]:
    return np.array([_number(value) for value in values], dtype=np.float64)


def _counts(values: Any) -> NDArray[np.int64]:
    counts = np.array(values, dtype=np.int64)
    return counts.reshape(len(counts), len(counts))


def _interval(values: Any) -> tuple[float, float]:
    low, high = values
    return _number(low), _number(high)


_READERS: dict[str, Any] = {
    **dict.fromkeys(("accuracy", "loss", "microseconds_per_image"), _number),
    **dict.fromkeys(("count", "size_bytes", "multiply_adds"), int),
    **dict.fromkeys(("precision", "recall", "f1", "class_loss"), _array),
    "accuracy_interval": _interval,
    "confusion": _counts,
}


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
