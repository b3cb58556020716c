"""When checkpoints are written, and which one is taken up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from digitcompress import _core
from digitcompress._arguments import as_number
from digitcompress._files import display_name
from digitcompress.errors import StateError
from digitcompress.training._checkpoints import CheckpointFolder
from digitcompress.training._job import Job
from digitcompress.training._snapshot import Snapshot, capture


@dataclass(frozen=True)
class Saving:
    """Where checkpoints go, whether to take one up, and the seconds between them."""

    path: Any
    resume: bool
    seconds: float


def as_saving(checkpoint: Any, resume: Any, seconds: Any) -> Saving | None:
    """Check what ``fit`` was given."""
    if not isinstance(resume, bool):
        message = f"fit: resume must be True or False, got {resume!r}"
        raise TypeError(message)
    every = as_number("fit: checkpoint_seconds", seconds, 0.0)
    if checkpoint is not None:
        return Saving(checkpoint, resume, every)
    if resume:
        message = "fit: resume must have the folder of a checkpoint, got checkpoint=None"
        raise TypeError(message)
    return None


class Keeper:
    """Keeps the checkpoints of one training."""

    def __init__(self, folder: CheckpointFolder, saving: Saving, job: Job) -> None:
        self._folder = folder
        self._saving = saving
        self._job = job
        self._identity = job.identity()

    def snapshot(self) -> Snapshot | None:
        """Return the checkpoint to go on from; None at the first start."""
        if not self._saving.resume:
            self._require_empty()
            return None
        found = self._folder.load()
        if found is None:
            return None
        snapshot = Snapshot(self._job, *found)
        snapshot.require_same(self._identity)
        return snapshot

    def save(self, trainer: _core.Trainer, history: Mapping[str, NDArray[Any]], *, stopped: bool = False) -> None:
        """Write a checkpoint."""
        state, arrays = capture(self._job, trainer, history)
        self._folder.save(trainer.step, {"identity": self._identity, "stopped": stopped, **state}, arrays)

    @property
    def is_due(self) -> bool:
        """Whether the last checkpoint is old enough."""
        return self._folder.seconds_since_save() >= self._saving.seconds

    def _require_empty(self) -> None:
        if not self._folder.is_empty():
            message = (
                f"fit: checkpoint must be a folder without checkpoints, got {display_name(self._folder.path)}, which has some; "
                "resume=True goes on from them"
            )
            raise StateError(message)
