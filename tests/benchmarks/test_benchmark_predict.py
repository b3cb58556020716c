"""What Python adds to the classification of one image: the time of the call less the time its core takes, measured in turns."""

import numpy as np
import pytest

import digitcompress as dc
from digitcompress.benchmarks._goals import predict_microseconds

WANTED_MICROSECONDS = 2.0

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
@pytest.mark.parametrize("sizes", [[4, 2], [784, 10]], ids=str)
def test_python_adds_at_most_two_microseconds(kind, sizes):
    """The small network shows the addition best."""
    whole, core = predict_microseconds(dc.models.mlp(sizes), np.ones((1, sizes[0]), kind))
    print(f"\npredict, one image of {kind.__name__}, mlp {sizes}: {whole:.2f} µs, of which core {core:.2f}, Python {whole - core:.2f}")
    assert whole - core <= WANTED_MICROSECONDS
