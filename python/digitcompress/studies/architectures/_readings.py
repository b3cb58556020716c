"""What is kept of a training while it runs: times of epochs, and reports at some of them."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from digitcompress.callbacks import Callback
from digitcompress.evaluation import Report
from digitcompress.network import Network


class Readings(Callback):
    """Time the epochs, their validation included, and evaluate after some of them; a resumed training goes on with both.

    Parameters
    ----------
    epochs : tuple of int
        After how many epochs to evaluate.
    measure : callable
        Returns the report of a network; its time does not count.
    """

    def __init__(self, epochs: tuple[int, ...], measure: Callable[[Network], Report]) -> None:
        self.seconds: list[float] = []
        self.reports: dict[int, Report] = {}
        self._epochs = epochs
        self._measure = measure
        self._before = 0.0  # seconds of the present epoch in sessions before this one
        self._began: float | None = None

    def on_epoch_begin(self, _: int) -> None:
        """Start the watch."""
        self._began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float]) -> None:  # noqa: ARG002
        """Stop the watch and evaluate when it is time."""
        self.seconds.append(self._elapsed())
        self._before, self._began = 0.0, None
        if epoch + 1 in self._epochs:
            self.reports[epoch + 1] = self._measure(self.network)

    def state(self) -> dict[str, Any]:
        """Return the times and reports so far."""
        reports = {str(epochs): report.to_json() for epochs, report in self.reports.items()}
        return {"seconds": np.array(self.seconds), "elapsed": self._elapsed(), "reports": reports}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""
        self.seconds = state["seconds"].tolist()
        self.reports = {int(epochs): Report.from_json(text) for epochs, text in state["reports"].items()}
        self._before, self._began = float(state["elapsed"]), None

    def _elapsed(self) -> float:
        return self._before + (0.0 if self._began is None else time.perf_counter() - self._began)
