"""A table as a figure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def table(ax: "Axes", *, columns: Sequence[str], rows: Sequence[str], cells: Sequence[Sequence[str]]) -> "Axes":
    """Draw a table that fills its axes, every other row shaded.

    Parameters
    ----------
    columns, rows : sequence of str
        Heads.
    cells : sequence of sequence of str
        One sequence for each row.

    Examples
    --------
    >>> from digitcompress.plots._styles import new_figure
    >>> figure, ax = new_figure(4, 2)
    >>> table(ax, columns=["a"], rows=["one"], cells=[["1"]]).tables[0][1, 0].get_text().get_text()
    '1'
    """
    from matplotlib.transforms import Bbox

    drawn = ax.table(cellText=cells, rowLabels=rows, colLabels=columns, cellLoc="center", rowLoc="left", bbox=Bbox.from_bounds(0, 0, 1, 1))
    drawn.auto_set_font_size(False)
    drawn.set_fontsize(9)
    for (row, _), cell in drawn.get_celld().items():
        cell.set(edgecolor="#DDDDDD", linewidth=0.6, facecolor="#F3F6FA" if row % 2 else "white")
        if row == 0:
            cell.set(facecolor="#E3E9F1")
            cell.get_text().set_fontweight("bold")
    ax.set_axis_off()
    return ax
