"""Save the network while it trains."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from digitcompress.callbacks._callback import Callback
from digitcompress.callbacks._monitor import Monitor
from digitcompress.errors import DataError
from digitcompress.persistence import save

__all__ = ["ModelCheckpoint"]


class ModelCheckpoint(Callback):
    """Save the network after every epoch, or after each that is the best so far.

    What it saves is for ``dc.load``. To go on with a training use ``fit(checkpoint=...)``, which also keeps the optimizer's state.

    Parameters
    ----------
    path : path-like
        The file, replaced in one step. ``{epoch}`` and the names of logs are filled in: ``"net-{epoch:03}-{val_loss:.3f}.safetensors"``.
    monitor : str, default="val_loss"
        A name of the logs: accuracies shall rise, losses shall fall.
    save_best_only : bool, default=False
        Whether to save only when `monitor` is better than ever before.

    Raises
    ------
    DataError
        From ``fit``, if there is no such log.

    Examples
    --------
    >>> import digitcompress as dc
    >>> import numpy as np
    >>> data = np.eye(4, dtype=np.float32), [0, 1, 0, 1]
    >>> keep = ModelCheckpoint("best.safetensors", monitor="loss", save_best_only=True)
    >>> _ = dc.fit(dc.models.mlp([4, 2]), data, epochs=2, callbacks=[keep], progress=False)
    >>> dc.load("best.safetensors").parameter_count
    10
    """

    def __init__(self, path: str | os.PathLike[str], *, monitor: str = "val_loss", save_best_only: bool = False) -> None:
        self._path = os.fspath(path)
        self._monitor = Monitor("ModelCheckpoint", monitor)
        self._save_best_only = bool(save_best_only)
        self._is_restored = False

    def on_train_begin(self) -> None:
        """Forget the best of an earlier training, unless this one goes on from it."""
        if not self._is_restored:
            self._monitor.best = None
        self._is_restored = False

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Save."""
        if not self._save_best_only or self._monitor.improves(logs):
            save(self.network, self._filled(epoch, logs))

    def state(self) -> dict[str, Any]:
        """Return the best value."""
        return {"best": self._monitor.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take the best value over."""
        self._monitor.restore(state["best"])
        self._is_restored = True

    def _filled(self, epoch: int, logs: Mapping[str, float]) -> Path:
        try:
            return Path(self._path.format(epoch=epoch, **logs))
        except (KeyError, IndexError, ValueError) as error:
            message = f"ModelCheckpoint: path must be made of epoch, {', '.join(logs)}, got {self._path!r} ({error})"
            raise DataError(message) from error
