"""What training has to keep to besides speed: time to an accuracy, memory, and the price of a call."""

import subprocess
import sys
import timeit
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core, datasets, layers
from digitcompress.benchmarks._results import Goal
from digitcompress.benchmarks._time_to_accuracy import time_to_accuracy
from digitcompress.benchmarks._workloads import WORKLOADS
from digitcompress.network import Input, Network
from digitcompress.training import fit

# In a process of its own. What `resource` tells would count the process that starts it, too.
_MEMORY = """
import numpy
def kilobytes():
    with open("/proc/self/status", encoding="ascii") as status:
        return int(status.read().partition("VmHWM:")[2].split()[0])
before = kilobytes()
from digitcompress.benchmarks._goals import train_once
train_once()
print(kilobytes() - before)
"""


def goals(tell: Callable[[str], None]) -> Iterator[Goal]:
    """Yield what is reached on MNIST; without MNIST only what needs no data."""
    yield _overhead()
    try:
        yield from time_to_accuracy(tell)
    except FileNotFoundError:
        tell("no MNIST on this machine: memory and the time to 99 % are left out")
        return
    if sys.platform == "linux":
        yield _memory()


def _memory() -> Goal:
    done = subprocess.run([sys.executable, "-c", _MEMORY], capture_output=True, text=True, check=True)
    megabytes = int(done.stdout) / 1024
    return Goal("LeNet-5 on MNIST: memory over the interpreter with NumPy", megabytes, "MB", 250.0, at_most=True)


def train_once() -> None:
    """Train LeNet-5 for one pass over MNIST: what the memory is measured of."""
    fit(WORKLOADS["lenet5"].network(), datasets.load("mnist", fetch_missing=False).train, epochs=1, progress=False)


def _overhead() -> Goal:
    network, image = Network(Input(4), [layers.Dense(2)]), np.zeros((1, 4), dtype=np.uint8)
    whole, core = predict_microseconds(network, image)
    detail = f"{whole:.2f} µs less the core's {core:.2f} µs"
    return Goal("predict on one image: what Python adds", whole - core, "µs", 2.0, at_most=True, detail=detail)


def predict_microseconds(network: Network, image: NDArray[Any]) -> tuple[float, float]:
    """Return what `predict` takes and what its core takes of it, measured in turns.

    The least of many short rounds counts: other programs only ever add time.
    """
    calls, rounds = 100, 200
    names = {"predict": network.predict, "image": image}
    whole, core = [], []
    for _ in range(rounds):
        whole.append(timeit.timeit("predict(image)", globals=names, number=calls) / calls)
        core.append(_core.prediction_seconds(network._core, image, 1, calls))
    return min(whole) * 1e6, min(core) * 1e6
