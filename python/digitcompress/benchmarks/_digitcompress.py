"""Our own engine as a contender."""

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core
from digitcompress.benchmarks._task import Contender, Task
from digitcompress.optimizers import SGD, Adam
from digitcompress.training import fit

_OPTIMIZERS = {"sgd": SGD, "adam": Adam}


class _Training:
    def __init__(self, task: Task) -> None:
        self._task = task
        self._network = task.workload.network()
        for name, values in task.network.parameters.items():
            self._network.parameters[name][...] = values

    def run(self, epochs: int) -> None:
        task = self._task
        fit(
            self._network,
            (task.images, task.labels),
            loss=task.workload.loss,
            optimizer=_OPTIMIZERS[task.workload.optimizer](task.workload.learning_rate),
            epochs=epochs,
            batch_size=task.batch_size,
            threads=None if task.threads == _core.default_threads() else task.threads,  # None: as many of them as pay
            progress=False,
        )

    def parameters(self) -> dict[str, NDArray[np.float32]]:
        return {name: values.copy() for name, values in self._network.parameters.items()}


OURS = Contender("digitcompress", _Training, {"digitcompress": "digitcompress"}, optimizers=frozenset(_OPTIMIZERS))
