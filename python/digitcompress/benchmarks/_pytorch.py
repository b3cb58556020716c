"""PyTorch as a contender, eager and compiled: data in memory, fused optimizer, no data loader."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._extras import import_extra
from digitcompress.benchmarks._task import Contender, Task, weights_of


class _Training:
    def __init__(self, task: Task, *, compiled: bool = False) -> None:
        torch: Any = import_extra("torch", extra="peers", purpose="the contender PyTorch")
        torch.set_num_threads(task.threads)
        torch.manual_seed(0)
        self._torch, self._task = torch, task
        self._model = _module(torch, task)
        self._pixels = torch.from_numpy(task.pixels)
        self._labels = torch.from_numpy(task.labels)
        self._optimizer = torch.optim.SGD(self._model.parameters(), lr=task.workload.learning_rate, fused=True)
        self._loss = torch.compile(self._mean_loss) if compiled else self._mean_loss

    def run(self, epochs: int) -> None:
        for _ in range(epochs):
            for indices in self._torch.randperm(len(self._pixels)).split(self._task.batch_size):
                self._optimizer.zero_grad()
                self._loss(self._pixels[indices], self._labels[indices]).backward()
                self._optimizer.step()

    def parameters(self) -> dict[str, NDArray[np.float32]]:
        values = (each.detach().numpy().copy() for each in self._model.parameters())
        return dict(zip(self._task.network.parameters, values, strict=True))

    def _mean_loss(self, pixels: Any, labels: Any) -> Any:
        functional = self._torch.nn.functional
        outputs = self._model(pixels)
        return functional.mse_loss(outputs, pixels.flatten(1)) if self._task.reconstructs else functional.cross_entropy(outputs, labels)


def _module(torch: Any, task: Task) -> Any:
    modules = []
    for layer, values in weights_of(task.network):
        module = _MODULES[type(layer).__name__](torch.nn, layer, values)
        module.load_state_dict({name: torch.from_numpy(array) for name, array in values.items()})
        modules.append(module)
    return torch.nn.Sequential(*modules)


def _convolution(nn: Any, layer: Any, values: dict[str, Any]) -> Any:
    channels, inputs, *_ = values["weight"].shape
    options = {"stride": layer.stride, "padding": layer.padding, "groups": layer.groups, "bias": layer.bias}
    return nn.Conv2d(inputs * layer.groups, channels, layer.kernel, **options)


_MODULES: dict[str, Any] = {
    "Conv2d": _convolution,
    "Dense": lambda nn, layer, values: nn.Linear(*values["weight"].shape[::-1], bias=layer.bias),
    "Flatten": lambda nn, *_: nn.Flatten(),
    "LeakyReLU": lambda nn, layer, _: nn.LeakyReLU(layer.slope),
    "MaxPool2d": lambda nn, layer, _: nn.MaxPool2d(layer.kernel, layer.stride or None, layer.padding),
    "ReLU": lambda nn, *_: nn.ReLU(),
    "Sigmoid": lambda nn, *_: nn.Sigmoid(),
}
_COMMON: dict[str, Any] = {"packages": {"torch": "torch"}, "is_framework": True, "kinds": frozenset(_MODULES)}
EAGER = Contender("PyTorch", _Training, **_COMMON)
COMPILED = Contender("PyTorch, compiled", partial(_Training, compiled=True), **_COMMON, is_quick=False)
