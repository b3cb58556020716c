"""Stop when an epoch's value no longer improves."""

from collections.abc import Mapping
from typing import Any

from digitcompress._arguments import as_integer, as_number
from digitcompress.callbacks._callback import Callback
from digitcompress.callbacks._monitor import Monitor

__all__ = ["EarlyStopping"]


class EarlyStopping(Callback):
    """End the training when a value has not improved for some epochs.

    Parameters
    ----------
    monitor : str, default="val_loss"
        A name of the logs: accuracies shall rise, losses shall fall.
    patience : int, default=0
        Epochs without improvement that are borne; the next one ends the training.
    min_delta : float, default=0.0
        Improvements up to this size are none.
    restore_best : bool, default=True
        Whether the network gets the parameters of its best epoch when the training ends, for whatever reason.

    Attributes
    ----------
    best : float or None
        The best value.
    best_epoch : int or None
        Its epoch.

    Raises
    ------
    DataError
        If `patience` or `min_delta` is negative; from ``fit``, if there is no such log.

    References
    ----------
    .. [1] Prechelt, "Early stopping - but when?", Neural Networks: Tricks of the Trade, 1998.

    Examples
    --------
    >>> import digitcompress as dc
    >>> import numpy as np
    >>> images, labels = np.eye(8, 16, dtype=np.float32), np.arange(8) % 2
    >>> net = dc.models.mlp([16, 2], seed=0)
    >>> stop = EarlyStopping(monitor="accuracy", patience=20)
    >>> rate = dc.optimizers.SGD(1.0)
    >>> history = dc.fit(net, (images, labels), epochs=1000, batch_size=4, optimizer=rate, callbacks=[stop], progress=False)
    >>> history.steps == 2 * (stop.best_epoch + 22), stop.best
    (True, 1.0)
    """

    def __init__(self, monitor: str = "val_loss", *, patience: int = 0, min_delta: float = 0.0, restore_best: bool = True) -> None:
        self._monitor = Monitor("EarlyStopping", monitor, as_number("EarlyStopping: min_delta", min_delta, 0.0))
        self._patience = as_integer("EarlyStopping: patience", patience, 0)
        self._restore_best = bool(restore_best)
        self._forget()

    @property
    def best(self) -> float | None:
        """The best value."""
        return self._monitor.best

    def _forget(self) -> None:
        self._monitor.best = None
        self._waited = 0
        self.best_epoch: int | None = None
        self._parameters: dict[str, Any] = {}
        self._is_restored = False

    def on_train_begin(self) -> None:
        """Forget an earlier training, unless this one goes on from it."""
        if not self._is_restored:
            self._forget()
        self._is_restored = False

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Wait for the next improvement, or stop."""
        if self._monitor.improves(logs):
            self._waited = 0
            self.best_epoch = epoch
            if self._restore_best:
                self._parameters = {name: values.copy() for name, values in self.network.parameters.items()}
            return
        self._waited += 1
        self.stop_training = self._waited > self._patience

    def on_train_end(self) -> None:
        """Bring the best epoch's parameters back."""
        for name, values in self._parameters.items():
            self.network.parameters[name][...] = values

    def state(self) -> dict[str, Any]:
        """Return the best epoch and how long it has been waited since."""
        return {"best": self._monitor.state(), "best_epoch": self.best_epoch, "waited": self._waited, **self._parameters}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on waiting."""
        values = dict(state)
        best, self.best_epoch, self._waited = (values.pop(name) for name in ("best", "best_epoch", "waited"))
        self._monitor.restore(best)
        self._parameters = values
        self._is_restored = True
