"""Compute one training of the study; one that was stopped is taken up at its last checkpoint."""

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

from digitcompress import _core
from digitcompress.augmentation import Shift
from digitcompress.datasets import Split
from digitcompress.errors import DivergenceError
from digitcompress.evaluation import evaluate
from digitcompress.network import Network
from digitcompress.optimizers import Adam
from digitcompress.studies._record import Record
from digitcompress.studies._splits import StudySplits
from digitcompress.studies._store import job_key
from digitcompress.studies._training import fit_or_stop
from digitcompress.studies.architectures._networks import ARCHITECTURES
from digitcompress.studies.architectures._plan import TrainingJob
from digitcompress.studies.architectures._readings import Readings
from digitcompress.training import History

# A checkpoint of ResNet-18 is 130 MB: none more often than a minute of training is worth.
CHECKPOINT_SECONDS = 60.0
CURVES = ("loss", "accuracy", "val_loss", "val_accuracy")


def run_job(job: TrainingJob, splits: StudySplits, folder: Path | None, threads: int | None) -> Record:
    """Train, record every epoch, and evaluate on the test images where the tables look.

    Checkpoints lie in a folder of their own below `folder` until the training has ended.
    """
    train, validation, test = splits.train[: job.used.train], splits.validation[: job.used.validation], splits.test[: job.used.test]
    network = ARCHITECTURES[job.network].make(job.seed)
    readings = Readings(job.readings, partial(evaluate, data=test, threads=threads))
    checkpoint = None if folder is None else folder / job_key(job.config())
    options: dict[str, Any] = {"validation": validation, "callbacks": [readings], "threads": threads}
    if checkpoint is not None:
        options |= {"checkpoint": checkpoint, "resume": True, "checkpoint_seconds": CHECKPOINT_SECONDS}
    history, diverged = _trained(network, train, job, options)
    if diverged is not None:
        # Where it stays is what every later reading would have found.
        last = evaluate(network, test, threads=threads)
        readings.reports = {epochs: readings.reports.get(epochs, last) for epochs in job.readings}
    if checkpoint is not None:
        shutil.rmtree(checkpoint, ignore_errors=True)
    return Record(_values(job, network, history, readings) | {"diverged": diverged, "threads": threads, "level": _core.level})


def _trained(network: Network, train: Split, job: TrainingJob, options: dict[str, Any]) -> tuple[History, int | None]:
    """Return the history, and after how many steps the training diverged, if it did."""
    rules: dict[str, Any] = {
        "optimizer": Adam(job.learning_rate),
        "epochs": job.readings[-1],
        "batch_size": job.batch_size,
        "seed": job.seed,
    }
    if job.recipe == "further":
        rules |= {"schedule": "one_cycle", "augmentation": Shift(1)}
    try:
        return fit_or_stop(network, train, **rules, **options), None
    except DivergenceError as error:
        return error.history, error.step


def _values(job: TrainingJob, network: Network, history: History, readings: Readings) -> dict[str, Any]:
    return {
        "parameters": network.parameter_count,
        "multiply_adds": network.multiply_adds,
        "curves": {name: [float(value) for value in history.columns.get(name, ())] for name in CURVES},
        "seconds": readings.seconds,
        "reports": {str(epochs): json.loads(readings.reports[epochs].to_json()) for epochs in job.readings},
    }
