"""All contenders do the same work: from the same start, on the same batch, they arrive at the same parameters."""

import importlib.metadata
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from benchmarks.small_workloads import SMALL
from digitcompress.benchmarks._contenders import CONTENDERS, PEERS
from digitcompress.benchmarks._digitcompress import OURS
from digitcompress.benchmarks._machine import absences
from digitcompress.benchmarks._pytorch_network import torch_network
from digitcompress.benchmarks._task import Task
from digitcompress.benchmarks._workloads import WORKLOADS

STEPS = 20
UPDATE_RTOL = 1e-3  # of float32 sums in different orders


def task_of(workload, images, labels):
    return Task(workload, workload.network(seed=3), images, labels, threads=2, batch_size=len(images))


def moved(contender, task):
    """What training adds to the parameters, as one vector."""
    trainer = contender.start(task)
    trainer.run(STEPS)
    start = np.concatenate([each.ravel() for each in task.network.parameters.values()])
    return np.concatenate([each.ravel() for each in trainer.parameters().values()]) - start


@pytest.fixture(scope="module")
def batch():
    """Noise: in the even background of digits pooling meets equals, and which of them counts is everybody's own choice."""
    generator = np.random.default_rng(0)
    return generator.integers(0, 256, (64, 28, 28), dtype=np.uint8), generator.integers(0, 10, 64)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's compiler uses what PyTorch deprecates
@pytest.mark.parametrize("contender", PEERS, ids=lambda each: each.name)
@pytest.mark.parametrize("workload", SMALL, ids=lambda each: each.name)
def test_contender_trains_as_we_do(contender, workload, batch):
    reason = absences([contender]).get(contender.name) or contender.cannot(workload, workload.network())
    if reason:
        pytest.skip(f"{contender.name}: {reason}")
    task = task_of(workload, *batch)
    expected, found = moved(OURS, task), moved(contender, task)
    assert np.linalg.norm(expected) > 0.01
    assert np.linalg.norm(found - expected) <= UPDATE_RTOL * np.linalg.norm(expected)


@pytest.mark.parametrize("workload", WORKLOADS.values(), ids=WORKLOADS)
def test_pytorch_s_networks_put_out_what_ours_do(workload, batch):
    torch = pytest.importorskip("torch", reason="needs torch, from the extra 'peers'")
    task = task_of(workload, batch[0][:2], batch[1][:2])
    theirs = torch_network(torch, task.network).eval()
    with torch.no_grad():
        found = theirs(torch.from_numpy(task.pixels))[0].flatten(1).numpy()
    assert_allclose(found, task.network.forward(task.images), rtol=1e-3, atol=1e-3 * np.abs(found).max())


def test_the_comparison_sees_another_learning_rate(batch):
    slow, fast = (task_of(replace(SMALL[0], learning_rate=rate), *batch) for rate in (0.05, 0.051))
    expected = moved(OURS, slow)
    assert np.linalg.norm(moved(OURS, fast) - expected) > UPDATE_RTOL * np.linalg.norm(expected)


def test_what_is_not_installed_is_named(monkeypatch):
    def nothing_installed(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", nothing_installed)
    reasons = absences(CONTENDERS)
    assert reasons["PyTorch"] == reasons["PyTorch, compiled"] == "torch is not installed"
    assert reasons["JAX, scan"] == "jax is not installed"
