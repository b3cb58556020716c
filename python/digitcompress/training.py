"""Training: one call, loops in C++."""

import math
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core, losses, optimizers
from digitcompress._arguments import as_integer, as_number
from digitcompress._arrays import as_pair
from digitcompress._extras import import_extra
from digitcompress.errors import DataError, ShapeError, StateError
from digitcompress.evaluation import precision_recall
from digitcompress.network import Network, as_network, as_threads

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["History", "fit", "gradients"]


class History:
    """What a training run recorded: one entry for each recorded step, taken from its forward pass before its update.

    Attributes
    ----------
    columns : dict of ndarray
        ``step``, ``epoch``, ``loss``, ``accuracy``, ``samples``: shape (records,). ``confusion``: (records, classes, classes), counts by
        true class and prediction. ``class_loss``: (records, classes), mean loss of each class, nan without samples. With validation data
        also ``val_loss``, ``val_accuracy``, ``val_confusion`` and ``val_class_loss``.
    steps : int
        Updates done.
    interrupted : bool
        Whether Ctrl-C ended the run early; the network is then at its last whole step.

    Examples
    --------
    >>> import digitcompress as dc
    >>> import numpy as np
    >>> net = dc.models.mlp([4, 2])
    >>> history = dc.fit(net, (np.eye(4, dtype=np.float32), [0, 1, 0, 1]), epochs=3, batch_size=None, record_every=1, progress=False)
    >>> history.steps, history.columns["step"].tolist()
    (3, [0, 1, 2])
    """

    def __init__(self, result: Mapping[str, Any]) -> None:
        self.steps = int(result["steps"])
        self.interrupted = bool(result["interrupted"])
        samples = result["samples"].astype(np.int64)
        self.columns: dict[str, NDArray[Any]] = {
            "step": result["step"].astype(np.int64),
            "epoch": result["epoch"].astype(np.int64),
            "samples": samples,
            **_columns(result, "", samples),
        }
        if "val_confusion" in result:
            self.columns |= _columns(result, "val_", result["val_confusion"].sum(axis=(1, 2)))

    def frame(self) -> "pd.DataFrame":
        """Return a pandas DataFrame, one row a record; per-class columns are ``precision[c]``, ``recall[c]`` and ``class_loss[c]``."""
        pandas = import_extra("pandas", extra="study", purpose="History.frame")
        flat = {name: values for name, values in self.columns.items() if values.ndim == 1}
        precision, recall = precision_recall(self.columns["confusion"])
        by_class = {"precision": precision, "recall": recall, "class_loss": self.columns["class_loss"]}
        for name, values in by_class.items():
            flat |= {f"{name}[{c}]": values[:, c] for c in range(values.shape[1])}
        return pandas.DataFrame(flat)

    def __repr__(self) -> str:
        ended = ", interrupted" if self.interrupted else ""
        if len(self.columns["step"]) == 0:
            return f"History({self.steps} steps{ended})"
        return f"History({self.steps} steps{ended}; loss {self.columns['loss'][-1]:.4g}, accuracy {self.columns['accuracy'][-1]:.1%})"


