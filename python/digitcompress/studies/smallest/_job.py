"""Compute one training of the study: a pure function of values that can be pickled."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from digitcompress.datasets import Split
from digitcompress.evaluation import wilson_interval
from digitcompress.network import Network, to_bytes
from digitcompress.studies._record import Record
from digitcompress.studies._splits import StudySplits
from digitcompress.studies.smallest._cells import Cell
from digitcompress.studies.smallest._learning import train


def run_cell(cell: Cell, splits: Mapping[str, StudySplits], threads: int | None) -> Record:
    """Train, and evaluate once at the end; the network is kept, so that other images can be shown to it later."""
    images = _images(cell, splits[cell.data])
    clock, processor = time.perf_counter(), time.process_time()
    network, history = train(cell, images, threads)
    times = {"seconds": time.perf_counter() - clock, "processor_seconds": time.process_time() - processor}
    content = to_bytes(network)
    values = {
        "parameters": network.parameter_count,
        "multiply_adds": network.multiply_adds,
        "file_bytes": len(content),
        "train_count": len(images.train),
        **times,
        "validation_accuracy": _correct(network, images.validation, threads) / len(images.validation),
        **(_test(network, images, threads) if cell.reads_test else {}),
    }
    arrays = {name: history.columns[name] for name in ("accuracy", "val_accuracy")}
    return Record(values, {**arrays, "network": np.frombuffer(content, dtype=np.uint8)})


def _images(cell: Cell, splits: StudySplits) -> StudySplits:
    images = splits if cell.images is None else splits.first(cell.images)
    return images.deslanted() if cell.recipe.deslanted else images


def _test(network: Network, images: StudySplits, threads: int | None) -> dict[str, Any]:
    correct, count = _correct(network, images.test, threads), len(images.test)
    low, high = wilson_interval(correct, count)
    return {"test_accuracy": correct / count, "test_accuracy_low": low, "test_accuracy_high": high, "test_count": count}


def _correct(network: Network, split: Split, threads: int | None) -> int:
    return int(np.count_nonzero(network.predict(split.images, threads=threads) == split.labels))
