"""Write the logs of every epoch to a file."""

import csv
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from digitcompress.callbacks._callback import Callback

__all__ = ["CSVLogger"]


class CSVLogger(Callback):
    """Write the values of every epoch to a CSV file, one row each, at once.

    A resumed training leaves the file as if it had never stopped.

    Parameters
    ----------
    path : path-like
        The file; an existing one is replaced when the training begins.

    Examples
    --------
    >>> import digitcompress as dc
    >>> import numpy as np, pathlib, tempfile
    >>> data = np.eye(4, dtype=np.float32), [0, 1, 0, 1]
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "log.csv"
    >>> _ = dc.fit(dc.models.mlp([4, 2]), data, epochs=2, callbacks=[CSVLogger(path)], progress=False)
    >>> path.read_text().splitlines()[0]
    'epoch,loss,accuracy,learning_rate'
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._rows: list[dict[str, float]] = []
        self._is_restored = False

    def on_train_begin(self) -> None:
        """Begin the file, with the rows of the training that this one goes on from."""
        if not self._is_restored:
            self._rows = []
        self._is_restored = False
        self._path.write_text("", encoding="utf-8")
        self._append(self._rows, header=True)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Append a row."""
        row = {"epoch": epoch, **logs}
        self._append([row], header=not self._rows)
        self._rows.append(row)

    def state(self) -> dict[str, Any]:
        """Return the rows so far."""
        names = list(self._rows[0]) if self._rows else []
        return {name: np.array([row[name] for row in self._rows], dtype=np.float64) for name in names} | {"names": names}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take the rows over."""
        columns = [state[name].tolist() for name in state["names"]]
        self._rows = [dict(zip(state["names"], [int(row[0]), *row[1:]], strict=True)) for row in zip(*columns, strict=True)]
        self._is_restored = True

    def _append(self, rows: list[dict[str, float]], *, header: bool) -> None:
        if not rows:
            return
        with self._path.open("a", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
            if header:
                writer.writeheader()
            writer.writerows(rows)
