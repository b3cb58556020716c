"""A bar that follows a training."""

import math
import sys
from collections.abc import Callable
from typing import Any, Literal

from digitcompress import _core
from digitcompress.training._batches import Batches

Progress = bool | Literal["auto"] | Callable[[int], Any]


def checked_progress(progress: Any) -> Progress:
    """Return `progress` if it is one of the choices of ``fit``."""
    if isinstance(progress, bool) or progress == "auto" or callable(progress):
        return progress  # type: ignore[no-any-return]
    message = f'fit: progress must be True, False, "auto" or callable, got {progress!r}'
    raise TypeError(message)


class ProgressBar:
    """A tqdm bar of images with loss and accuracy, or the user's own function of the steps done."""

    def __init__(self, trainer: _core.Trainer, batches: Batches, progress: Progress) -> None:
        self._trainer = trainer
        self._batches = batches
        self._told = progress if callable(progress) else None
        self._bar: Any = None
        if progress is True or (progress == "auto" and sys.stderr is not None and sys.stderr.isatty()):
            from tqdm.auto import tqdm

            total, done = batches.images_until(batches.last_step), batches.images_until(trainer.step)
            self._bar = tqdm(total=total, initial=done, desc="fit", unit=" images", unit_scale=True, leave=False)

    @property
    def callback(self) -> Callable[[int], None] | None:
        """What the core calls about every 50 ms; None when there is nothing to tell."""
        return None if self._bar is None and self._told is None else self.update

    def update(self, step: int) -> None:
        """Show that `step` steps are done."""
        if self._bar is not None:
            values = dict(zip(("loss", "accuracy"), self._trainer.running(), strict=True))
            self._bar.set_postfix({name: f"{value:.4f}" for name, value in values.items() if math.isfinite(value)}, refresh=False)
            self._bar.update(self._batches.images_until(step) - self._bar.n)
        if self._told is not None:
            self._told(step)

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
