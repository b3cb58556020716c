"""The source's own arithmetic, which lives in the core."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core
from digitcompress.studies.losses._networks import network_of
from digitcompress.studies.losses._trajectory import Checkpoint, Recipe, Recorded, Weights, share_of_zeros

FLOAT_BYTES = 4


def train_faithful(images: NDArray[Any], labels: NDArray[np.int64], start: Weights, recipe: Recipe) -> tuple[Recorded, list[Checkpoint]]:
    """Train as the source does; one call serves every loss."""
    outcome = _core.faithful_train(
        images,
        labels,
        start,
        recipe.learning_rate,
        recipe.checkpoints[-1],
        compression=recipe.compression,
        bits=recipe.bits,
        rate=recipe.rate,
        gradient_samples=recipe.gradient_samples,
        record_every=recipe.record_every,
        threads=recipe.threads,
        checkpoints=list(recipe.checkpoints),
    )
    if outcome["interrupted"]:
        raise KeyboardInterrupt
    recorded = Recorded(outcome["iteration"], outcome["confusion"], outcome["losses"], outcome["class_losses"])
    return recorded, [_checkpoint(images, each, recipe) for each in outcome["checkpoints"]]


def _checkpoint(images: NDArray[Any], outcome: dict[str, Any], recipe: Recipe) -> Checkpoint:
    weights = tuple(outcome["weights"])
    used = tuple(map(partial(_on_grid, bits=recipe.bits), weights)) if recipe.quantizes else weights
    probabilities = partial(
        _core.faithful_probabilities, weights=weights, compression=recipe.compression, bits=recipe.bits, threads=recipe.threads
    )
    return Checkpoint(
        iterations=outcome["iterations"],
        weights=weights,
        network=network_of(weights, images.shape[1:]),
        size_bytes=_size_bytes(weights, recipe),
        sparsity=share_of_zeros(used),
        probabilities=probabilities,
    )


def _on_grid(values: NDArray[Any], bits: int) -> NDArray[Any]:
    steps = 2**bits - 1
    return np.asarray(np.trunc(np.clip(values * steps, -steps, steps)) / steps)


def _size_bytes(weights: Weights, recipe: Recipe) -> int:
    """Return the bytes of packed codes and float biases; codes from -(2**bits - 1) up need one bit more than `bits`.

    Pruned weights have regrown since their last mask: nothing is saved by an index of them.
    """
    width = recipe.bits + 1 if recipe.quantizes else 8 * FLOAT_BYTES
    codes = sum(-(-matrix.size * width // 8) for matrix in weights[::2])
    return int(codes + sum(FLOAT_BYTES * bias.size for bias in weights[1::2]))
