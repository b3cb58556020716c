"""Our arithmetic: nothing but the calls that every user of the package has."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.compression import convert, prepare
from digitcompress.evaluation import size_bytes
from digitcompress.network import Network
from digitcompress.optimizers import SGD
from digitcompress.pruning import Pruning
from digitcompress.quantization import Quantization
from digitcompress.studies._training import fit_or_stop
from digitcompress.studies.losses._choices import TRAINED_AS
from digitcompress.studies.losses._networks import network_of, weights_of
from digitcompress.studies.losses._trajectory import Checkpoint, Recipe, Recorded, Weights, share_of_zeros
from digitcompress.training import History


def train_correct(
    images: NDArray[Any], labels: NDArray[np.int64], start: Weights, recipe: Recipe, *, seed: int
) -> tuple[list[History], list[Checkpoint]]:
    """Train by the gradient of the loss, compressing on the way."""
    passes: list[Any] = [Pruning(recipe.rate)] if recipe.prunes else []
    if recipe.quantizes:
        passes.append(Quantization(weights=recipe.bits, activations=recipe.bits, gradients=recipe.bits))
    network = prepare(network_of(start, images.shape[1:]), passes, seed=seed)
    histories, checkpoints = [], []
    for done, goal in zip((0, *recipe.checkpoints), recipe.checkpoints, strict=False):
        histories.append(_advance(network, (images, labels), recipe, done=done, goal=goal))
        checkpoints.append(_checkpoint(convert(network), goal, start))
    return histories, checkpoints


def _advance(network: Network, data: tuple[Any, Any], recipe: Recipe, *, done: int, goal: int) -> History:
    """Go on to a number of iterations, as if there had been no stop."""
    return fit_or_stop(
        network,
        data,
        loss=TRAINED_AS[recipe.loss],
        optimizer=SGD(recipe.learning_rate),
        epochs=goal - done,
        batch_size=None,
        record_every=recipe.record_every,
        gradient_samples=recipe.gradient_samples,
        first_step=done,
        threads=recipe.threads,
    )


def _checkpoint(network: Network, iterations: int, start: Weights) -> Checkpoint:
    weights = weights_of(network, start)
    return Checkpoint(
        iterations=iterations,
        weights=weights,
        network=network,
        size_bytes=size_bytes(network),
        sparsity=share_of_zeros(weights),
        probabilities=network.predict_proba,
    )


def joined(histories: Sequence[History], loss: str) -> Recorded:
    """Return what was recorded on the way to all checkpoints."""
    names = ("step", "confusion", "loss", "class_loss")
    step, confusion, mean, by_class = (np.concatenate([history.columns[name] for history in histories]) for name in names)
    trained = TRAINED_AS[loss]
    return Recorded(step, confusion, {trained: mean}, {trained: by_class})
