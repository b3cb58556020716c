"""Which class is taken for which."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from digitcompress.errors import ShapeError
from digitcompress.plots._styles import axes_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# More counts than these do not fit into their cells.
MOST_COUNTS = 20
# Mistakes are few beside what is right: their shades are spread.
SHADE_EXPONENT = 0.4


def confusion(report: Any, *, names: Sequence[str] | None = None, axes: "Axes | None" = None) -> "Figure":
    """Draw a confusion matrix: counts, shaded by their share of the true class.

    Parameters
    ----------
    report : Report or array_like of int, shape (classes, classes)
        Counts by true class (row) and prediction (column).
    names : sequence of str, optional
        Names of the classes; their numbers by default.
    axes : Axes, optional
        Where to draw.

    Raises
    ------
    ShapeError
        If the counts are not square or there are none, as in the report of a reconstruction.

    Examples
    --------
    >>> figure = confusion([[8, 2], [0, 9]], names=["even", "odd"])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['8', '2', '9']
    """
    counts = np.asarray(getattr(report, "confusion", report))
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.size == 0:
        message = f"confusion: the counts must have the shape (classes, classes), got {counts.shape}"
        raise ShapeError(message)
    size = len(counts)
    shown = [str(index) for index in range(size)] if names is None else list(names)
    side = 1.6 + 0.45 * min(size, MOST_COUNTS)
    figure, (ax,) = axes_of(axes, width=side, height=side)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(shares**SHADE_EXPONENT, cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
    right = 100 * np.trace(counts) / max(counts.sum(), 1)
    ax.set(xlabel="predicted class", ylabel="true class", title=f"{right:.2f} % of {counts.sum():,} right")
    if size <= MOST_COUNTS:
        ax.set_xticks(range(size), shown, rotation=90 if max(map(len, shown)) > 3 else 0)
        ax.set_yticks(range(size), shown)
        _write_counts(ax, counts, shares)
    return figure


def _write_counts(ax: "Axes", counts: Any, shares: Any) -> None:
    for row, column in np.argwhere(counts > 0):
        color = "white" if shares[row, column] ** SHADE_EXPONENT > 0.55 else "black"
        ax.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=8, color=color)
