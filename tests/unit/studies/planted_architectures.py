"""A table of the architecture study with known numbers, made without training."""

import numpy as np

from digitcompress.evaluation import Report
from digitcompress.evaluation._metrics import precision_recall, wilson_interval
from digitcompress.studies.architectures import ArchitectureTable
from digitcompress.studies.architectures._cell import Cell
from digitcompress.studies.architectures._embedding import Embedding
from digitcompress.studies.architectures._networks import ARCHITECTURES
from digitcompress.studies.architectures._published import DEFAULT_RATE, LEARNING_RATES
from digitcompress.studies.architectures._rivals import Timing


def planted_report(generator, wrong):
    labels = np.repeat(np.arange(10), 30)
    predicted = np.where(generator.random(300) < wrong, generator.integers(0, 10, 300), labels)
    confusion = np.zeros((10, 10), np.int64)
    np.add.at(confusion, (labels, predicted), 1)
    precision, recall = precision_recall(confusion)
    f1 = 2 * np.diagonal(confusion) / (confusion.sum(axis=0) + confusion.sum(axis=1))
    correct = int(np.trace(confusion))
    return Report(
        300, correct / 300, wilson_interval(correct, 300), wrong, confusion, precision, recall, f1, np.full(10, wrong), 400, 100, 1.5
    ), (labels, predicted)


def planted_cell(network, rate, seed, epochs=(10, 25), **changes):
    generator = np.random.default_rng([seed, int(1e4 * rate), list(ARCHITECTURES).index(network)])
    readings = epochs if rate == DEFAULT_RATE else epochs[:1]
    fall = 1 / np.arange(1, readings[-1] + 1)
    curves = {"loss": 0.3 * fall, "accuracy": 1 - 0.3 * fall, "val_loss": 0.4 * fall, "val_accuracy": 1 - 0.4 * fall}
    values = {
        "network": network,
        "recipe": "published",
        "learning_rate": rate,
        "seed": seed,
        "used": {"train": 50_000, "validation": 10_000, "test": 300},
        "parameters": ARCHITECTURES[network].parameters,
        "multiply_adds": ARCHITECTURES[network].multiply_adds,
        "curves": {name: values.tolist() for name, values in curves.items()},
        "seconds": (generator.random(readings[-1]) + 1).tolist(),
        "reports": {number: planted_report(generator, 1 / number)[0] for number in readings},
        "diverged": None,
        "made": {"threads": 2, "level": "v4", "command": "digitcompress study architectures"},
    }
    return Cell(**(values | changes))


def planted_table(networks=tuple(ARCHITECTURES), seeds=(0,), rates=LEARNING_RATES, quick=False, further=True):
    epochs = (1, 2) if quick else (10, 25)
    cells = [planted_cell(name, rate, seed, epochs) for name in networks for rate in rates for seed in seeds]
    cells += [planted_cell(name, 0.002, seed, epochs, recipe="further") for name in networks if further for seed in seeds]
    generator = np.random.default_rng(0)
    planes = [
        Embedding(
            count, "planted", 1.0, 0.9, generator.random((count, 2), dtype=np.float32), generator.integers(0, 10, count).astype(np.uint8)
        )
        for count in (1_000, 3_000)
    ]
    timings = [Timing("mlp", {"digitcompress": 100.0, "PyTorch": 450.0, "PyTorch, compiled": 300.0}, False, 2, "v4")]
    return ArchitectureTable(cells, quick, planes[:1], timings, {"data": "planted", "command": "none", "versions": {"level": "v4"}})
