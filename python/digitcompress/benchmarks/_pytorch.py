"""PyTorch as a contender, eager and compiled: data in memory, fused optimizer, no data loader."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._extras import import_extra
from digitcompress.benchmarks._pytorch_capsules import margin_loss
from digitcompress.benchmarks._pytorch_network import KINDS, parameters_of, torch_network
from digitcompress.benchmarks._task import Contender, Task

_OPTIMIZERS = {"sgd": "SGD", "adam": "Adam"}


class _Training:
    def __init__(self, task: Task, *, compiled: bool = False) -> None:
        torch: Any = import_extra("torch", extra="peers", purpose="the contender PyTorch")
        torch.set_num_threads(task.threads)
        torch.manual_seed(0)
        self._torch, self._task = torch, task
        self._model = torch_network(torch, task.network)
        self._pixels = torch.from_numpy(task.pixels)
        self._labels = torch.from_numpy(task.labels)
        optimizer = getattr(torch.optim, _OPTIMIZERS[task.workload.optimizer])
        self._optimizer = optimizer(self._model.parameters(), lr=task.workload.learning_rate, fused=True)
        if compiled:
            torch.compiler.reset()  # it compiles a function anew for so many tasks and no more
        self._loss = torch.compile(self._mean_loss) if compiled else self._mean_loss

    def run(self, epochs: int) -> None:
        for _ in range(epochs):
            for indices in self._torch.randperm(len(self._pixels)).split(self._task.batch_size):
                self._optimizer.zero_grad()
                self._loss(self._pixels[indices], self._labels[indices]).backward()
                self._optimizer.step()

    def parameters(self) -> dict[str, NDArray[np.float32]]:
        return parameters_of(self._model)

    def _mean_loss(self, pixels: Any, labels: Any) -> Any:
        functional = self._torch.nn.functional
        outputs, *heads = self._model(pixels)
        outputs = outputs.flatten(1)
        if self._task.reconstructs:
            return functional.mse_loss(outputs, pixels.flatten(1))
        if self._task.workload.loss == "margin":
            return margin_loss(functional, outputs, labels)
        losses = [weight * functional.cross_entropy(head, labels) for weight, head in heads]
        return functional.cross_entropy(outputs, labels) + sum(losses)


_COMMON: dict[str, Any] = {"packages": {"torch": "torch"}, "is_framework": True, "kinds": KINDS, "optimizers": frozenset(_OPTIMIZERS)}
EAGER = Contender("PyTorch", _Training, **_COMMON)
COMPILED = Contender("PyTorch, compiled", partial(_Training, compiled=True), **_COMMON, is_quick=False)
