"""JAX as a contender: a jitted step in a Python loop, and a whole pass over the data as one scan."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._extras import import_extra
from digitcompress.benchmarks._task import Contender, Task, weights_of


class _Training:
    def __init__(self, task: Task, *, scan: bool = False) -> None:
        jax: Any = import_extra("jax", extra="peers", purpose="the contender JAX")
        self._jax, self._task = jax, task
        layers = weights_of(task.network)
        self._layers = [layer for layer, _ in layers]
        self._values = [{name: jax.numpy.array(array) for name, array in values.items()} for _, values in layers]
        self._data = jax.numpy.asarray(task.pixels), jax.numpy.asarray(task.labels.astype(np.int32))
        self._key = jax.random.key(0)
        self._shuffle = jax.jit(lambda key: jax.random.permutation(key, len(task.images)).reshape(-1, task.batch_size))
        self._advance = self._scan() if scan else self._loop()

    def run(self, epochs: int) -> None:
        for _ in range(epochs):
            self._key, key = self._jax.random.split(self._key)
            self._values = self._advance(self._values, self._shuffle(key))
        self._jax.block_until_ready(self._values)

    def parameters(self) -> dict[str, NDArray[np.float32]]:
        names = [(index, name) for index, (_, values) in enumerate(weights_of(self._task.network)) for name in values]
        values = (np.array(self._values[index][name]) for index, name in names)
        return dict(zip(self._task.network.parameters, values, strict=True))

    def _loop(self) -> Any:
        step = self._jax.jit(self._step, donate_argnums=0)

        def advance(values: Any, batches: Any) -> Any:
            for indices in batches:
                values = step(values, self._data, indices)
            return values

        return advance

    def _scan(self) -> Any:
        def advance(values: Any, data: Any, batches: Any) -> Any:
            return self._jax.lax.scan(lambda carry, indices: (self._step(carry, data, indices), None), values, batches)[0]

        jitted = self._jax.jit(advance, donate_argnums=0)
        return lambda values, batches: jitted(values, self._data, batches)

    def _step(self, values: Any, data: Any, indices: Any) -> Any:
        gradients = self._jax.grad(self._mean_loss)(values, data[0][indices], data[1][indices])
        rate = self._task.workload.learning_rate
        return self._jax.tree.map(lambda value, gradient: value - rate * gradient, values, gradients)

    def _mean_loss(self, values: Any, pixels: Any, labels: Any) -> Any:
        outputs = pixels
        for layer, parameters in zip(self._layers, values, strict=True):
            outputs = _FORWARD[type(layer).__name__](self._jax, layer, parameters, outputs)
        if self._task.reconstructs:
            return ((outputs - pixels.reshape(outputs.shape)) ** 2).mean()
        return -self._jax.numpy.take_along_axis(self._jax.nn.log_softmax(outputs), labels[:, None], axis=1).mean()


def _convolve(jax: Any, layer: Any, values: Any, inputs: Any) -> Any:
    outputs = jax.lax.conv_general_dilated(
        inputs, values["weight"], (layer.stride,) * 2, [(layer.padding,) * 2] * 2, feature_group_count=layer.groups
    )
    return outputs + values["bias"].reshape(-1, 1, 1) if layer.bias else outputs


def _pool(jax: Any, layer: Any, _: Any, inputs: Any) -> Any:
    stride, padding = layer.stride or layer.kernel, (layer.padding, layer.padding)
    sizes = (1, 1, layer.kernel, layer.kernel), (1, 1, stride, stride)
    return jax.lax.reduce_window(inputs, -jax.numpy.inf, jax.lax.max, *sizes, [(0, 0), (0, 0), padding, padding])


def _dense(_: Any, layer: Any, values: Any, inputs: Any) -> Any:
    outputs = inputs @ values["weight"].T
    return outputs + values["bias"] if layer.bias else outputs


_FORWARD = {
    "Conv2d": _convolve,
    "Dense": _dense,
    "Flatten": lambda *given: given[-1].reshape(len(given[-1]), -1),
    "LeakyReLU": lambda jax, layer, _, inputs: jax.nn.leaky_relu(inputs, layer.slope),
    "MaxPool2d": _pool,
    "ReLU": lambda jax, *given: jax.nn.relu(given[-1]),
    "Sigmoid": lambda jax, *given: jax.nn.sigmoid(given[-1]),
}
_COMMON: dict[str, Any] = {"packages": {"jax": "jax"}, "is_framework": True, "kinds": frozenset(_FORWARD), "can_change_threads": False}
LOOP = Contender("JAX, loop", _Training, **_COMMON)
SCAN = Contender("JAX, scan", partial(_Training, scan=True), **_COMMON)
