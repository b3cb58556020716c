"""Compute one training of the study: a pure function of values that can be pickled."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.evaluation import confusion_matrix, evaluate, precision_recall, wilson_interval
from digitcompress.studies._record import Record
from digitcompress.studies.losses._correct import joined, train_correct
from digitcompress.studies.losses._data import example_places
from digitcompress.studies.losses._faithful import train_faithful
from digitcompress.studies.losses._plan import TrainingJob
from digitcompress.studies.losses._start import draw_start
from digitcompress.studies.losses._trajectory import Checkpoint, Recipe, Recorded

FLOAT_BYTES = 4


def run_job(job: TrainingJob, images: NDArray[np.uint8], labels: NDArray[np.int64], threads: int | None) -> Record:
    """Train, and evaluate at every checkpoint on the development and on the test images."""
    train = slice(job.counts.development, job.counts.total)
    start = draw_start(int(np.prod(images.shape[1:])), hidden=job.hidden, seed=job.seed)
    recipe = _recipe(job, threads)
    if job.mode == "faithful":
        recorded, checkpoints = train_faithful(images[train], labels[train], start, recipe)
    else:
        histories, checkpoints = train_correct(images[train], labels[train], start, recipe, seed=job.seed)
        recorded = joined(histories, recipe.loss)
    values = [_checkpoint_values(checkpoint, job, images, labels) for checkpoint in checkpoints]
    return Record({"checkpoints": values}, _recorded_arrays(recorded) | _checkpoint_arrays(checkpoints, job, images, labels))


def _recipe(job: TrainingJob, threads: int | None) -> Recipe:
    # Only the source's quantized listings divide by all images, development images included.
    uses_total = job.mode == "faithful" and job.bits is not None
    return Recipe(
        learning_rate=job.learning_rate,
        checkpoints=job.checkpoints,
        loss=job.losses[0],
        compression=job.compression,
        bits=8 if job.bits is None else job.bits,
        rate=0.0 if job.rate is None else job.rate,
        gradient_samples=job.counts.total if uses_total else None,
        record_every=job.every,
        threads=threads,
    )


def _checkpoint_values(checkpoint: Checkpoint, job: TrainingJob, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> dict[str, Any]:
    development = slice(0, job.counts.development)
    test = slice(job.counts.total, None)
    confusion = _confusion(checkpoint, images[development], labels[development])
    precision, recall = precision_recall(confusion)
    float_bytes = FLOAT_BYTES * sum(array.size for array in checkpoint.weights)
    report = evaluate(checkpoint.network, (images[development], labels[development]))
    return {
        "iterations": checkpoint.iterations,
        **_accuracy("", confusion),
        **(_accuracy("test_", _confusion(checkpoint, images[test], labels[test])) if job.counts.test else {}),
        "size_bytes": checkpoint.size_bytes,
        "compression_ratio": float_bytes / checkpoint.size_bytes,
        "sparsity": checkpoint.sparsity,
        "microseconds_per_image": report.microseconds_per_image,
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "confusion": confusion.tolist(),
    }


def _confusion(checkpoint: Checkpoint, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    return confusion_matrix(labels, np.asarray(checkpoint.probabilities(images)).argmax(axis=1), classes=len(checkpoint.weights[-1]))


def _accuracy(prefix: str, confusion: NDArray[np.int64]) -> dict[str, float]:
    correct, count = int(np.trace(confusion)), int(confusion.sum())
    low, high = wilson_interval(correct, count)
    return {f"{prefix}accuracy": correct / count, f"{prefix}accuracy_low": low, f"{prefix}accuracy_high": high}


def _recorded_arrays(recorded: Recorded) -> dict[str, NDArray[Any]]:
    precision, recall = precision_recall(recorded.confusion)
    return {
        "step": recorded.step,
        "confusion": recorded.confusion,
        "accuracy": recorded.accuracy,
        "precision": precision,
        "recall": recall,
        **{f"loss.{name}": values for name, values in recorded.loss.items()},
        **{f"class_loss.{name}": values for name, values in recorded.class_loss.items()},
    }


def _checkpoint_arrays(
    checkpoints: list[Checkpoint], job: TrainingJob, images: NDArray[np.uint8], labels: NDArray[np.int64]
) -> dict[str, NDArray[Any]]:
    examples = images[example_places(labels[: job.counts.development])]
    arrays = {f"probabilities.{each.iterations}": np.asarray(each.probabilities(examples)) for each in checkpoints}
    for checkpoint in checkpoints:
        arrays |= {f"weights.{checkpoint.iterations}.{index}": array for index, array in enumerate(checkpoint.weights)}
    return arrays
