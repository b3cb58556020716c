"""Images a second against what is varied."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from digitcompress._extras import import_extra
from digitcompress.benchmarks._results import Point
from digitcompress.benchmarks._workloads import WORKLOADS
from digitcompress.plots import new_figure, styles

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def scaling_figure(points: Sequence[Point]) -> "Figure":
    """Return a row of panels for each workload: images a second against batch size, threads and data size."""
    workloads, axes, contenders = (
        list(dict.fromkeys(getattr(each, name) for each in points)) for name in ("workload", "axis", "contender")
    )
    figure, panels = new_figure(
        3.4 * len(axes), 2.9 * len(workloads) + 0.4, nrows=len(workloads), ncols=len(axes), squeeze=False, sharey="row"
    )
    looks = dict(zip(contenders, styles(len(contenders)), strict=True))
    for row, workload in zip(panels, workloads, strict=True):
        for panel, axis in zip(row, axes, strict=True):
            _draw(panel, [each for each in points if (each.workload, each.axis) == (workload, axis)], looks)
            panel.set_xlabel(axis)
        row[0].set_ylabel(f"{WORKLOADS[workload].title}\nimages a second")
    figure.legend(*panels[0][0].get_legend_handles_labels(), loc="outside upper center", ncols=len(contenders), frameon=False)
    return figure


def _draw(panel: Any, points: Sequence[Point], looks: dict[str, Any]) -> None:
    for name, look in looks.items():
        own = sorted((each for each in points if each.contender == name), key=lambda each: each.value)
        options = {"color": look.color, "linestyle": look.line, "marker": look.marker, "markersize": 4, "label": name}
        panel.plot([each.value for each in own], [each.images_per_second for each in own], **options)
    values = sorted({each.value for each in points})
    panel.set_xscale("log", base=2)
    panel.set_yscale("log")
    ticker = import_extra("matplotlib.ticker", extra="plot", purpose="drawing")
    panel.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    panel.yaxis.set_major_formatter(ticker.EngFormatter(sep=""))
    panel.set_xticks(values, [f"{value:,}" for value in values], minor=False)
    panel.minorticks_off()
    panel.grid(visible=True, axis="y", color="#dddddd", linewidth=0.6)
