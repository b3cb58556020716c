"""Which digits a compression hurts."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from digitcompress.studies.losses._table import LossTable


CELL = ("loss", "learning_rate", "iterations", "seed")
# Where the float network has not learnt yet, its digits say nothing about compression.
LEARNT = 0.8


def digit_changes(table: "LossTable") -> dict[str, NDArray[np.float64]]:
    """Return how the recall of each digit differs from that of the float network of the same start, in percentage points.

    The mean over seeds, and over the losses and settings at which the float network is right four times in five, by "mode · compression".
    """
    rows = {(row["mode"], row["compression"], *(row[name] for name in CELL)): row for row in table.rows}
    differences: dict[str, list[NDArray[np.float64]]] = {}
    for (mode, compression, *rest), row in rows.items():
        plain = rows[(mode, "none", *rest)]
        if compression != "none" and plain["accuracy"] >= LEARNT:
            differences.setdefault(f"{mode} · {compression}", []).append(100 * (_recall(row) - _recall(plain)))
    return {title: np.mean(values, axis=0) for title, values in differences.items()}


def _recall(row: dict[str, Any]) -> NDArray[np.float64]:
    return np.array([row[f"recall[{digit}]"] for digit in range(10)], dtype=np.float64)
