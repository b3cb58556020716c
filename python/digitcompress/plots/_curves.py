"""Quantities against the iterations."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from digitcompress.plots._styles import Style, styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def band_curve(ax: "Axes", x: ArrayLike, values: ArrayLike, *, style: Style, label: str | None = None, **line: Any) -> "Axes":
    """Draw the mean of several runs as a line and their range as a band.

    Parameters
    ----------
    x : array-like, shape (points,)
        Common abscissa.
    values : array-like, shape (runs, points)
        One row for each run.
    style : Style
        Colour and line.
    label : str, optional
        For the legend.
    **line : object
        Handed to ``Axes.plot``.

    Examples
    --------
    >>> from digitcompress.plots._styles import new_figure, styles
    >>> figure, ax = new_figure(4, 3)
    >>> band_curve(ax, [0, 1], [[0.1, 0.5], [0.3, 0.7]], style=styles(1)[0]).lines[0].get_ydata().round(6).tolist()
    [0.2, 0.6]
    """
    runs = np.atleast_2d(np.asarray(values, dtype=np.float64))
    options = {"color": style.color, "linestyle": style.line, "linewidth": 1.6} | line
    ax.plot(np.asarray(x), runs.mean(axis=0), label=label, **options)
    if len(runs) > 1:
        ax.fill_between(np.asarray(x), runs.min(axis=0), runs.max(axis=0), color=style.color, alpha=0.18, linewidth=0)
    return ax


def class_curves(ax: "Axes", x: ArrayLike, values: ArrayLike, *, names: Sequence[str] | None = None) -> "Axes":
    """Draw the mean of several runs for each class, named at its right end.

    Parameters
    ----------
    x : array-like, shape (points,)
        Common abscissa.
    values : array-like, shape (runs, points, classes)
        A quantity between 0 and 1.
    names : sequence of str, optional
        Names of the classes; their numbers by default.

    Examples
    --------
    >>> import numpy as np
    >>> from digitcompress.plots._styles import new_figure
    >>> figure, ax = new_figure(4, 3)
    >>> len(class_curves(ax, [0, 1], np.zeros((1, 2, 10))).lines)
    10
    """
    runs = np.asarray(values, dtype=np.float64)
    count = runs.shape[2]
    shown = [str(index) for index in range(count)] if names is None else list(names)
    looks = styles(count)
    for index, look in enumerate(looks):
        band_curve(ax, x, runs[:, :, index].mean(axis=0), style=look, label=shown[index], linewidth=1.3)
    ends = np.nan_to_num(runs[:, -1].mean(axis=0))
    for index, height in enumerate(_spread(ends, gap=0.045)):
        ax.annotate(
            shown[index],
            (1.012, height),
            xycoords=ax.get_yaxis_transform(),
            color=looks[index].color,
            va="center",
            fontsize=9,
            fontweight="bold",
        )
    return ax


def _spread(heights: ArrayLike, gap: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Move labels apart so that none hides another, in their order, about their centre and not above 1."""
    values = np.asarray(heights, dtype=np.float64)
    order = np.argsort(values)
    placed = values[order].copy()
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    placed -= max(float(placed.mean() - values.mean()), float(placed[-1] - 1))
    result = np.empty_like(placed)
    result[order] = placed
    return result
