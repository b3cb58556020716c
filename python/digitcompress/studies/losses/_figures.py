"""The figures of the publication: ours in the faithful and the correct arithmetic, the published numbers beside them."""

from typing import TYPE_CHECKING, Any

import numpy as np

from digitcompress.plots import band_curve, class_curves, digit_image, new_figure, probability_bars, published_points, styles
from digitcompress.plots import table as draw_table
from digitcompress.studies.losses._comparisons import over_iterations, over_learning_rates, quantized_and_pruned, shared_legend
from digitcompress.studies.losses._published import COMPRESSIONS_OF_MODEL, ROWS, Setting, published_accuracy
from digitcompress.studies.losses._series import panel
from digitcompress.studies.losses._summary import cell_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from digitcompress.studies.losses._table import LossTable

_NETWORKS = {"float": "none", "quantized": "quantized", "pruned": "pruned"}
_LINE_OF_COMPRESSION = {"none": "-", "pruned": (0, (4, 2))}


def draw_figures(table: "LossTable") -> dict[str, "Figure"]:
    """Draw all figures of the study."""
    draw: dict[str, Callable[[], Figure]] = {
        "figure_01_accuracy": lambda: classical_curves(table, "accuracy"),
        "figure_02_loss": lambda: classical_curves(table, "loss"),
        "figure_03_precision": lambda: per_class(table, "precision"),
        "figure_04_recall": lambda: per_class(table, "recall"),
        "figure_05_quantized_learning_rate": lambda: over_learning_rates(table, "quantized"),
        "figure_06_quantized_iterations": lambda: over_iterations(table, "quantized"),
        "figure_07_pruned_iterations": lambda: over_iterations(table, "pruned"),
        "figure_08_pruned_learning_rate": lambda: over_learning_rates(table, "pruned"),
        "figure_09_table": lambda: relation_table(table),
        "figure_10_quantized_and_pruned": lambda: quantized_and_pruned(table),
        "predictions": lambda: single_predictions(table),
    }
    return {name: function() for name, function in draw.items()}


def classical_loss(table: "LossTable") -> str:
    """Return the loss of the classical model: cross entropy, when the study has it."""
    return ROWS[0].loss if ROWS[0].loss in table.design.losses else table.design.losses[0]


def classical_curves(table: "LossTable", quantity: str) -> "Figure":
    """Draw training accuracy or loss of the classical model against the iterations."""
    modes = table.design.modes
    figure, axes = new_figure(5.4 * len(modes), 4.4, ncols=len(modes), sharey=True, squeeze=False)
    for ax, mode in zip(axes[0], modes, strict=True):
        _draw_classical(ax, table, mode, quantity)
        ax.set(**panel(mode, xlabel="iterations"))
        ax.grid(alpha=0.3)
    axes[0, 0].set_ylabel("training accuracy [%]" if quantity == "accuracy" else "mean training loss [nat]")
    shared_legend(figure, 3)
    return figure


def _draw_classical(ax: "Axes", table: "LossTable", mode: str, quantity: str) -> None:
    rates = sorted({setting.learning_rate for setting in table.design.settings})
    loss = classical_loss(table)
    factor = 100 if quantity == "accuracy" else 1
    for rate, style in zip(rates, styles(len(rates)), strict=True):
        for compression in COMPRESSIONS_OF_MODEL["classical"] if mode == "faithful" else ("none",):
            curve = table.curve(mode, compression, loss, rate, quantity)
            name = f"learning rate {rate:g}" + ("" if compression == "none" else ", pruned as listed")
            if curve is not None:
                line = _LINE_OF_COMPRESSION[compression]
                band_curve(ax, curve.step, factor * curve.values, style=style, label=name, linestyle=line)
        if quantity == "accuracy" and not table.design.quick:
            settings = [setting for setting in table.design.settings if setting.learning_rate == rate]
            values = [published_accuracy("none", loss, setting) for setting in settings]
            published_points(
                ax,
                [setting.iterations for setting in settings],
                values,
                style=style,
                label=f"published, rate {rate:g} (development images)",
            )


def per_class(table: "LossTable", quantity: str) -> "Figure":
    """Draw precision or recall of each digit against the iterations, for the classical model at learning rate 0.1."""
    modes = table.design.modes
    figure, axes = new_figure(5.6 * len(modes), 4.6, ncols=len(modes), sharey=True, squeeze=False)
    for ax, mode in zip(axes[0], modes, strict=True):
        compression = "pruned" if mode == "faithful" else "none"
        curve = table.curve(mode, compression, classical_loss(table), 0.1, quantity)
        if curve is not None:
            class_curves(ax, curve.step, curve.values)
        ax.set(**panel(mode, xlabel="iterations", ylim=(0, 1.02)))
        ax.grid(alpha=0.3)
    axes[0, 0].set_ylabel(f"training {quantity} of each digit")
    return figure


def relation_table(table: "LossTable") -> "Figure":
    """Draw the published table with ours beside it."""
    summaries = [table.summary(mode) for mode in table.design.modes]
    rows = [entry["title"] for entry in summaries[0]] if summaries else []
    figure, ax = new_figure(11.5, 0.9 + 0.36 * (len(rows) + 1))
    cells = [[_joined([summary[r]["cells"][c] for summary in summaries]) for c in range(5)] for r in range(len(rows))]
    draw_table(ax, columns=[setting.title for setting in table.design.settings], rows=rows, cells=cells)
    heads = [*(() if table.design.quick else ("published",)), *table.design.modes]
    ax.set_title(f"Accuracy on the development images [%]: {' | '.join(heads)}. Columns: learning rate, iterations.", fontsize=10)
    return figure


def _joined(cells: list[dict[str, Any]]) -> str:
    published = cells[0]["published"]
    ours = [cell_text(cell) for cell in cells]
    return "  |  ".join(ours if published is None else [f"{published:g}", *ours])


def single_predictions(table: "LossTable") -> "Figure":
    """Draw development images with the probabilities that the float, quantized and pruned networks give them."""
    images, labels = table.examples
    shown = {name: _probabilities(table, compression) for name, compression in _NETWORKS.items()}
    shown = {name: probabilities for name, probabilities in shown.items() if probabilities is not None}
    figure, axes = new_figure(1.5 * len(images), 1.6 * (1 + len(shown)), nrows=1 + len(shown), ncols=len(images), squeeze=False)
    for ax, image, label in zip(axes[0], images, labels, strict=True):
        digit_image(ax, image, label=int(label))
    for line, (name, probabilities) in zip(axes[1:], shown.items(), strict=True):
        for ax, shares, label in zip(line, probabilities, labels, strict=True):
            probability_bars(ax, shares, label=int(label))
            ax.tick_params(labelleft=ax is line[0])
        line[0].set_ylabel(f"{name}: probability", fontsize=9)
    return figure


def _probabilities(table: "LossTable", compression: str) -> Any:
    """Return what the network of the last shown mode says about the examples, at the published table's best classical setting."""
    best = table.design.settings[int(np.argmax(ROWS[0].accuracies))]
    for key, job in table.jobs.items():
        found = (job.mode, job.compression, job.learning_rate) == (table.design.modes[-1], compression, best.learning_rate)
        if found and classical_loss(table) in job.losses and job.seed == table.design.seeds[0]:
            return table.records[key].arrays[f"probabilities.{Setting(*best).iterations}"]
    return None
