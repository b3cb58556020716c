"""Our own engine as a contender."""

import threading
import weakref
from collections.abc import Mapping
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core
from digitcompress.benchmarks._task import Contender, Task
from digitcompress.callbacks import LambdaCallback
from digitcompress.network import Network
from digitcompress.optimizers import SGD, Adam
from digitcompress.training import fit

THREAD = "digitcompress in training"
_OPTIMIZERS = {"sgd": SGD, "adam": Adam}


class _Over(Exception):
    """Nobody wants the training to go on."""


class _Turns:
    """Holds a training between epochs until it is told to go on, and tells when the epochs of a turn are done."""

    def __init__(self) -> None:
        self._wanted: SimpleQueue[int] = SimpleQueue()  # epochs of a turn; 0 ends the training
        self._ended: SimpleQueue[Exception | None] = SimpleQueue()  # what ended the training as well
        self._left = 0
        self._interrupted = False

    def take(self, epochs: int) -> None:
        self._wanted.put(epochs)
        try:
            error = self._ended.get()
        except KeyboardInterrupt:
            self._interrupted = True
            self._ended.get()
            raise
        if error is not None:
            raise error

    def end(self) -> None:
        self._wanted.put(0)

    def train(self, network: Network, task: Task) -> None:
        """Call ``fit`` once, for all turns."""
        try:
            fit(
                network,
                (task.images, task.labels),
                loss=task.workload.loss,
                optimizer=_OPTIMIZERS[task.workload.optimizer](task.workload.learning_rate),
                epochs=1_000_000,
                batch_size=task.batch_size,
                threads=None if task.threads == _core.default_threads() else task.threads,  # None: as many of them as pay
                callbacks=[LambdaCallback(on_epoch_begin=self._wait, on_epoch_end=self._count)],
                progress=self._check,
            )
        except Exception as error:  # noqa: BLE001 - whoever waits for the turn's end raises it
            self._ended.put(error)

    def _wait(self, _epoch: int) -> None:
        self._left = self._left or self._wanted.get()
        if self._left == 0:
            raise _Over

    def _count(self, _epoch: int, _logs: Mapping[str, float]) -> None:
        self._left -= 1
        if self._left == 0:
            self._ended.put(None)

    def _check(self, _step: int) -> None:
        if self._interrupted:
            raise _Over


class _Training:
    """One call of ``fit`` that goes on from turn to turn: peers keep their buffers and the optimizer's state as well."""

    def __init__(self, task: Task) -> None:
        self._network = task.workload.network()
        for name, values in task.network.parameters.items():
            self._network.parameters[name][...] = values
        self._turns = _Turns()
        threading.Thread(target=self._turns.train, args=(self._network, task), name=THREAD, daemon=True).start()
        weakref.finalize(self, self._turns.end)

    def run(self, epochs: int) -> None:
        self._turns.take(epochs)

    def parameters(self) -> dict[str, NDArray[np.float32]]:
        return {name: values.copy() for name, values in self._network.parameters.items()}


OURS = Contender("digitcompress", _Training, {"digitcompress": "digitcompress"}, optimizers=frozenset(_OPTIMIZERS))
