"""Which digits a compression hurts."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from digitcompress.studies.losses._table import LossTable


def digit_changes(table: "LossTable") -> dict[str, NDArray[np.float64]]:
    """Return how the recall of each digit differs from that of the float network of the same start."""
    recalls = {
        tuple(row[name] for name in ("mode", "compression", "loss", "learning_rate", "iterations", "seed")): np.array(
            [row[f"recall[{digit}]"] for digit in range(10)], dtype=np.float64
        )
        for row in table.rows
    }
    differences: dict[str, list[NDArray[np.float64]]] = {}
    for (mode, compression, *rest), recall in recalls.items():
        if compression != "none":
            differences.setdefault(f"{mode} · {compression}", []).append(100 * (recall - recalls[(mode, "none", *rest)]))
    return {title: np.nanmean(values, axis=0) for title, values in differences.items()}
