"""How a call of ``fit`` is carried out."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from digitcompress.errors import DivergenceError, StateError
from digitcompress.training._checkpoints import open_folder
from digitcompress.training._history import History
from digitcompress.training._job import Job
from digitcompress.training._keeper import Keeper, Saving
from digitcompress.training._loop import Loop
from digitcompress.training._progress import ProgressBar


def run(job: Job, saving: Saving | None) -> History:
    """Train, from the last checkpoint if there is one to take up."""
    with _sole_use(job.network._lock), ExitStack() as stack:
        keeper = None if saving is None else Keeper(stack.enter_context(open_folder(saving.path)), saving, job)
        snapshot = None if keeper is None else keeper.snapshot()
        if snapshot is not None:
            snapshot.restore_network()
        trainer = job.make_trainer()
        if snapshot is not None:
            snapshot.restore_training(trainer)
        bar = stack.enter_context(closing(ProgressBar(trainer, job.batches, job.progress)))
        return _outcome(Loop(job, trainer, bar, keeper=keeper, snapshot=snapshot))


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
