"""The published study's NumPy script, restated with parameters; float64 throughout.

The listings are kept line for line where that is possible: samples are columns, X is (features, m), and the names are theirs.
`Switches` turns single departures from the textbook off; all of them on is what the listings do. Two hidden layers follow the same rules.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class Switches:
    loss_ignored: bool = True
    scalar_bias_gradient: bool = True
    truncation: bool = True
    float_backward: bool = True
    float_storage: bool = True
    regrowth: bool = True
    plain_softmax: bool = True
    infinite_loss: bool = True


@dataclass
class Script:
    """One run of the script: `compression` as in "none", "quantized", "pruned", "both"; m is the divisor of the gradients."""

    alpha: float
    compression: str = "none"
    n: int = 8
    prune_rate: float = 0.1
    m: float | None = None
    loss: str = "cross_entropy"
    switches: Switches = field(default_factory=Switches)
    watching: bool = False  # whether to measure nearest_edge
    nearest_edge: float = np.inf  # distance of the closest truncated value from a place where its code changes, in codes

    @property
    def quantized(self):
        return self.compression in {"quantized", "both"}

    @property
    def pruned(self):
        return self.compression in {"pruned", "both"}

    def quantize(self, vals, watched=True):
        scale = 2**self.n - 1
        q_vals = np.clip(vals * scale, -scale, scale)
        if watched and self.watching:
            self.watch(vals * scale, scale)
        return (np.fix(q_vals) if self.switches.truncation else np.round(q_vals)) / scale

    def watch(self, codes, scale):
        """Codes change at every integer but 0 (truncation) or at every half (rounding), up to the largest code."""
        magnitude = np.abs(codes) if self.switches.truncation else np.abs(codes) + 0.5
        edge = np.clip(np.round(magnitude), 1, scale)
        self.nearest_edge = min(self.nearest_edge, np.min(np.abs(magnitude - edge)))

    def softmax(self, Z):
        if not self.switches.plain_softmax:
            Z = Z - Z.max(axis=0)
        return np.exp(Z) / np.sum(np.exp(Z), axis=0)

    def forward_prop(self, weights, X):
        """Z, A and what the next layer is given of A, for every layer; A of the last is the softmax."""
        used = [self.quantize(W) if self.quantized else W for W in weights[0::2]]
        Zs, As, given = [], [], [X]
        for layer, (W, b) in enumerate(zip(used, weights[1::2], strict=True)):
            Z = W.dot(given[-1]) + b.reshape(-1, 1)
            last = layer == len(used) - 1
            A = self.softmax(Z) if last else np.maximum(Z, 0)
            Zs, As = [*Zs, Z], [*As, A]
            given.append(self.quantize(A) if self.quantized and not last else A)
        return Zs, As, given, used

    def output_gradient(self, A2, one_hot_Y):
        if self.switches.loss_ignored:
            return A2 - one_hot_Y
        slope, classes = SLOPES[self.loss](A2, one_hot_Y), len(A2) if self.loss in OVER_CLASSES else 1
        return A2 * (slope - np.sum(A2 * slope, axis=0)) / classes

    def backward_prop(self, passed, weights, X, Y):
        """dW1, db1, dW2, db2, …, each divided by m and quantized."""
        Zs, As, given, used = passed
        m = self.m or Y.size
        dZ = self.output_gradient(As[-1], one_hot(Y, len(As[-1])))
        inputs = [X, *As[:-1]] if self.switches.float_backward else given[:-1]
        weights_back = weights[0::2] if self.switches.float_backward else used
        gradients = []
        for layer in reversed(range(len(Zs))):
            db = np.sum(dZ) if self.switches.scalar_bias_gradient else np.sum(dZ, axis=1).reshape(weights[2 * layer + 1].shape)
            gradients = [1 / m * dZ.dot(inputs[layer].T), 1 / m * db, *gradients]
            if layer > 0:
                dZ = weights_back[layer].T.dot(dZ) * (Zs[layer - 1] > 0)
        return [self.quantize(each) if self.quantized else each for each in gradients]

    def update_params(self, weights, gradients):
        if self.quantized:
            gradients = [self.quantize(each, watched=False) for each in gradients]  # they lie on the grid, so on edges
        masks = [self.mask(W) if self.pruned and i % 2 == 0 else 1 for i, W in enumerate(weights)]
        weights = [W * mask - self.alpha * dW for W, mask, dW in zip(weights, masks, gradients, strict=True)]
        if not self.switches.regrowth:
            weights = [W * mask for W, mask in zip(weights, masks, strict=True)]
        if self.quantized and not self.switches.float_storage:
            weights = [self.quantize(W) for W in weights]
        return weights

    def mask(self, W):
        return np.abs(W) > np.percentile(np.abs(W), self.prune_rate * 100)

    def gradient_descent(self, X, Y, start, iterations, every=10):
        """Weights after the last update, and (iteration, A2) of the recorded forward passes."""
        weights, records = [W.copy() for W in start], []
        for i in range(iterations):
            passed = self.forward_prop(weights, X)
            gradients = self.backward_prop(passed, weights, X, Y)
            weights = self.update_params(weights, gradients)
            if i % every == 0:
                records.append((i, passed[1][-1]))
        return weights, records


def one_hot(Y, classes):
    one_hot_Y = np.zeros((Y.size, classes))
    one_hot_Y[np.arange(Y.size), Y] = 1
    return one_hot_Y.T


def cross_entropy_loss(A2, Y):
    class_weights = np.ones((len(A2), 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = one_hot(Y, len(A2)) * np.log(A2) * class_weights
    return -np.nansum(logs) / Y.size  # 0 · log 0 counts as 0


def mse_loss(A2, Y):
    return np.mean((one_hot(Y, len(A2)) - A2) ** 2)


def focal_loss(A2, Y):
    with np.errstate(divide="ignore"):
        loss = -((1 - A2) ** 2) * np.log(A2)
    return np.mean(loss)


def hinge_loss(A2, Y):
    return np.mean(np.maximum(0, 1 - one_hot(Y, len(A2)) * A2))


LOSSES = {
    "cross_entropy": cross_entropy_loss,
    "weighted_cross_entropy": cross_entropy_loss,
    "mse": mse_loss,
    "focal": focal_loss,
    "hinge": hinge_loss,
}
OVER_CLASSES = {"mse", "focal", "hinge"}
SLOPES = {
    "cross_entropy": lambda p, y: -y / p,
    "weighted_cross_entropy": lambda p, y: -y / p,
    "mse": lambda p, y: 2 * (p - y),
    "focal": lambda p, y: 2 * (1 - p) * np.log(p) - (1 - p) ** 2 / p,
    "hinge": lambda p, y: -y * (1 - y * p > 0),
}


def confusion_matrix(predictions, Y, classes):
    confusion = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(confusion, (Y, predictions), 1)
    return confusion


def init_params(widths, seed):
    generator = np.random.default_rng(seed)
    shapes = [shape for a, b in pairwise(widths) for shape in ((b, a), (b, 1))]
    return [generator.random(shape) - 0.5 for shape in shapes]
