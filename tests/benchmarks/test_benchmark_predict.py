"""What Python adds to the classification of one image: the time of the call less the time its core takes, measured in turns."""

import time

import numpy as np
import pytest

import digitcompress as dc
from digitcompress import _core

CALLS, ROUNDS = 100, 200
WANTED_MICROSECONDS = 2.0

pytestmark = pytest.mark.slow


def call_seconds(call, argument):
    start = time.perf_counter()
    for _ in range(CALLS):
        call(argument)
    return (time.perf_counter() - start) / CALLS


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
@pytest.mark.parametrize("sizes", [[4, 2], [784, 10]], ids=str)
def test_python_adds_at_most_two_microseconds(kind, sizes):
    """The least of many short rounds: other programs only ever add time. The small network shows the addition best."""
    net, image = dc.models.mlp(sizes), np.ones((1, sizes[0]), kind)
    rounds = [(call_seconds(net.predict, image), _core.prediction_seconds(net._core, image, 1, CALLS)) for _ in range(ROUNDS)]
    whole, core = (1e6 * min(times) for times in zip(*rounds, strict=True))
    print(f"\npredict, one image of {kind.__name__}, mlp {sizes}: {whole:.2f} µs, of which core {core:.2f}, Python {whole - core:.2f}")
    assert whole - core <= WANTED_MICROSECONDS
