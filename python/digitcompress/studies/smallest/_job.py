"""Compute one training of the study: a pure function of values that can be pickled."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from digitcompress.evaluation import wilson_interval
from digitcompress.network import Network, to_bytes
from digitcompress.optimizers import Adam
from digitcompress.studies._record import Record
from digitcompress.studies._splits import StudySplits
from digitcompress.studies._training import fit_or_stop
from digitcompress.studies.smallest._cells import Cell


def run_cell(cell: Cell, splits: Mapping[str, StudySplits], threads: int | None) -> Record:
    """Train, and evaluate once at the end; the network is kept, so that other images can be shown to it later."""
    images = splits[cell.data] if cell.images is None else splits[cell.data].first(cell.images)
    network = cell.build()
    clock, processor = time.perf_counter(), time.process_time()
    history = fit_or_stop(
        network,
        images.train,
        validation=images.validation,
        loss=cell.recipe.loss,
        optimizer=Adam(cell.recipe.learning_rate),
        epochs=cell.epochs,
        batch_size=cell.recipe.batch_size,
        schedule=cell.recipe.schedule,
        augmentation=cell.recipe.augmentation or None,
        seed=cell.seed,
        threads=threads,
    )
    times = {"seconds": time.perf_counter() - clock, "processor_seconds": time.process_time() - processor}
    content = to_bytes(network)
    values = {
        "parameters": network.parameter_count,
        "multiply_adds": network.multiply_adds,
        "file_bytes": len(content),
        "train_count": len(images.train),
        **times,
        "validation_accuracy": float(history.columns["val_accuracy"][-1]),
        **(_test(network, images, threads) if cell.reads_test else {}),
    }
    arrays = {name: history.columns[name] for name in ("accuracy", "val_accuracy")}
    return Record(values, {**arrays, "network": np.frombuffer(content, dtype=np.uint8)})


def _test(network: Network, images: StudySplits, threads: int | None) -> dict[str, Any]:
    found = network.predict(images.test.images, threads=threads)
    correct, count = int(np.count_nonzero(found == images.test.labels)), len(images.test)
    low, high = wilson_interval(correct, count)
    return {"test_accuracy": correct / count, "test_accuracy_low": low, "test_accuracy_high": high, "test_count": count}
