"""Data that several tests share."""

import gzip
import os
import signal
from pathlib import Path

# The oracles' matrices are small: threads of NumPy's BLAS would only take the processors from what is tested.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest

from reference import synthetic_digits

# A job in the background of a shell starts with Ctrl-C ignored, and would hand that on to the programs that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def digits():
    """A few hundred digit-like images and their labels."""
    return synthetic_digits.make(600)


@pytest.fixture(scope="session")
def mnist():
    """MNIST's first 2,000 test images and labels, from the folder that DIGITCOMPRESS_DATA names."""
    folder = os.environ.get("DIGITCOMPRESS_DATA")
    if not folder:
        pytest.skip("DIGITCOMPRESS_DATA does not name a folder with real digits")
    path = Path(folder) / "mnist"
    images = gzip.decompress((path / "t10k-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((path / "t10k-labels-idx1-ubyte.gz").read_bytes())
    pixels = np.frombuffer(images, dtype=np.uint8, offset=16).reshape(-1, 28, 28)
    return pixels[:2000].copy(), np.frombuffer(labels, dtype=np.uint8, offset=8)[:2000].astype(np.int64)
