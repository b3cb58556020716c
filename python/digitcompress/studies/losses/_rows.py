"""Turn the outcomes of trainings into the rows of the table."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from digitcompress.studies._record import Record
from digitcompress.studies.losses._choices import REPORTED_AS, TRAINED_AS
from digitcompress.studies.losses._plan import TrainingJob
from digitcompress.studies.losses._published import Setting, published_accuracy


def table_rows(job: TrainingJob, record: Record, *, comparable: bool) -> Iterator[dict[str, Any]]:
    """Yield one row for each loss and each number of iterations that a training serves."""
    for loss in job.losses:
        for values in record.values["checkpoints"]:
            setting = Setting(job.learning_rate, values["iterations"])
            published = published_accuracy(job.compression, loss, setting) if comparable else None
            row = _configuration(job, loss, values["iterations"])
            yield row | {"published": None if published is None else published / 100} | _measures(job, record, values, loss)


def _configuration(job: TrainingJob, loss: str, iterations: int) -> dict[str, Any]:
    return {
        "mode": job.mode,
        "compression": job.compression,
        "loss": loss,
        "learning_rate": job.learning_rate,
        "iterations": iterations,
        "seed": job.seed,
        "hidden": ",".join(map(str, job.hidden)),
        "bits": job.bits,
        "rate": job.rate,
        "train_count": job.counts.train,
        "development_count": job.counts.development,
        "test_count": job.counts.test,
    }


def _measures(job: TrainingJob, record: Record, values: dict[str, Any], loss: str) -> dict[str, Any]:
    row = {name: value for name, value in values.items() if name not in {"iterations", "precision", "recall"}}
    last = int(np.searchsorted(record.arrays["step"], values["iterations"])) - 1
    reported = loss_key(job, loss)
    row["train_accuracy"] = float(record.arrays["accuracy"][last])
    row["train_loss"] = float(record.arrays[f"loss.{reported}"][last])
    for name in ("precision", "recall"):
        row |= {f"{name}[{digit}]": value for digit, value in enumerate(values[name])}
    return row | {f"class_loss[{digit}]": float(value) for digit, value in enumerate(record.arrays[f"class_loss.{reported}"][last])}


def loss_key(job: TrainingJob, loss: str) -> str:
    """Return under which name the record of a training keeps the values of a loss."""
    return REPORTED_AS[loss] if job.mode == "faithful" else TRAINED_AS[job.losses[0]]
