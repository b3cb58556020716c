"""One call of ``fit``, checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digitcompress import _core
from digitcompress.callbacks import Callback
from digitcompress.network import Network
from digitcompress.training._batches import Batches
from digitcompress.training._data import TrainingData
from digitcompress.training._identity import Identity, identity_of, stateful
from digitcompress.training._progress import Progress


@dataclass(frozen=True)
class Job:
    """What to train, on what and how."""

    network: Network
    data: TrainingData
    batches: Batches
    rules: dict[str, Any]  # loss, optimizer, schedule and augmentation
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
            "total_steps": self.batches.last_step,
            "class_weights": self.data.class_weights,
        }
        rules = tuple(self.rules[name] for name in ("loss", "optimizer", "schedule", "augmentation"))
        return _core.Trainer(self.network._core, *self.data.views(), rules, settings, self.data.sample_weights)

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
