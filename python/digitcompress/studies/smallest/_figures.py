"""The figures of the study."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from digitcompress.plots import PALETTE, band_curve, compare_settings, digit_image, new_figure, published_points, styles
from digitcompress.studies.smallest._published import LARGE, ROWS, SMALLEST, STEPS
from digitcompress.studies.smallest._rows import UNLIKE_DIGITS, Row, average, chosen, percentages
from digitcompress.studies.smallest._searched import final_networks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from digitcompress.studies.smallest._table import SmallestTable

RECIPE_TITLES = {"source": "trained as published", "chosen": "our recipe", "deslanted": "our recipe, digits without slant"}
_SIZES = (200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)
# Names beside their points: how far to the right and up, in points; networks of equal size lie one above the other.
_OFFSETS = {
    "cnn_8_8": (6, -11),
    "drop_dense": (8, 2),
    "dropout": (-8, 8),
    "neurons_2_2": (8, -3),
    "two_cnn_3_3_4": (8, -10),
    "neurons_3_4_5": (9, -10),
    "leaky_relu": (9, 3),
}


def draw_figures(table: "SmallestTable") -> dict[str, "Figure"]:
    """Draw what there are results of."""
    draw: dict[str, tuple[object, Callable[[SmallestTable], Figure]]] = {
        "accuracy_parameters": (table.trained, accuracy_parameters),
        "epochs": (table.curves, epochs),
        "search": (table.searched, search),
        "fashion": (chosen(table.trained, data=UNLIKE_DIGITS), fashion),
        "own_images": (table.external and table.external["labels"], own_images),
    }
    return {name: function(table) for name, (content, function) in draw.items() if content}


def accuracy_parameters(table: "SmallestTable") -> "Figure":
    """Draw test accuracy against parameters: published, ours in both recipes, and what the search found."""
    figure, ax = new_figure(9.2, 5.6)
    looks = dict(zip(("source", "chosen", "search"), styles(3), strict=True))
    for recipe in ("source", "chosen"):
        rows = chosen(table.trained, data=table.data, recipe=recipe)
        _draw_points(ax, [_beside_published(rows, network) for network in ROWS], looks[recipe], RECIPE_TITLES[recipe])
    found = [rows for name, rows in final_networks(table.searched).items() if name in table.front()]
    _draw_points(ax, found, looks["search"], "found by the search", joined=True)
    known = [row for row in ROWS.values() if any(each["network"] == row.network and each["published_accuracy"] for each in table.trained)]
    if known:
        x, y = [row.parameters for row in known], [100 * row.accuracy for row in known]
        published_points(ax, x, y, style=looks["source"], label="published")
    _name_points(ax, table)
    ax.set(xscale="log", xlabel="parameters", ylabel=f"accuracy on {table.data}'s test images [%]")
    _spread_accuracies(ax)
    _show_sizes(ax, [row["parameters"] for row in table.trained])
    ax.grid(alpha=0.3)
    ax.legend(loc="lower right")
    return figure


def _show_sizes(ax: "Axes", parameters: Sequence[int]) -> None:
    """Leave room for names on both sides, and write numbers of parameters out."""
    low, high = min(parameters) / 2.2, max(parameters) * 2.2
    shown = [size for size in _SIZES if low < size < high]
    ax.set_xlim(low, high)
    ax.set_xticks(shown, [f"{size:,}" for size in shown])


def _beside_published(rows: Sequence[Row], network: str) -> list[Row]:
    mine = chosen(rows, network=network)
    return chosen(mine, epochs=min((row["epochs"] for row in mine), default=0))


def _draw_points(ax: "Axes", groups: Sequence[Sequence[Row]], style: Any, label: str, *, joined: bool = False) -> None:
    groups = [rows for rows in groups if rows]
    for place, rows in enumerate(groups):
        values = np.array(percentages(rows, "test_accuracy"))[:, None]
        compare_settings(ax, [rows[0]["parameters"]], values, style=style, label=None if place else label, joined=False)
    if joined and groups:
        means = [100 * average(rows, "test_accuracy") for rows in groups]
        ax.plot([rows[0]["parameters"] for rows in groups], means, color=style.color, linestyle=style.line, linewidth=1)


def _name_points(ax: "Axes", table: "SmallestTable") -> None:
    for row in (*STEPS, *LARGE):
        mine = _beside_published(chosen(table.trained, data=table.data, recipe="chosen"), row.network)
        if mine:
            right, up = _OFFSETS.get(row.network, (-8, -16))
            ax.annotate(
                row.title,
                (mine[0]["parameters"], 100 * average(mine, "test_accuracy")),
                xytext=(right, up),
                textcoords="offset points",
                fontsize=8.5,
                ha="left" if right > 0 else "right",
            )


def _spread_accuracies(ax: "Axes") -> None:
    """Show errors on a logarithmic scale: what matters lies close below 100 %."""
    ax.set_yscale("function", functions=(lambda y: -np.log10(np.maximum(100.02 - y, 1e-3)), lambda v: 100.02 - 10.0**-v))
    low = float(np.nanmin(np.concatenate([np.asarray(line.get_ydata(), dtype=np.float64) for line in ax.lines])))
    high = max(float(np.nanmax(np.asarray(line.get_ydata(), dtype=np.float64))) for line in ax.lines)
    ticks = (0, 20, 40, 60, 80, 90, 95, 97, 98, 99, 99.5, 99.8, 99.9)
    shown = ticks[max(0, bisect_right(ticks, low) - 1) : bisect_right(ticks, high) + 2]  # the names need room above
    ax.set_yticks(shown, [f"{tick:g}" for tick in shown])
    ax.set_ylim(shown[0], shown[-1])
    ax.minorticks_off()


def epochs(table: "SmallestTable") -> "Figure":
    """Draw validation accuracy against epochs for the network of 707 parameters."""
    figure, ax = new_figure(7.2, 4.4)
    for (name, runs), style in zip(table.curves.items(), styles(len(table.curves)), strict=True):
        recipe, length = name.split(", ")
        lengths = f"{RECIPE_TITLES[recipe]}, {length}"
        band_curve(ax, np.arange(1, len(runs[0]) + 1), 100 * np.array(runs), style=style, label=lengths)
    values = 100 * np.concatenate([np.ravel(runs) for runs in table.curves.values()])
    ax.set(xlabel="epoch", ylabel="accuracy on validation images [%]", ylim=(np.quantile(values, 0.04) - 0.5, values.max() + 0.3))
    ax.set_title(f"{ROWS[SMALLEST].parameters} parameters: {table.epochs[0]} against {table.epochs[1]} epochs", fontsize=11)
    ax.grid(alpha=0.3)
    ax.legend(loc="lower right")
    return figure


def search(table: "SmallestTable") -> "Figure":
    """Draw validation accuracy against parameters for every network of the search, round by round, and the front."""
    rounds = sorted({row["round"] for row in table.searched})
    figure, ax = new_figure(7.8, 5.0)
    for number, style in zip(rounds, styles(len(rounds)), strict=True):
        rows = chosen(table.searched, round=number)
        x, y = [row["parameters"] for row in rows], percentages(rows, "validation_accuracy")
        label = f"round {number}: {len({row['network'] for row in rows})} networks, {rows[0]['epochs']} epochs"
        ax.plot(x, y, linestyle="none", marker=style.marker, markersize=4.5, color=style.color, alpha=0.75, label=label)
    found = final_networks(table.searched)
    front = [found[name] for name in table.front()]
    means = [100 * average(rows, "validation_accuracy") for rows in front]
    ax.plot([rows[0]["parameters"] for rows in front], means, color=PALETTE[6], linewidth=1.3, label="Pareto front of the last round")
    ax.set(xlabel="parameters", ylabel="accuracy on validation images [%]")
    _spread_accuracies(ax)
    ax.grid(alpha=0.3)
    ax.legend(loc="lower right")
    return figure


def fashion(table: "SmallestTable") -> "Figure":
    """Draw digits and clothes side by side."""
    figure, ax = new_figure(8.0, 4.4)
    names = [name for name in ROWS if chosen(table.trained, data=UNLIKE_DIGITS, network=name)]
    for data, style in zip((table.data, UNLIKE_DIGITS), styles(2), strict=True):
        rows = chosen(table.trained, data=data, recipe="chosen")
        for place, name in enumerate(names):
            values = np.array(percentages(_beside_published(rows, name), "test_accuracy"))[:, None]
            compare_settings(ax, [place], values, style=style, label=None if place else data, joined=False)
    ax.set_xticks(range(len(names)), [ROWS[name].title for name in names], rotation=30, ha="right")
    ax.set_ylabel("accuracy on test images [%]")
    ax.grid(alpha=0.3)
    ax.legend()
    return figure


def own_images(table: "SmallestTable") -> "Figure":
    """Draw the user's pictures as the networks saw them, and what the network of 707 parameters says."""
    external = table.external or {}
    labels, predictions = external["labels"], external["predictions"].get(SMALLEST, external["labels"])
    columns = min(10, len(labels))
    lines = -(-len(labels) // columns)
    figure, axes = new_figure(1.15 * columns + 0.3, 1.5 * lines + 0.3, nrows=lines, ncols=columns, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, image, label, said in zip(axes.flat, external["images"], labels, predictions, strict=False):
        ax.set_axis_on()
        digit_image(ax, image, label=label)
        right = said == label
        ax.set_title(f"says {said}", fontsize=9, color=PALETTE[0] if right else PALETTE[1], fontweight="normal" if right else "bold")
    return figure
