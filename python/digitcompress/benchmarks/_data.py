"""The images all contenders train on: real ones, as many as asked for."""

import numpy as np
from numpy.typing import NDArray

from digitcompress import datasets


def digits(count: int) -> tuple[NDArray[np.uint8], NDArray[np.int64], str]:
    """Return images, labels and where they are from: MNIST if it is on this machine, otherwise 4,000 of them, over and over."""
    try:
        data = datasets.load("mnist", fetch_missing=False)
    except FileNotFoundError:
        data = datasets.load("mnist-5k")
    images, labels = data.train  # type: ignore[misc]  # both sets have training images
    order = np.arange(count) % len(images)
    return np.ascontiguousarray(images[order]), labels[order], data.name
