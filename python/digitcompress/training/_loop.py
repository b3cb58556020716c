"""From epoch to epoch: the core's loop, and what happens between."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from digitcompress import _core
from digitcompress.callbacks import Callback
from digitcompress.training._history import History, columns_of, joined
from digitcompress.training._job import Job
from digitcompress.training._keeper import Keeper
from digitcompress.training._progress import ProgressBar
from digitcompress.training._snapshot import Snapshot

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

    def __init__(self, job: Job, trainer: _core.Trainer, bar: ProgressBar, *, keeper: Keeper | None, snapshot: Snapshot | None) -> None:
        self._trainer = trainer
        self._batches = job.batches
        self._callbacks = job.callbacks
        self._bar = bar
        self._keeper = keeper
        self._resumes = snapshot is not None
        self._stops = snapshot is not None and snapshot.stopped
        self._recorded = {} if snapshot is None else snapshot.history
        for callback in job.callbacks:
            callback.network = job.network
            callback.stop_training = False

    def run(self) -> bool:
        """Train to the end, or until a callback has enough; False after Ctrl-C."""
        try:
            finished = self._epochs() if self._callbacks or self._keeper else self._steps(self._batches.last_step - self._trainer.step)
            if self._keeper:
                self._keeper.save(self._trainer, self._columns(), stopped=self._stops)
        except KeyboardInterrupt:  # among the callbacks: the last checkpoint stays the newest
            finished = False
        for callback in self._callbacks:
            callback.on_train_end()
        return finished

    def history(self, *, interrupted: bool) -> History:
        """Return what has been recorded."""
        return History.of(self._columns(), steps=self._trainer.step - self._batches.first_step, interrupted=interrupted)

    def _columns(self) -> dict[str, NDArray[Any]]:
        records = self._trainer.step_records() if self._batches.record_every else self._trainer.epoch_records()
        return joined(self._recorded, columns_of(records))

    def _steps(self, count: int) -> bool:
        finished = bool(self._trainer.run(count, self._bar.callback))
        if finished and self._bar.callback is not None:
            self._bar.update(self._trainer.step)
        return finished

    def _epochs(self) -> bool:
        for callback in self._callbacks:
            callback.on_train_begin()
        if self._keeper and not self._resumes:
            self._keeper.save(self._trainer, self._columns())  # a folder that cannot be written to is found out now
        while not self._stops and (self._trainer.step < self._batches.last_step or self._trainer.epoch_samples > 0):
            if not self._epoch():
                return False
            if self._keeper and self._keeper.is_due:
                self._keeper.save(self._trainer, self._columns(), stopped=self._stops)
        return True

    def _epoch(self) -> bool:
        """Train to the end of an epoch and tell the callbacks; one whose validation was interrupted has only that left."""
        epoch, done = divmod(self._trainer.step, self._batches.per_epoch)
        is_validated_only = done == 0 and self._trainer.epoch_samples > 0
        epoch -= is_validated_only
        for callback in self._callbacks:
            callback.on_epoch_begin(epoch)
        if not self._steps(0 if is_validated_only else self._batches.per_epoch - done):
            return False
        if self._callbacks:
            self._tell(epoch)
        return True

    def _tell(self, epoch: int) -> None:
        columns = columns_of(self._trainer.last_epoch())
        logs = {name: float(columns[name][0]) for name in _SCALARS if name in columns}
        for callback in self._callbacks:
            if callback.on_epoch_end(epoch, logs) is True:
                callback.stop_training = True
        self._stops = any(callback.stop_training for callback in self._callbacks)
