"""Our own engine as a contender."""

import threading
import weakref
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core
from digitcompress.benchmarks._task import Contender, Task
from digitcompress.callbacks import Callback
from digitcompress.network import Network
from digitcompress.optimizers import SGD, Adam
from digitcompress.training import fit

_OPTIMIZERS = {"sgd": SGD, "adam": Adam}


class _Over(Exception):
    """Nobody wants the training to go on."""


class _Turns(Callback):
    """Holds a training between epochs until it is told to go on."""

    def __init__(self) -> None:
        self.wanted: SimpleQueue[int] = SimpleQueue()  # epochs of a turn; 0 ends the training
        self.ended: SimpleQueue[BaseException | None] = SimpleQueue()
        self._left = 0

    def on_epoch_begin(self, epoch: int) -> None:
        self._left = self._left or self.wanted.get()
        if self._left == 0:
            raise _Over

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        self._left -= 1
        if self._left == 0:
            self.ended.put(None)


def _train(network: Network, task: Task, turns: _Turns) -> None:
    try:
        fit(
            network,
            (task.images, task.labels),
            loss=task.workload.loss,
            optimizer=_OPTIMIZERS[task.workload.optimizer](task.workload.learning_rate),
            epochs=1_000_000,
            batch_size=task.batch_size,
            threads=None if task.threads == _core.default_threads() else task.threads,  # None: as many of them as pay
            callbacks=[turns],
            progress=False,
        )
    except _Over:
        pass
    except BaseException as error:  # whoever waits for the turn's end has to know
        turns.ended.put(error)


class _Training:
    """One call of ``fit`` that goes on from turn to turn: peers keep their buffers and the optimizer's state as well."""

    def __init__(self, task: Task) -> None:
        self._network = task.workload.network()
        for name, values in task.network.parameters.items():
            self._network.parameters[name][...] = values
        self._turns = _Turns()
        threading.Thread(target=_train, args=(self._network, task, self._turns), daemon=True).start()
        weakref.finalize(self, self._turns.wanted.put, 0)

    def run(self, epochs: int) -> None:
        self._turns.wanted.put(epochs)
        error = self._turns.ended.get()
        if error is not None:
            raise error

    def parameters(self) -> dict[str, NDArray[np.float32]]:
        return {name: values.copy() for name, values in self._network.parameters.items()}


OURS = Contender("digitcompress", _Training, {"digitcompress": "digitcompress"}, optimizers=frozenset(_OPTIMIZERS))
