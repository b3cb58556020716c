"""The figures of the publication with ours in them."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from digitcompress.benchmarks._digitcompress import OURS
from digitcompress.benchmarks._pytorch import EAGER
from digitcompress.plots import band_curve, compare_settings, new_figure, published_points, styles
from digitcompress.plots import table as draw_table
from digitcompress.studies.architectures._embedding import FIGURES
from digitcompress.studies.architectures._networks import ARCHITECTURES
from digitcompress.studies.architectures._planes import draw_embedding
from digitcompress.studies.architectures._published import DEFAULT_RATE
from digitcompress.studies.architectures._summary import PARTS, final_table, network_title, recipe_title

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from digitcompress.studies.architectures._table import ArchitectureTable

STYLES = dict(zip(ARCHITECTURES, styles(len(ARCHITECTURES)), strict=True))
# The source has a plot of each quantity by itself.
SOURCE_FIGURES = {"mlp": "figures_18_to_20", "googlenet": "figures_21_to_23", "resnet18": "figures_24_to_26"}
CURVES = {"loss": "training loss (cross entropy)", "accuracy": "training accuracy [%]", "val_accuracy": "validation accuracy [%]"}


def draw_figures(table: "ArchitectureTable") -> "dict[str, Figure]":
    """Draw all figures that the table has numbers for."""
    figures = {f"figure_{FIGURES[each.count]}_tsne_{each.count}": draw_embedding(each) for each in table.embeddings}
    long = [name for name in table.networks if table.long_cell(name) is not None]
    if table.cells:
        figures["tables_1_to_3_learning_rates"] = learning_rates(table)
    if long:
        figures |= {f"{SOURCE_FIGURES.get(name, 'curves')}_{name.replace('-', '_')}": curves(table, [name]) for name in long}
        more: dict[str, Callable[[], Figure]] = {
            "curves_of_all": lambda: curves(table, long),
            "table_4": lambda: comparison(table),
            "figure_27_training_time": lambda: training_time(table, long),
            "classification": lambda: classification(table, long),
        }
        figures |= {name: draw() for name, draw in more.items()}
    return figures


def learning_rates(table: "ArchitectureTable") -> "Figure":
    """Draw the accuracies of the short runs over the learning rates, a panel for each network."""
    figure, axes = new_figure(max(6.0, 3.1 * len(table.networks) + 0.6), 4.2, ncols=len(table.networks), sharey=True, squeeze=False)
    for ax, name in zip(axes[0], table.networks, strict=True):
        _draw_rates(ax, table, name)
        ax.set(title=network_title(name), xlabel="learning rate")
        ax.grid(axis="y", alpha=0.3)
    axes[0, 0].set_ylabel("accuracy [%], by the logarithm of the error")
    # One training that learns nothing would press all others together on a plain scale.
    axes[0, 0].set_yscale("function", functions=(_error_decades, _from_decades))
    axes[0, 0].set_yticks([10, 50, 80, 90, 95, 98, 99, 99.5, 99.9], ["10", "50", "80", "90", "95", "98", "99", "99.5", "99.9"])
    axes[0, 0].set_ylim(0, 99.97)
    _shared_legend(figure, 2 * len(table.networks) if len(table.networks) < 3 else 6)
    return figure


def _error_decades(percent: Any) -> Any:
    return -np.log10(np.maximum(100 - np.asarray(percent, dtype=np.float64), 1e-3))


def _from_decades(place: Any) -> Any:
    return 100 - 10.0 ** -np.asarray(place, dtype=np.float64)


def _draw_rates(ax: "Axes", table: "ArchitectureTable", name: str) -> None:
    short, _ = table.epochs
    recipes = sorted(table.recipes(name), key=lambda recipe: (recipe[0] != "published", recipe[1]))
    for shift, (part, style) in zip((-0.12, 0.0, 0.12), zip(PARTS, styles(3), strict=True), strict=True):
        found = [table.select(name, *recipe, short) for recipe in recipes]
        places = np.arange(len(recipes)) + shift
        # Lines join learning rates of one recipe; seeds may differ from cell to cell.
        for kind, label in (("published", PARTS[part]), ("further", None)):
            members = [place for place, (recipe, _) in enumerate(recipes) if recipe == kind]
            if members:
                runs = _runs([found[place] for place in members], part)
                compare_settings(ax, places[members], runs, style=style, label=label)
        published = [rows[0][f"published_{part}"] for rows in found]
        if any(value is not None for value in published):
            heights = [None if value is None else 100 * value for value in published]
            published_points(ax, places, heights, style=style, label=f"{PARTS[part]}, published")
    ax.set_xticks(range(len(recipes)), [recipe_title(*recipe) for recipe in recipes], fontsize=9)


def _runs(found: Sequence[Sequence[dict[str, Any]]], part: str) -> Any:
    """Return accuracies in percent by seed and setting, of the seeds that every setting has."""
    seeds = set.intersection(*({row["seed"] for row in rows} for rows in found))
    return np.array([[100 * row[f"{part}_accuracy"] for row in rows if row["seed"] in seeds] for rows in found]).T


def _shared_legend(figure: "Figure", columns: int) -> None:
    entries: dict[str, Any] = {}
    for ax in figure.axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    figure.legend(list(entries.values()), list(entries), loc="outside lower center", ncols=columns, fontsize=9, frameon=False)


def curves(table: "ArchitectureTable", names: Sequence[str]) -> "Figure":
    """Draw loss, training and validation accuracy of the long runs over the epochs."""
    figure, axes = new_figure(11.5, 3.9, ncols=3)
    for ax, (quantity, label) in zip(axes, CURVES.items(), strict=True):
        for name in names:
            cells = table.long_cells(name)
            factor = 100 if "accuracy" in quantity else 1
            length = min(len(cell.curves[quantity]) for cell in cells)
            runs = np.array([cell.curves[quantity][:length] for cell in cells], dtype=np.float64)
            band_curve(ax, np.arange(1, length + 1), factor * runs, style=STYLES[name], label=network_title(name))
        if quantity == "loss":
            ax.set_yscale("log")
        ax.set(xlabel="epoch", ylabel=label)
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.grid(alpha=0.3)
    if len(names) > 1:
        _shared_legend(figure, 5)
    else:
        _mark_published(axes, table, names[0])
        figure.suptitle(f"{network_title(names[0])}, learning rate {DEFAULT_RATE:g}", fontsize=11)
    return figure


def _mark_published(axes: Sequence["Axes"], table: "ArchitectureTable", name: str) -> None:
    """Put the published final accuracies at the ends of the curves."""
    _, long = table.epochs
    row = table.long_rows(name)[0]
    for ax, value in zip(axes, (row["published_loss"], row["published_train"], row["published_validation"]), strict=True):
        if value is not None:
            factor = 1 if ax is axes[0] else 100
            published_points(ax, [long], [factor * value], style=STYLES[name], label="published")
            ax.legend(frameon=False, fontsize=9)


def comparison(table: "ArchitectureTable") -> "Figure":
    """Draw table 4 with ours beside the published values."""
    content = final_table(table)
    figure, ax = new_figure(11.5, 0.9 + 0.42 * (len(content.rows) + 1))
    draw_table(ax, columns=content.columns[1:], rows=[row[0] for row in content.rows], cells=[row[1:] for row in content.rows])
    ax.set_title(content.caption, fontsize=10)
    return figure


def training_time(table: "ArchitectureTable", names: Sequence[str]) -> "Figure":
    """Draw the time of the long runs as bars, published ones hatched: of our training, or beside PyTorch of the steps raced in turns."""
    _, long = table.epochs
    timings = {timing.network: timing for timing in table.timings}
    figure, ax = new_figure(9, 1.2 + 0.75 * len(names))
    for place, name in enumerate(names):
        rows = table.long_rows(name)
        raced = partial(timings[name].seconds, images=rows[0]["train_count"]) if name in timings else None
        ours = long * raced(OURS.name) if raced else min(row["seconds"] for row in rows)
        _bar(ax, place - 0.25, ours, color=STYLES[name].color)
        if rows[0]["published_seconds"] is not None:
            _bar(ax, place, rows[0]["published_seconds"], color="white", edgecolor=STYLES[name].color, hatch="///")
        if raced:
            _bar(ax, place + 0.25, long * raced(EAGER.name), color="white", edgecolor=STYLES[name].color, hatch="...")
    ax.set_yticks(range(len(names)), [network_title(name) for name in names])
    ax.invert_yaxis()
    ax.set_xscale("log")
    ax.set_xlim(right=3.0 * max(patch.get_width() for patch in ax.patches))
    ax.set(xlabel=f"seconds for {long} epochs (logarithmic)", title=_legend(table))
    ax.spines[["top", "right"]].set_visible(False)
    return figure


def _legend(table: "ArchitectureTable") -> str:
    rivals = ", dotted: PyTorch; ours and PyTorch's: training steps, raced in turns" if table.timings else ""
    return "filled: ours" + ("" if table.quick else ", hatched: published") + rivals


def _bar(ax: "Axes", place: float, seconds: float, **look: Any) -> None:
    ax.barh(place, seconds, height=0.22, **look)
    ax.annotate(
        f"{seconds:,.0f} s" if seconds >= 10 else f"{seconds:.1f} s", (seconds, place), (4, 0), textcoords="offset points", va="center"
    )


def classification(table: "ArchitectureTable", names: Sequence[str]) -> "Figure":
    """Draw precision and recall of each digit on the test images after the long runs."""
    figure, axes = new_figure(11.5, 4.2, ncols=2, sharey=True)
    for ax, measure in zip(axes, ("precision", "recall"), strict=True):
        for shift, name in zip(np.linspace(-0.24, 0.24, len(names)), names, strict=True):
            cell = table.long_cell(name)
            if cell is not None:
                values = 100 * getattr(cell.reports[cell.epochs], measure)
                look: dict[str, Any] = {"color": STYLES[name].color, "marker": STYLES[name].marker, "linestyle": "none"}
                ax.plot(np.arange(len(values)) + shift, values, markersize=5, label=network_title(name), **look)
        ax.set_xticks(range(10))
        ax.set(title=measure, xlabel="digit")
        ax.grid(axis="y", alpha=0.3)
        for edge in np.arange(-0.5, 10):
            ax.axvline(edge, color="#DDDDDD", linewidth=0.6)
    axes[0].set_ylabel("share of the test images [%]")
    _shared_legend(figure, 5)
    return figure
