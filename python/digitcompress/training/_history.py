"""What a training run recorded."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._extras import import_extra
from digitcompress.errors import StateError
from digitcompress.evaluation import precision_recall
from digitcompress.plots import curves

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["History"]


class History:
    """What a training run recorded: one entry for each epoch, or for each step recorded.

    The entry of an epoch sums its forward passes, each before its update, as Keras does; its validation follows its last update. The entry
    of a step (``fit(record_every=...)``, and full batches) is that step's forward pass, before its update, and its validation is of the
    same parameters.

    Attributes
    ----------
    columns : dict of ndarray
        ``step`` (updates done when it was recorded), ``epoch`` (from 0), ``loss``, ``accuracy``, ``samples``, ``learning_rate``: shape
        (records,). ``confusion``: (records, classes, classes), counts by true class and prediction. ``class_loss``: (records, classes),
        mean loss of each class, nan without samples. With validation data also ``val_loss``, ``val_accuracy``, ``val_confusion`` and
        ``val_class_loss``. Losses that reconstruct have no columns of accuracies and classes.
    steps : int
        Updates done.
    interrupted : bool
        Whether Ctrl-C ended the run early; the network is then at its last whole step.

    Examples
    --------
    >>> import digitcompress as dc
    >>> import numpy as np
    >>> net = dc.models.mlp([4, 2])
    >>> history = dc.fit(net, (np.eye(4, dtype=np.float32), [0, 1, 0, 1]), epochs=3, batch_size=2, progress=False)
    >>> history.steps, history.columns["epoch"].tolist(), history.columns["step"].tolist()
    (6, [0, 1, 2], [2, 4, 6])
    """

    def __init__(self, result: Mapping[str, Any]) -> None:
        self.steps = int(result["steps"])
        self.interrupted = bool(result["interrupted"])
        self.columns: dict[str, NDArray[Any]] = columns_of(result)

    @classmethod
    def of(cls, columns: Mapping[str, NDArray[Any]], *, steps: int, interrupted: bool) -> "History":
        """Return a history of finished columns."""
        history = cls.__new__(cls)
        history.steps, history.interrupted, history.columns = steps, interrupted, dict(columns)
        return history

    def __add__(self, other: Any) -> "History":
        """Return the records of a run followed by those of the run that went on from it (``fit(first_step=...)``)."""
        if not isinstance(other, History):
            return NotImplemented
        columns = joined(self.columns, other.columns)
        return History.of(columns, steps=self.steps + other.steps, interrupted=other.interrupted)

    def frame(self) -> "pd.DataFrame":
        """Return a pandas DataFrame, one row a record; per-class columns are ``precision[c]``, ``recall[c]`` and ``class_loss[c]``."""
        pandas = import_extra("pandas", extra="study", purpose="History.frame")
        flat = {name: values for name, values in self.columns.items() if values.ndim == 1}
        if "confusion" not in self.columns:
            return pandas.DataFrame(flat)
        precision, recall = precision_recall(self.columns["confusion"])
        by_class = {"precision": precision, "recall": recall, "class_loss": self.columns["class_loss"]}
        for name, values in by_class.items():
            flat |= {f"{name}[{c}]": values[:, c] for c in range(values.shape[1])}
        return pandas.DataFrame(flat)

    def plot(self, **options: Any) -> "Figure":
        """Draw loss and accuracy; takes what ``dc.plots.curves`` takes."""
        return curves(self, **options)

    def __repr__(self) -> str:
        ended = ", interrupted" if self.interrupted else ""
        if len(self.columns["step"]) == 0:
            return f"History({self.steps} steps{ended})"
        accuracy = f", accuracy {self.columns['accuracy'][-1]:.1%}" if "accuracy" in self.columns else ""
        return f"History({self.steps} steps{ended}; loss {self.columns['loss'][-1]:.4g}{accuracy})"


def columns_of(result: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return the columns of records as the core stacks them."""
    columns: dict[str, NDArray[Any]] = {name: result[name].astype(np.int64) for name in ("step", "epoch", "samples")}
    if "learning_rate" in result:
        columns["learning_rate"] = result["learning_rate"]
    columns |= _tally_columns(result, "", columns["samples"])
    if "val_confusion" in result:
        columns |= _tally_columns(result, "val_", result["val_samples"])
    return columns


def joined(first: Mapping[str, NDArray[Any]], second: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the records of two sets of columns, one after the other; those without records may lack some."""
    for one, other in ((first, second), (second, first)):
        if len(one.get("step", ())) == 0:
            return dict(other)
    if first.keys() != second.keys():
        message = f"History: both must have the same columns, got {', '.join(sorted(first.keys() ^ second.keys()))} in one only"
        raise StateError(message)
    return {name: np.concatenate([first[name], second[name]]) for name in first}


def _tally_columns(result: Mapping[str, Any], prefix: str, samples: NDArray[Any]) -> dict[str, NDArray[Any]]:
    confusion = result[f"{prefix}confusion"]
    if confusion.shape[-1] == 0:
        return {f"{prefix}loss": result[f"{prefix}loss_sum"] / samples}
    counts = confusion.sum(axis=2)
    class_loss = np.full(counts.shape, np.nan)
    np.divide(result[f"{prefix}class_loss_sum"], counts, out=class_loss, where=counts > 0)
    return {
        f"{prefix}loss": result[f"{prefix}loss_sum"] / samples,
        f"{prefix}accuracy": np.trace(confusion, axis1=1, axis2=2) / samples,
        f"{prefix}confusion": confusion,
        f"{prefix}class_loss": class_loss,
    }