def _columns(result: Mapping[str, Any], prefix: str, samples: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    confusion = result[f"{prefix}confusion"]
    counts = confusion.sum(axis=2)
    class_loss = np.full(counts.shape, np.nan)
    np.divide(result[f"{prefix}class_loss_sum"], counts, out=class_loss, where=counts > 0)
    return {
        f"{prefix}loss": result[f"{prefix}loss_sum"] / samples,
        f"{prefix}accuracy": np.trace(confusion, axis1=1, axis2=2) / samples,
        f"{prefix}confusion": confusion,
        f"{prefix}class_loss": class_loss,
    }


class _Bar:
    """A tqdm bar that follows the steps, then the user's callback."""

    def __init__(self, total: int, progress: Any, callback: Callable[[int], Any] | None) -> None:
        self._bar = None
        self._callback = callback
        if progress is True or (progress == "auto" and sys.stderr is not None and sys.stderr.isatty()):
            from tqdm.auto import tqdm

            self._bar = tqdm(total=total, unit="step", desc="fit", leave=False)

    def __call__(self, step: int) -> None:
        if self._bar is not None:
            self._bar.update(step - self._bar.n)
        if self._callback is not None:
            self._callback(step)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def fit(
    network: Network,
    data: Any,
    *,
    validation: Any = None,
    loss: Any = "cross_entropy",
    optimizer: Any = "sgd",
    epochs: int = 10,
    batch_size: int | None = 64,
    class_weight: Any = None,
    sample_weight: Any = None,
    record_every: int | None = None,
    gradient_samples: float | None = None,
    first_step: int = 0,
    seed: int = 0,
    threads: int | None = None,
    progress: bool | str = "auto",
    callback: Callable[[int], Any] | None = None,
) -> History:
    """Train a network in place.

    Parameters
    ----------
    network : Network
        Its parameters change; its structure does not.
    data : Split or (images, labels)
        Labels are 0..classes - 1.
    validation : Split or (images, labels), optional
        Evaluated at every record.
    loss : str or loss, default="cross_entropy"
        A name of ``dc.losses.names()`` or an object of ``dc.losses``. Losses are means over the samples.
    optimizer : str or optimizer, default="sgd"
        A name of ``dc.optimizers.names()`` or an object of ``dc.optimizers``.
    epochs : int, default=10
        Passes over the data.
    batch_size : int or None, default=64
        Samples a step, drawn by shuffling every epoch; None, or at least the number of samples: all of them, in order.
    class_weight : "balanced", mapping or sequence of float, optional
        Factor of each class in the loss; balanced is n / (classes · n_c).
    sample_weight : array_like, shape (samples,), optional
        Factor of each sample in the loss.
    record_every : int, optional
        Steps from record to record; by default one epoch, with full batches 10 steps.
    gradient_samples : float, optional
        What summed gradients are divided by, instead of the number of samples.
    first_step : int, default=0
        Number of the first step: records and random draws of a continued training go on from there.
    seed : int, default=0
        Keys the shuffling. Same seed, same bits, for any thread count.
    threads : int, optional
        At most so many threads.
    progress : {"auto", True, False}
        Whether to show a bar; "auto" does when the terminal can.
    callback : callable, optional
        Called with the steps done about every 50 ms; an exception it raises stops the run and reaches the caller.

    Returns
    -------
    History
        After Ctrl-C, ``interrupted`` is true and the network at its last whole step.

    Raises
    ------
    DataError, ShapeError, TypeError
        If an argument does not fit; the network is unchanged then.
    DivergenceError
        If the loss or a parameter is no longer finite; the network is back at its last recorded finite state.
    StateError
        If another thread is training this network.

    Examples
    --------
    >>> import digitcompress as dc
    >>> images, labels = np.eye(10, 784, dtype=np.uint8) * 255, np.arange(10)
    >>> net = dc.models.mlp([784, 10, 10], seed=1)
    >>> dc.fit(net, (images, labels), epochs=200, batch_size=None, optimizer=dc.optimizers.SGD(1.0), progress=False).steps
    200
    """
    as_network(network, "fit")
    images, labels = as_pair(data, network.input_shape, network.classes)
    held_out = None if validation is None else as_pair(validation, network.input_shape, network.classes, "validation")
    schedule = {
        **_batches(len(images), epochs, batch_size, record_every),
        "gradient_samples": 0.0 if gradient_samples is None else as_number("fit: gradient_samples", gradient_samples, 0.0, open_low=True),
        "first_step": as_integer("fit: first_step", first_step, 0),
        "seed": as_integer("fit: seed", seed, 0),
        "threads": as_threads(threads),
    }
    weights = _sample_weights(sample_weight, len(images)), _class_weights(class_weight, labels, network.classes)
    chosen = losses.get(loss), optimizers.get(optimizer)
    bar = _Bar(schedule["epochs"] * schedule["steps_an_epoch"], progress, _checked_callback(callback))
    view = None if held_out is None else (_core.ImageView(held_out[0]), held_out[1])
    with _sole_use(network), closing(bar):
        result = _core.fit(network._core, _core.ImageView(images), labels, view, *chosen, schedule, *weights, bar)
    history = History(result)
    if history.interrupted:
        warnings.warn(f"fit was interrupted after {history.steps} steps; the network is at the last whole one", stacklevel=2)
    return history


@contextmanager
def _sole_use(network: Network) -> Iterator[None]:
    if not network._lock.acquire(blocking=False):
        message = "fit: the network must not be training already, got one that another call trains"
        raise StateError(message)
    try:
        yield
    finally:
        network._lock.release()


def _checked_callback(callback: Any) -> Callable[[int], Any] | None:
    if callback is None:
        return None
    if callable(callback):
        return partial(callback)
    message = f"fit: callback must be callable, got {callback!r}"
    raise TypeError(message)


def _batches(samples: int, epochs: int, batch_size: int | None, record_every: int | None) -> dict[str, Any]:
    batch = samples if batch_size is None else as_integer("fit: batch_size", batch_size, 1)
    steps = math.ceil(samples / batch)
    every = (10 if batch_size is None else steps) if record_every is None else record_every
    return {
        "epochs": as_integer("fit: epochs", epochs, 0),
        "batch_size": 0 if steps == 1 else batch,
        "steps_an_epoch": steps,
        "record_every": as_integer("fit: record_every", every, 1),
    }


def _check_weights(name: str, weights: NDArray[np.float32]) -> None:
    bad = ~(np.isfinite(weights) & (weights >= 0))
    if bad.any():
        index = int(bad.argmax())
        message = f"fit: {name} must be finite and at least 0, got {weights[index]:g} at index {index}"
        raise DataError(message)
    if not (weights > 0).any():
        message = f"fit: {name} must not be all zero, got {len(weights)} zeros"
        raise DataError(message)


def _class_weights(class_weight: Any, labels: NDArray[np.int64], classes: int) -> list[float]:
    if class_weight is None:
        return []
    if isinstance(class_weight, str) and class_weight == "balanced":
        counts = np.bincount(labels, minlength=classes)
        weights = np.divide(len(labels), classes * counts, out=np.zeros(classes), where=counts > 0).astype(np.float32)
    elif isinstance(class_weight, Mapping):
        weights = np.array([class_weight.get(c, 1.0) for c in range(classes)], dtype=np.float32)
    else:
        weights = np.asarray(class_weight, dtype=np.float32)
    if weights.shape != (classes,):
        message = f"fit: class_weight must have {classes} entries, one a class, got the shape {weights.shape}"
        raise ShapeError(message)
    _check_weights("class_weight", weights)
    return [float(weight) for weight in weights]


def _sample_weights(sample_weight: Any, count: int) -> NDArray[np.float32] | None:
    if sample_weight is None:
        return None
    weights = np.require(np.asarray(sample_weight), np.float32, "C")
    if weights.shape != (count,):
        message = f"fit: sample_weight must have the shape ({count},), one for each image, got {weights.shape}"
        raise ShapeError(message)
    _check_weights("sample_weight", weights)
    return weights


def gradients(network: Network, data: Any, *, loss: Any = "cross_entropy", threads: int | None = None) -> dict[str, NDArray[np.float32]]:
    """Return the gradient of the mean loss with respect to every effective parameter.

    Parameters
    ----------
    network : Network
        Unchanged.
    data : Split or (images, labels)
        At least one sample.
    loss : str or loss, default="cross_entropy"
        A name of ``dc.losses.names()`` or an object of ``dc.losses``.
    threads : int, optional
        At most so many threads.

    Returns
    -------
    dict of str to ndarray of float32
        By parameter name, in the parameter's shape.

    Raises
    ------
    DataError, ShapeError, TypeError
        If an argument does not fit.

    Examples
    --------
    >>> import digitcompress as dc
    >>> images = np.zeros((4, 28, 28), dtype=np.uint8)
    >>> gradients(dc.models.mlp([784, 10]), (images, [0, 0, 0, 0]))["fc1.bias"].round(1)[:2]
    array([-0.9,  0.1], dtype=float32)
    """
    as_network(network, "gradients")
    images, labels = as_pair(data, network.input_shape, network.classes)
    found: dict[str, NDArray[np.float32]] = _core.network_gradient(
        network._core, _core.ImageView(images), labels, losses.get(loss), as_threads(threads)
    )
    return found
