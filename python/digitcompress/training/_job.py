"""One call of ``fit``, checked, and how it is carried out."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any

from digitcompress import _core
from digitcompress.callbacks import Callback
from digitcompress.errors import DivergenceError, StateError
from digitcompress.network import Network
from digitcompress.training._batches import Batches
from digitcompress.training._checkpoints import open_folder
from digitcompress.training._data import TrainingData
from digitcompress.training._history import History
from digitcompress.training._identity import Identity, identity_of, stateful
from digitcompress.training._keeper import Keeper, Saving
from digitcompress.training._loop import Loop
from digitcompress.training._progress import Progress, ProgressBar


@dataclass(frozen=True)
class Job:
    """What to train, on what and how."""

    network: Network
    data: TrainingData
    batches: Batches
    rules: dict[str, Any]  # loss and optimizer
    settings: dict[str, Any]  # seed, threads, gradient_samples
    callbacks: Sequence[Callback]
    progress: Progress

    def make_trainer(self) -> _core.Trainer:
        """Return the core's trainer of this job."""
        settings = self.settings | {
            "batch_size": self.batches.size,
            "record_every": self.batches.record_every,
            "records_epochs": self._has_logs,
            "first_step": self.batches.first_step,
            "class_weights": self.data.class_weights,
        }
        rules = (self.rules["loss"], self.rules["optimizer"])
        return _core.Trainer(self.network._core, *self.data.views(), *rules, settings, self.data.sample_weights)

    def identity(self) -> Identity:
        """Return what must be equal when a checkpoint is taken up: all but threads, the number of epochs and what only looks on."""
        settings = {
            "batch_size": self.batches.size,
            "record_every": self.batches.record_every,
            "epoch_logs": self._has_logs,
            "first_step": self.batches.first_step,
            "gradient_samples": self.settings["gradient_samples"],
            "seed": self.settings["seed"],
            "callbacks": [type(callback).__name__ for callback in stateful(self.callbacks)],
        }
        return identity_of(self.network, self.data, self.rules, settings)

    @property
    def _has_logs(self) -> bool:
        return bool(self.callbacks) or self.batches.record_every == 0


def run(job: Job, saving: Saving | None) -> History:
    """Train, from the last checkpoint if there is one to take up."""
    with _sole_use(job.network._lock), ExitStack() as stack:
        folder = None if saving is None else stack.enter_context(open_folder(saving.path))
        keeper = None if saving is None or folder is None else Keeper(folder, saving, job.network, job.callbacks, identity=job.identity())
        snapshot = None if keeper is None else keeper.snapshot(job.batches.last_step)
        if snapshot is not None:
            snapshot.restore_network(job.network)
        trainer = job.make_trainer()
        if snapshot is not None:
            snapshot.restore_training(trainer, job.callbacks)
        bar = stack.enter_context(closing(ProgressBar(trainer, job.batches, job.progress)))
        return _outcome(Loop(job.network, trainer, job.batches, job.callbacks, bar=bar, keeper=keeper, snapshot=snapshot))


def _outcome(loop: Loop) -> History:
    try:
        finished = loop.run()
    except DivergenceError as error:
        error.history = loop.history(interrupted=False)
        error.step = error.history.steps
        raise
    return loop.history(interrupted=not finished)


@contextmanager
def _sole_use(lock: threading.Lock) -> Iterator[None]:
    if not lock.acquire(blocking=False):
        message = "fit: the network must not be training already, got one that another call trains"
        raise StateError(message)
    try:
        yield
    finally:
        lock.release()
