"""What a training recorded."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._extras import import_extra
from digitcompress.errors import DataError
from digitcompress.plots._styles import axes_of, styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

QUANTITIES = ("loss", "accuracy")


def curves(history: Any, *, axes: "Sequence[Axes] | None" = None) -> "Figure":
    """Draw loss and accuracy of a training, those on validation data dashed.

    Parameters
    ----------
    history : History, or mapping of column names to arrays
        ``loss`` and, when they are there, ``accuracy``, ``val_loss``, ``val_accuracy``; drawn over ``epoch``, or over ``step`` when several
        records share an epoch.
    axes : sequence of two Axes, optional
        For the loss and for the accuracy.

    Raises
    ------
    DataError
        If nothing was recorded.

    Examples
    --------
    >>> figure = curves({"epoch": [0, 1], "loss": [0.9, 0.4], "accuracy": [0.7, 0.9], "val_loss": [0.8, 0.5], "val_accuracy": [0.7, 0.8]})
    >>> [[line.get_label() for line in ax.lines] for ax in figure.axes]
    [['training', 'validation'], ['training', 'validation']]
    """
    columns = {name: np.asarray(values) for name, values in _columns(history).items()}
    if len(columns.get("loss", ())) == 0:
        message = "curves: history must hold at least one record with a loss, got none"
        raise DataError(message)
    shown = [name for name in QUANTITIES if np.isfinite(columns.get(name, np.array([np.nan]))).any()]
    figure, panels = axes_of(axes, width=5.2 * len(shown), height=3.6, ncols=len(shown))
    for ax, name in zip(panels, shown, strict=False):
        _draw(ax, columns, name)
    return figure


def _columns(history: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = history if isinstance(history, Mapping) else history.columns
    return found


def _draw(ax: "Axes", columns: Mapping[str, NDArray[Any]], name: str) -> None:
    unit, places = _abscissa(columns)
    few = "o" if len(places) <= 30 else ""
    for column, label, style in zip((name, f"val_{name}"), ("training", "validation"), styles(2), strict=True):
        if column in columns:
            ax.plot(places, columns[column], color=style.color, linestyle=style.line, marker=few, markersize=3.5, label=label)
    ax.set(xlabel=unit, ylabel=name)
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    if name == "accuracy":
        ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.4g} %")
    if np.issubdtype(places.dtype, np.integer):
        ax.xaxis.set_major_locator(import_extra("matplotlib.ticker", extra="plot", purpose="drawing").MaxNLocator(integer=True))


def _abscissa(columns: Mapping[str, NDArray[Any]]) -> tuple[str, NDArray[Any]]:
    """Return what to draw over: the first column that increases from record to record, or the records' numbers."""
    for unit in ("epoch", "step"):
        if unit in columns and (np.diff(columns[unit]) > 0).all():
            return unit, columns[unit]
    return "record", np.arange(len(columns["loss"]))
