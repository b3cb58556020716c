"""Colours, lines and markers that survive colour blindness and a grey printer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from digitcompress._extras import import_extra

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito, "Color Universal Design", 2008; the yellow is too light for lines on white and stands last.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_LINES: tuple[Any, ...] = (
    "-",
    (0, (5, 1.5)),
    (0, (1, 1)),
    (0, (5, 1.5, 1, 1.5)),
    (0, (8, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
    (0, (2, 2)),
    (0, (10, 3)),
)


@dataclass(frozen=True)
class Style:
    """How one series looks.

    Parameters
    ----------
    color : str
        Hexadecimal colour.
    line : object
        Line style of matplotlib.
    marker : str
        Marker of matplotlib.

    Examples
    --------
    >>> Style("#000000", "-", "o").marker
    'o'
    """

    color: str
    line: Any
    marker: str


def styles(count: int) -> list[Style]:
    """Return styles that differ in colour, and in line and marker as well.

    Parameters
    ----------
    count : int
        Number of series.

    Returns
    -------
    list of Style
        Colours start again after seven, lines and markers after eight.

    Examples
    --------
    >>> len(set(styles(10)))
    10
    """
    colors = PALETTE[:7]
    return [Style(colors[i % len(colors)], _LINES[i % len(_LINES)], _MARKERS[i % len(_MARKERS)]) for i in range(count)]


def new_figure(width: float, height: float, **subplots: Any) -> tuple["Figure", Any]:
    """Return a figure that no window manager knows but notebooks show, and its axes.

    Parameters
    ----------
    width, height : float
        Size in inches.
    **subplots : object
        Handed to ``Figure.subplots``.

    Returns
    -------
    figure : Figure
        Laid out by matplotlib's constrained layout.
    axes : Axes or ndarray of Axes
        As ``Figure.subplots`` returns them.

    Examples
    --------
    >>> figure, ax = new_figure(4, 3)
    >>> figure.get_size_inches().tolist()
    [4.0, 3.0]
    """
    import_extra("matplotlib.figure", extra="plot", purpose="drawing")
    from digitcompress.plots._figure import ShownFigure

    figure = ShownFigure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(**subplots)


def axes_of(axes: Any, *, width: float, height: float, **subplots: Any) -> tuple["Figure", list[Any]]:
    """Return the axes a caller gave and their figure, or those of a new figure."""
    if axes is None:
        figure, made = new_figure(width, height, squeeze=False, **subplots)
        return figure, list(made.flat)
    given = list(np.atleast_1d(np.asarray(axes, dtype=object)).flat)
    return given[0].figure, given
