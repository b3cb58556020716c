"""How the samples are dealt out to steps, and when records are taken."""

import math
from dataclasses import dataclass

from digitcompress._arguments import as_integer
from digitcompress.errors import DataError


@dataclass(frozen=True)
class Batches:
    """Batches of `size` out of `samples`, from step `first_step` for `epochs` passes."""

    samples: int
    size: int
    epochs: int
    first_step: int
    record_every: int  # steps; 0 for a record an epoch

    @property
    def per_epoch(self) -> int:
        """Steps of a pass over the data."""
        return math.ceil(self.samples / self.size)

    @property
    def last_step(self) -> int:
        """Number of the step that is not done any more."""
        return self.first_step + self.epochs * self.per_epoch

    def images_until(self, step: int) -> int:
        """Return how many images the run has seen when it reaches `step`."""
        return self._seen(step) - self._seen(self.first_step)

    def _seen(self, step: int) -> int:
        epochs, steps = divmod(step, self.per_epoch)
        return epochs * self.samples + min(steps * self.size, self.samples)


def as_batches(samples: int, epochs: int, batch_size: int | None, record_every: int | None, *, first_step: int) -> Batches:
    """Check what ``fit`` was given; full batches are recorded every tenth step by default."""
    size = samples if batch_size is None else as_integer("fit: batch_size", batch_size, 1)
    by_default = 10 if batch_size is None else 0
    every = by_default if record_every is None else as_integer("fit: record_every", record_every, 1)
    batches = Batches(
        samples=samples,
        size=min(size, samples),
        epochs=as_integer("fit: epochs", epochs, 0),
        first_step=as_integer("fit: first_step", first_step, 0),
        record_every=every,
    )
    if batches.first_step % batches.per_epoch != 0:
        message = f"fit: first_step must begin an epoch, so be a multiple of {batches.per_epoch}, got {first_step}"
        raise DataError(message)
    return batches
