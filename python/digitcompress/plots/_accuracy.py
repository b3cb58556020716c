"""Accuracies over a few settings, published ones beside ours."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from digitcompress.plots._styles import Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def compare_settings(ax: "Axes", x: ArrayLike, values: ArrayLike, *, style: Style, label: str | None = None, joined: bool = True) -> "Axes":
    """Draw mean and range of several runs at a few settings.

    Parameters
    ----------
    x : array-like, shape (settings,)
        Abscissa of each setting.
    values : array-like, shape (runs, settings)
        One row for each run.
    style : Style
        Colour, line and marker.
    label : str, optional
        For the legend.
    joined : bool, default=True
        Whether a line joins the settings.

    Examples
    --------
    >>> from digitcompress.plots._styles import new_figure, styles
    >>> figure, ax = new_figure(4, 3)
    >>> compare_settings(ax, [0, 1], [[80, 90]], style=styles(1)[0], label="ours").lines[0].get_label()
    'ours'
    """
    runs = np.atleast_2d(np.asarray(values, dtype=np.float64))
    mean = runs.mean(axis=0)
    line = style.line if joined else "none"
    ax.plot(np.asarray(x), mean, color=style.color, linestyle=line, linewidth=1.2, marker=style.marker, markersize=5.5, label=label)
    if len(runs) > 1:
        spread = [mean - runs.min(axis=0), runs.max(axis=0) - mean]
        ax.errorbar(np.asarray(x), mean, yerr=spread, fmt="none", ecolor=style.color, elinewidth=1, capsize=2)
    return ax


def published_points(ax: "Axes", x: ArrayLike, values: Sequence[float | None], *, style: Style, label: str | None = None) -> "Axes":
    """Draw published values as hollow markers without a line.

    Parameters
    ----------
    x : array-like, shape (settings,)
        Abscissa of each value.
    values : sequence of float or None
        Published values; None is left out.
    style : Style
        Colour and marker.
    label : str, optional
        For the legend.

    Examples
    --------
    >>> from digitcompress.plots._styles import new_figure, styles
    >>> figure, ax = new_figure(4, 3)
    >>> published_points(ax, [0, 1], [None, 90.0], style=styles(1)[0]).lines[0].get_ydata().tolist()
    [90.0]
    """
    points = [(place, value) for place, value in zip(np.asarray(x).tolist(), values, strict=True) if value is not None]
    places, heights = zip(*points, strict=True) if points else ((), ())
    ax.plot(
        places,
        heights,
        linestyle="none",
        marker=style.marker,
        markersize=7.5,
        markerfacecolor="none",
        markeredgecolor=style.color,
        label=label,
    )
    return ax
