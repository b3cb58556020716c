"""What a training leaves behind, whichever arithmetic it used."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.network import Network
from digitcompress.training import History

Weights = tuple[NDArray[Any], ...]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A network after some iterations of gradient descent."""

    iterations: int
    weights: Weights
    network: Network
    size_bytes: int
    sparsity: float
    probabilities: Callable[[NDArray[Any]], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Recorded:
    """What was counted every few iterations on the images trained on, before the update: losses by name."""

    step: NDArray[np.int64]
    confusion: NDArray[np.int64]
    loss: dict[str, NDArray[np.float64]]
    class_loss: dict[str, NDArray[np.float64]]

    @property
    def accuracy(self) -> NDArray[np.float64]:
        """Share of images that were classified correctly."""
        correct = np.trace(self.confusion, axis1=1, axis2=2)
        return np.asarray(correct / self.confusion.sum(axis=(1, 2)), dtype=np.float64)

    def history(self, loss: str, *, steps: int) -> History:
        """Return what `fit` would have returned, with one of the losses."""
        counts = self.confusion.sum(axis=2)
        samples = counts.sum(axis=1)
        result = {
            "steps": steps,
            "interrupted": False,
            "step": self.step,
            "epoch": self.step,
            "samples": samples,
            "confusion": self.confusion,
        }
        class_sums = np.where(counts > 0, self.class_loss[loss], 0) * counts
        return History(result | {"loss_sum": self.loss[loss] * samples, "class_loss_sum": class_sums})


@dataclass(frozen=True, eq=False)
class Recipe:
    """How to train: what both modes understand."""

    learning_rate: float
    checkpoints: tuple[int, ...]
    loss: str
    compression: str
    bits: int
    rate: float
    gradient_samples: float | None
    record_every: int
    threads: int | None

    @property
    def quantizes(self) -> bool:
        """Whether numbers are quantized."""
        return self.compression in {"quantized", "both"}

    @property
    def prunes(self) -> bool:
        """Whether weights are pruned."""
        return self.compression in {"pruned", "both"}


def share_of_zeros(weights: Weights) -> float:
    """Return which share of the entries of the weight matrices is zero; biases do not count."""
    matrices = weights[::2]
    return float(sum(np.count_nonzero(matrix == 0) for matrix in matrices) / sum(matrix.size for matrix in matrices))
