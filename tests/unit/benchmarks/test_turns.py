"""Our own training goes on from turn to turn, in one call of ``fit``."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import ctrl_c
import digitcompress as dc
from digitcompress.benchmarks._digitcompress import OURS, THREAD
from digitcompress.benchmarks._task import Task
from digitcompress.benchmarks._workloads import WORKLOADS

SMALL = replace(WORKLOADS["squeezenet"], network=dc.models.tiny_cnn)


def task_of(workload, samples):
    generator = np.random.default_rng(0)
    images, labels = generator.integers(0, 256, (samples, 28, 28), dtype=np.uint8), generator.integers(0, 10, samples)
    return Task(workload, workload.network(seed=3), images, labels, threads=1, batch_size=32)


def trainings():
    return {thread for thread in threading.enumerate() if thread.name == THREAD}


def test_turns_are_parts_of_one_training():
    task = task_of(SMALL, 96)
    trainer = OURS.start(task)
    trainer.run(1)
    first = trainer.parameters()
    trainer.run(2)
    whole = SMALL.network(seed=3)
    dc.fit(
        whole,
        (task.images, task.labels),
        optimizer=dc.optimizers.Adam(SMALL.learning_rate),
        epochs=3,
        batch_size=32,
        threads=1,
        progress=False,
    )
    for name, values in trainer.parameters().items():
        assert_array_equal(values, whole.parameters[name])
        assert (values != first[name]).any()


def test_a_training_nobody_holds_ends():
    before = trainings()
    trainer = OURS.start(task_of(SMALL, 32))
    trainer.run(1)
    (started,) = trainings() - before
    del trainer
    started.join(timeout=5)
    assert not started.is_alive()


def test_a_training_that_fails_says_why():
    trainer = OURS.start(task_of(replace(SMALL, optimizer="sgd", learning_rate=1e30), 64))
    with pytest.raises(dc.DataError, match="learning_rate"):
        trainer.run(1)


def test_ctrl_c_ends_a_turn_within_half_a_second():
    trainer = OURS.start(task_of(SMALL, 32))
    trainer.run(1)
    with ctrl_c.pressed_after(0.3) as pressed:
        with pytest.raises(KeyboardInterrupt):
            trainer.run(1_000_000)
        assert time.monotonic() - pressed[0] < 0.5
