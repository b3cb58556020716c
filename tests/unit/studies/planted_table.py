"""A table of the loss study whose numbers are made up, for tests of what is done with them."""

import numpy as np

from digitcompress.studies._record import Record
from digitcompress.studies.losses._choices import LOSSES, REPORTED_AS, TRAINED_AS
from digitcompress.studies.losses._plan import Counts, Design, training_jobs
from digitcompress.studies.losses._table import LossTable

COUNTS = Counts(development=100, train=400, test=0)
LEVELS = {"none": 0.9, "pruned": 0.88, "quantized": 0.4, "both": 0.35}


def planted_design(**changes):
    standard = {
        "modes": ("faithful", "correct"),
        "losses": LOSSES,
        "seeds": (0, 1, 2),
        "hidden": (10,),
        "bits": 8,
        "rate": 0.1,
        "every": 10,
    }
    return Design(**(standard | {"quick": False} | changes))


def planted_record(job, generator):
    steps = np.arange(0, job.checkpoints[-1], job.every)
    level = LEVELS[job.compression] + (0.5 if job.mode == "correct" and job.compression in {"quantized", "both"} else 0)
    accuracy = (level + 0.03 * generator.random()) * (1 - 0.9 * np.exp(-steps * job.learning_rate / 20))
    classes = np.clip(accuracy[:, None] + 0.05 * generator.standard_normal(10), 0, 1)
    reported = set(REPORTED_AS.values()) if job.mode == "faithful" else {TRAINED_AS[job.losses[0]]}
    arrays = {"step": steps, "accuracy": accuracy, "precision": classes, "recall": classes[:, ::-1]}
    for index, loss in enumerate(sorted(reported)):
        arrays[f"loss.{loss}"] = (1 + index) * (1 - accuracy)
        arrays[f"class_loss.{loss}"] = (1 + index) * (1 - classes)
    for iterations in job.checkpoints:
        arrays[f"probabilities.{iterations}"] = generator.dirichlet(np.ones(10) * 0.2, size=10)
    checkpoints = [planted_checkpoint(iterations, float(np.interp(iterations, steps, accuracy))) for iterations in job.checkpoints]
    return Record({"checkpoints": checkpoints}, arrays)


def planted_checkpoint(iterations, accuracy):
    return {
        "iterations": iterations,
        "accuracy": accuracy,
        "accuracy_low": accuracy - 0.02,
        "accuracy_high": accuracy + 0.02,
        "precision": [accuracy] * 10,
        "recall": list(np.linspace(accuracy - 0.1, accuracy, 10)),
        "size_bytes": 31_840,
        "compression_ratio": 1.0,
        "sparsity": 0.0,
        "microseconds_per_image": 1.5,
    }


def planted_table(**changes):
    generator = np.random.default_rng(0)
    design = planted_design(**changes)
    jobs = {str(number): job for number, job in enumerate(training_jobs(design, COUNTS))}
    records = {key: planted_record(job, generator) for key, job in jobs.items()}
    examples = (generator.integers(0, 255, (10, 28, 28), dtype=np.uint8), np.arange(10))
    return LossTable(design, jobs, records, examples, {"data": "made-up digits", "versions": {"numpy": np.__version__}})
