"""Train a network: the call that users make."""

import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from digitcompress import losses, optimizers, schedules
from digitcompress._arguments import as_integer, as_number
from digitcompress.augmentation import sequence
from digitcompress.callbacks import Callback
from digitcompress.network import Network, as_network, as_threads
from digitcompress.training._batches import as_batches
from digitcompress.training._data import as_training_data
from digitcompress.training._history import History
from digitcompress.training._job import Job
from digitcompress.training._keeper import as_saving
from digitcompress.training._loop import checked_callbacks
from digitcompress.training._progress import checked_progress
from digitcompress.training._run import run


def fit(
    network: Network,
    data: Any,
    *,
    validation: Any = None,
    loss: Any = "cross_entropy",
    optimizer: Any = "sgd",
    epochs: int = 10,
    batch_size: int | None = 64,
    schedule: Any = "constant",
    augmentation: Any = None,
    callbacks: Sequence[Callback] | None = None,
    class_weight: Any = None,
    sample_weight: Any = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_seconds: float = 1.0,
    resume: bool = False,
    record_every: int | None = None,
    gradient_samples: float | None = None,
    first_step: int = 0,
    seed: int = 0,
    threads: int | None = None,
    progress: bool | str | Callable[[int], Any] = "auto",
) -> History:
    """Train a network in place.

    Parameters
    ----------
    network : Network
        Its parameters change; its structure does not.
    data : Split or (images, labels)
        Labels are 0..classes - 1. Losses that reconstruct take images alone, too.
    validation : Split, (images, labels) or float, optional
        Evaluated at every record. A share in (0, 1) of `data` is drawn by `seed` and held out.
    loss : str or loss, default="cross_entropy"
        A name of ``dc.losses.names()`` or an object of ``dc.losses``. Losses are means over the samples.
    optimizer : str or optimizer, default="sgd"
        A name of ``dc.optimizers.names()`` or an object of ``dc.optimizers``.
    epochs : int, default=10
        Passes over the data.
    batch_size : int or None, default=64
        Samples a step, drawn by shuffling every epoch; None, or at least the number of samples: all of them, in order.
    schedule : str or schedule, default="constant"
        A name of ``dc.schedules.names()`` or an object of ``dc.schedules``: what the learning rate is multiplied by from step to step.
        ``ReduceOnPlateau`` follows the validation loss, without validation data the loss of each epoch.
    augmentation : str, augmentation or sequence of them, optional
        Names of ``dc.augmentation.names()`` or objects of ``dc.augmentation``: how images are changed at random, in every epoch anew. The
        training works on a copy of the images; validation data are left as they are.
    callbacks : sequence of Callback, optional
        Called between epochs, in this order: see ``dc.callbacks``.
    class_weight : "balanced", mapping or sequence of float, optional
        Factor of each class in the loss; balanced is n / (classes · n_c).
    sample_weight : array_like, shape (samples,), optional
        Factor of each sample in the loss.
    checkpoint : path-like, optional
        Folder for checkpoints, made if need be: one before the first epoch, then at ends of epochs, after Ctrl-C and at the end. Each is
        written so that a kill at any moment leaves a good one; the last two are kept.
    checkpoint_seconds : float, default=1.0
        Least time from checkpoint to checkpoint; 0 writes one after every epoch.
    resume : bool, default=False
        Whether to go on from the newest checkpoint in the folder, if it holds one: parameters, history and all that follows have the bits
        of a run that never stopped. More epochs than before may be asked for; everything else must be the same.
    record_every : int, optional
        Steps from record to record. By default the record of an epoch sums all its steps, and full batches record every tenth step.
    gradient_samples : float, optional
        What summed gradients are divided by, instead of the number of samples.
    first_step : int, default=0
        Number of the first step, that of an epoch: records and random draws of a continued training go on from there.
    seed : int, default=0
        Keys all that is random. Same seed, same bits, for any thread count.
    threads : int, optional
        Threads to use; by default as many as the work of a step is worth, at most DIGITCOMPRESS_NUM_THREADS or all processors.
    progress : {"auto", True, False} or callable
        Whether to show a bar; "auto" does when the terminal can. A function is called with the steps done about every 50 ms, and an
        exception it raises stops the run and reaches the caller.

    Returns
    -------
    History
        After Ctrl-C, ``interrupted`` is true and the network at its last whole step.

    Raises
    ------
    DataError, ShapeError, TypeError
        If an argument does not fit; the network is unchanged then.
    DivergenceError
        If the loss or a parameter is no longer finite. The network is back at its last record, or at its start: ``error.step`` says
        after how many steps that was, and ``error.history`` holds the records until then.
    StateError
        If another thread is training this network or another training uses the folder; if the folder has checkpoints and `resume` is
        false; if the checkpoint is of a training with another network, data or option: each difference is named.
    FormatError
        If no checkpoint in the folder is whole.

    Examples
    --------
    >>> import digitcompress as dc
    >>> import numpy as np
    >>> images, labels = np.eye(10, 784, dtype=np.uint8) * 255, np.arange(10)
    >>> net = dc.models.mlp([784, 10, 10], seed=1)
    >>> dc.fit(net, (images, labels), epochs=200, batch_size=None, optimizer=dc.optimizers.SGD(1.0), progress=False).steps
    200
    """
    as_network(network, "fit")
    seed = as_integer("fit: seed", seed, 0)
    rules = {
        "loss": losses.get(loss),
        "optimizer": optimizers.get(optimizer),
        "schedule": schedules.get(schedule),
        "augmentation": sequence(augmentation),
    }
    weights = sample_weight, class_weight
    samples = as_training_data(network, data, validation, weights=weights, reconstructs=rules["loss"].reconstructs, seed=seed)
    batches = as_batches(len(samples.train[0]), epochs, batch_size, record_every, first_step=first_step)
    job = Job(
        network=network,
        data=samples,
        batches=batches,
        rules=rules,
        settings={"gradient_samples": _as_divisor(gradient_samples), "seed": seed, "threads": as_threads(threads)},
        callbacks=checked_callbacks(callbacks),
        progress=checked_progress(progress),
    )
    history = run(job, as_saving(checkpoint, resume, checkpoint_seconds))
    if history.interrupted:
        warnings.warn(f"fit was interrupted after {history.steps} steps; the network is at the last whole one", stacklevel=2)
    return history


def _as_divisor(gradient_samples: Any) -> float:
    return 0.0 if gradient_samples is None else as_number("fit: gradient_samples", gradient_samples, 0.0, open_low=True)
