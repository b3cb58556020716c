"""Mini-batch training beside NumPy in the same process; the goals are for `digitcompress bench` on a quiet machine."""

import pytest

from digitcompress.benchmarks import WORKLOADS
from digitcompress.benchmarks._data import digits
from digitcompress.benchmarks._digitcompress import OURS
from digitcompress.benchmarks._machine import restricted_to
from digitcompress.benchmarks._numpy import NUMPY
from digitcompress.benchmarks._race import race
from digitcompress.benchmarks._task import Task
from digitcompress.benchmarks._text import comparison_rows

NUMPY_RATIO = 1.5  # guards against a slip on a busy machine

pytestmark = pytest.mark.slow


def test_training_beats_matrix_products():
    workload = WORKLOADS["mlp128"]
    images, labels, _ = digits(6_400)
    with restricted_to(1):
        comparison = race(Task(workload, workload.network(), images, labels, 1, workload.batch_size), [OURS, NUMPY], {}, rounds=5)
    print()
    for row in comparison_rows(comparison):
        print("  ".join(row))
    assert comparison.ratio_to("NumPy") >= NUMPY_RATIO
