"""From epoch to epoch: the core's loop, and what happens between."""

from collections.abc import Sequence
from typing import Any

from digitcompress import _core
from digitcompress.callbacks import Callback
from digitcompress.network import Network
from digitcompress.training._batches import Batches
from digitcompress.training._history import History, columns_of
from digitcompress.training._progress import ProgressBar

_SCALARS = ("loss", "accuracy", "learning_rate", "val_loss", "val_accuracy")


def checked_callbacks(callbacks: Any) -> list[Callback]:
    """Return callbacks as a list; one alone is none."""
    if callbacks is None:
        return []
    if not isinstance(callbacks, Sequence):
        message = f"fit: callbacks must be a sequence of Callback, got {type(callbacks).__name__}"
        raise TypeError(message)
    for callback in callbacks:
        if not isinstance(callback, Callback):
            message = f"fit: callbacks must be objects of dc.callbacks.Callback, got {callback!r}"
            raise TypeError(message)
    return list(callbacks)


class Loop:
    """A training on its way."""

    def __init__(self, network: Network, trainer: _core.Trainer, batches: Batches, callbacks: Sequence[Callback], bar: ProgressBar) -> None:
        self._trainer = trainer
        self._batches = batches
        self._callbacks = callbacks
        self._bar = bar
        for callback in callbacks:
            callback.network = network
            callback.stop_training = False

    def run(self) -> bool:
        """Train to the end, or until a callback has enough; False after Ctrl-C."""
        try:
            finished = self._epochs() if self._callbacks else self._steps(self._batches.last_step - self._trainer.step)
            for callback in self._callbacks:
                callback.on_train_end()
        except KeyboardInterrupt:
            return False
        return finished

    def history(self, *, interrupted: bool) -> History:
        """Return what has been recorded."""
        records = self._trainer.step_records() if self._batches.record_every else self._trainer.epoch_records()
        return History.of(columns_of(records), steps=self._trainer.step - self._batches.first_step, interrupted=interrupted)

    def _steps(self, count: int) -> bool:
        finished = bool(self._trainer.run(count, self._bar.callback))
        if finished and self._bar.callback is not None:
            self._bar.update(self._trainer.step)
        return finished

    def _epochs(self) -> bool:
        for callback in self._callbacks:
            callback.on_train_begin()
        stops = False
        while self._trainer.step < self._batches.last_step and not stops:
            epoch, done = divmod(self._trainer.step, self._batches.per_epoch)
            for callback in self._callbacks:
                callback.on_epoch_begin(epoch)
            if not self._steps(self._batches.per_epoch - done):
                return False
            stops = self._end_epoch(epoch)
        return True

    def _end_epoch(self, epoch: int) -> bool:
        columns = columns_of(self._trainer.last_epoch())
        logs = {name: float(columns[name][0]) for name in _SCALARS if name in columns}
        for callback in self._callbacks:
            if callback.on_epoch_end(epoch, logs) is True:
                callback.stop_training = True
        return any(callback.stop_training for callback in self._callbacks)
