"""What a training sees: images, labels, weights, and what is held out."""

import numbers
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core
from digitcompress._arguments import as_integer
from digitcompress._arrays import as_pair, as_unlabelled, check_reconstruction
from digitcompress.errors import DataError
from digitcompress.network import Network
from digitcompress.training._weights import as_class_weights, as_sample_weights

Pair = tuple[NDArray[Any], NDArray[np.int64]]


@dataclass(frozen=True)
class TrainingData:
    """Checked arrays as the core reads them."""

    train: Pair
    validation: Pair | None
    sample_weights: NDArray[np.float32] | None
    class_weights: list[float]

    def views(self) -> tuple[Any, Any]:
        """Return what the core borrows: the pair to train on, and the pair to validate with or None."""
        pairs = [None if pair is None else (_core.ImageView(pair[0]), pair[1]) for pair in (self.train, self.validation)]
        return pairs[0], pairs[1]


def as_training_data(
    network: Network, data: Any, validation: Any, *, weights: tuple[Any, Any], reconstructs: bool, seed: int
) -> TrainingData:
    """Check what ``fit`` was given; `weights` are of samples and of classes. A loss that reconstructs is given no labels."""
    if reconstructs:
        _check_no_classes(weights[1])
    train = as_samples("fit", network, data, reconstructs=reconstructs)
    sample_weights = as_sample_weights(weights[0], len(train[0]))
    held_out: Pair | None
    if isinstance(validation, numbers.Real):
        kept, out = _drawn(len(train[0]), validation, seed)
        held_out = train[0][out], train[1][out if len(train[1]) else []]
        train = train[0][kept], train[1][kept if len(train[1]) else []]
        sample_weights = None if sample_weights is None else sample_weights[kept]
    else:
        held_out = None if validation is None else as_samples("fit", network, validation, "validation", reconstructs=reconstructs)
    return TrainingData(train, held_out, sample_weights, as_class_weights(weights[1], train[1], network.classes))


def as_samples(caller: str, network: Network, data: Any, name: str = "data", *, reconstructs: bool) -> Pair:
    """Return checked images and labels for a network; a loss that reconstructs needs no labels and is given none."""
    if not reconstructs:
        return as_pair(data, network.input_shape, network.classes, name)
    check_reconstruction(caller, network.input_shape, network.classes)
    return as_unlabelled(data, network.input_shape, name), np.zeros(0, dtype=np.int64)


def _check_no_classes(class_weight: Any) -> None:
    if class_weight is not None:
        message = f"fit: class_weight must be None when the loss reconstructs, got {class_weight!r}"
        raise DataError(message)


def _drawn(count: int, share: Any, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw which of `count` samples train and which validate, each in their old order."""
    held_out = round(float(share) * count) if 0 < share < 1 else 0
    if isinstance(share, numbers.Integral) or not 0 < held_out < count:
        message = f"fit: validation must be a split, an (images, labels) pair or a share in (0, 1) that leaves samples, got {share!r}"
        raise DataError(message)
    order = np.random.Generator(np.random.PCG64(as_integer("fit: seed", seed, 0))).permutation(count)
    return np.sort(order[held_out:]), np.sort(order[:held_out])
