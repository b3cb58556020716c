"""NumPy as a contender: perceptrons in float32, written as matrix products."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.benchmarks._task import Contender, Task, weights_of

Array = NDArray[np.float32]


class _Training:
    def __init__(self, task: Task) -> None:
        self._task = task
        self._layers = [(type(layer).__name__, values) for layer, values in weights_of(task.network)]
        self._pixels = task.pixels.reshape(len(task.images), -1)
        self._shuffles = np.random.default_rng(0)

    def run(self, epochs: int) -> None:
        for _ in range(epochs):
            order = self._shuffles.permutation(len(self._pixels))
            for indices in order.reshape(-1, self._task.batch_size):
                self._step(self._pixels[indices], self._task.labels[indices])

    def parameters(self) -> dict[str, Array]:
        values = (each for _, parameters in self._layers for each in parameters.values())
        return dict(zip(self._task.network.parameters, values, strict=True))

    def _step(self, inputs: Array, labels: NDArray[np.int64]) -> None:
        outputs = [inputs]
        for kind, values in self._layers:
            outputs.append(_forward(kind, values, outputs[-1]))
        gradient = _reconstruction(outputs[-1], inputs) if self._task.reconstructs else _cross_entropy(outputs[-1], labels)
        for index in reversed(range(len(self._layers))):
            kind, values = self._layers[index]
            if kind == "Dense":
                gradient = self._descend(values, outputs[index], gradient, is_first=index <= 1)
            else:
                gradient = _backward(kind, outputs[index + 1], gradient)

    def _descend(self, values: dict[str, Array], inputs: Array, gradient: Array, *, is_first: bool) -> Array:
        """Update a dense layer and return the gradient of its input, which nobody reads behind the first one."""
        onward = gradient if is_first else gradient @ values["weight"]
        rate = np.float32(self._task.workload.learning_rate)
        values["weight"] -= rate * (gradient.T @ inputs)
        values["bias"] -= rate * gradient.sum(axis=0)
        return onward


def _forward(kind: str, values: dict[str, Array], inputs: Array) -> Array:
    if kind == "Dense":
        return inputs @ values["weight"].T + values["bias"]
    if kind == "ReLU":
        return np.maximum(inputs, 0)
    return inputs if kind == "Flatten" else np.reciprocal(1 + np.exp(-inputs))


def _backward(kind: str, outputs: Array, gradient: Array) -> Array:
    if kind == "Flatten":
        return gradient
    return gradient * (outputs > 0) if kind == "ReLU" else gradient * outputs * (1 - outputs)


def _cross_entropy(logits: Array, labels: NDArray[np.int64]) -> Array:
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    gradient: Array = exponentials / exponentials.sum(axis=1, keepdims=True)
    gradient[np.arange(len(labels)), labels] -= 1
    return gradient / np.float32(len(labels))


def _reconstruction(outputs: Array, targets: Array) -> Array:
    difference: Any = (outputs - targets) * np.float32(2 / outputs.size)
    return difference  # type: ignore[no-any-return]


NUMPY = Contender("NumPy", _Training, {"numpy": "numpy"}, kinds=frozenset({"Flatten", "Dense", "ReLU", "Sigmoid"}))
