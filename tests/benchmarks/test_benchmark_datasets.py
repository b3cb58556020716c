"""How fast the readers are, beside NumPy's own in the same process. Only ratios are judged: seconds belong to the machine."""

import statistics
import time

import numpy as np
import pytest

from digitcompress.datasets import load_csv

ROWS = 4_000
WANTED_RATIO = 2.0


@pytest.fixture(scope="module")
def csv_file(tmp_path_factory):
    """A file with as many inked pixels, in as long runs, as digits have."""
    generator = np.random.default_rng(0)
    images = np.zeros((ROWS, 28, 28), np.uint8)
    images[:, 6:22, 9:19] = generator.integers(0, 256, (ROWS, 16, 10))
    path = tmp_path_factory.mktemp("csv") / "train.csv"
    np.savetxt(path, np.column_stack([generator.integers(0, 10, ROWS), images.reshape(ROWS, -1)]), fmt="%d", delimiter=",")
    return path


def median_seconds(read, repetitions=5):
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        read()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def test_csv_reader_beats_loadtxt(csv_file):
    ours = median_seconds(lambda: load_csv(csv_file))
    numpys = median_seconds(lambda: np.loadtxt(csv_file, dtype=np.uint8, delimiter=","), repetitions=3)
    megabytes = csv_file.stat().st_size / 1e6
    print(f"\nKaggle CSV, {ROWS} rows: {megabytes / ours:.0f} MB/s, np.loadtxt {megabytes / numpys:.0f} MB/s, {numpys / ours:.1f}x")
    assert numpys / ours > WANTED_RATIO
