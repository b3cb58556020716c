"""Figures 5 to 8 and 10: the losses of the compressed models over learning rates, iterations and settings."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from digitcompress.plots import band_curve, compare_settings, new_figure, published_points
from digitcompress.studies.losses._published import LOSS_TITLES, Setting
from digitcompress.studies.losses._series import LOSS_STYLES, accuracies, panel, published_series, series_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from digitcompress.studies.losses._table import LossTable

PERCENT = "accuracy on development images [%]"


def shared_legend(figure: "Figure", columns: int) -> None:
    """Put one legend of everything below the panels, where it hides nothing."""
    entries: dict[str, Any] = {}
    for ax in figure.axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    figure.legend(list(entries.values()), list(entries), loc="outside lower center", ncols=columns, fontsize=9, frameon=False)


def over_learning_rates(table: "LossTable", compression: str) -> "Figure":
    """Draw accuracy against the learning rate, the longest run of each."""
    longest: dict[float, int] = {}
    for setting in table.design.settings:
        longest[setting.learning_rate] = max(setting.iterations, longest.get(setting.learning_rate, 0))
    settings = [Setting(*item) for item in longest.items()]
    figure, axes = _panels(table)
    for ax, mode in zip(axes, table.design.modes, strict=True):
        _draw_losses(ax, table, (mode, compression), settings, lambda i: np.array(list(longest)) * 1.06**i)
        ax.set_xscale("log")
        ax.set_xticks(list(longest), [f"{rate:g}\n({iterations} iterations)" for rate, iterations in longest.items()])
        ax.minorticks_off()
        ax.set(**panel(mode, xlabel="learning rate (logarithmic)", ylabel=PERCENT))
    shared_legend(figure, 4)
    return figure


def over_iterations(table: "LossTable", compression: str) -> "Figure":
    """Draw training accuracy against the iterations, and the development set's where the table has it."""
    modes, rates = table.design.modes, sorted({setting.learning_rate for setting in table.design.settings})
    figure, axes = new_figure(10.5, 1.2 + 3.1 * len(modes), nrows=len(modes), ncols=len(rates), sharey="row", squeeze=False)
    for line, mode in zip(axes, modes, strict=True):
        for ax, rate in zip(line, rates, strict=True):
            _draw_iterations(ax, table, (mode, compression), rate)
            ax.set(title=f"{mode}, learning rate {rate:g}", xlabel="iterations")
        line[0].set_ylabel("accuracy [%]")
    shared_legend(figure, 4)
    return figure


def _draw_iterations(ax: "Axes", table: "LossTable", which: tuple[str, str], rate: float) -> None:
    mode, compression = which
    for series in series_of(table, mode):
        curve = table.curve(mode, compression, series.losses[0], rate, "accuracy")
        if curve is not None:
            band_curve(ax, curve.step, 100 * curve.values, style=series.style, label=series.label, linewidth=1.2)
    settings = sorted(setting for setting in table.design.settings if setting.learning_rate == rate)
    places = np.array([setting.iterations for setting in settings], dtype=np.float64)
    gap = 0.022 * places.max()
    _draw_losses(ax, table, which, settings, lambda i: places + gap * i, joined=False)
    ax.set_xlim(-0.02 * places.max(), 1.2 * places.max())


def quantized_and_pruned(table: "LossTable") -> "Figure":
    """Draw the accuracies of the quantized and of the pruned model over the settings."""
    modes, settings = table.design.modes, list(table.design.settings)
    figure, axes = new_figure(5.4 * len(modes), 7.2, nrows=2, ncols=len(modes), sharex=True, squeeze=False)
    for line, compression in zip(axes, ("pruned", "quantized"), strict=True):
        for ax, mode in zip(line, modes, strict=True):
            _draw_losses(ax, table, (mode, compression), settings, lambda i: np.arange(5) + 0.065 * i)
            ax.set(**panel(mode, ylabel=PERCENT, ylim=(0, 100)))
            ax.set_title(f"{compression}, {mode}")
            ax.grid(axis="y", alpha=0.3)
    for ax in axes.flat:
        ax.label_outer()
    for ax in axes[-1]:
        ax.set_xticks(range(5), [setting.title for setting in settings])
        ax.set_xlabel("learning rate, iterations")
    shared_legend(figure, 4)
    return figure


def _panels(table: "LossTable") -> tuple["Figure", Sequence["Axes"]]:
    modes = table.design.modes
    figure, axes = new_figure(5.4 * len(modes), 4.6, ncols=len(modes), squeeze=False)
    return figure, axes[0]


def _draw_losses(
    ax: "Axes", table: "LossTable", which: tuple[str, str], settings: list[Setting], moved: Callable[[float], Any], *, joined: bool = True
) -> None:
    """Draw ours filled and the published values hollow; `moved` gives the places of a series, aside so that none hides another."""
    mode, compression = which
    drawn, published = series_of(table, mode), published_series(table, compression, settings)
    for i, series in enumerate(drawn):
        values = accuracies(table, mode, compression, series.losses[0], settings)
        if values.size:
            label = series.label if joined else None
            compare_settings(ax, moved(i - (len(drawn) - 1) / 2), values, style=series.style, label=label, joined=joined)
    for i, (loss, heights) in enumerate(published.items()):
        places = moved(i - (len(published) - 1) / 2)
        published_points(ax, places, heights, style=LOSS_STYLES[loss], label=f"published, {LOSS_TITLES[loss]}")
