"""The published tables with ours beside them."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from digitcompress.studies._comparison import beside, mean_text
from digitcompress.studies._report import ReportTable
from digitcompress.studies.architectures._networks import ARCHITECTURES
from digitcompress.studies.architectures._plan import FURTHER_RATE
from digitcompress.studies.architectures._published import BATCH_SIZE, DEFAULT_RATE

if TYPE_CHECKING:
    from digitcompress.studies.architectures._table import ArchitectureTable

Row = dict[str, Any]
PARTS = {"train": "training", "validation": "validation", "test": "test"}
SAME_NAME = (
    "The source's LeNet is GoogLeNet: its parameter table says so. LeNet-5 is here in both of its forms,\nwithout published numbers."
)


def counted(epochs: int) -> str:
    """Return a number of epochs in words."""
    return f"{epochs} epoch{'' if epochs == 1 else 's'}"


def network_title(name: str) -> str:
    """Return the name of a network in tables, with the source's own where that is another."""
    architecture = ARCHITECTURES[name]
    renamed = architecture.published not in {None, architecture.title}
    return f"{architecture.title}, its {architecture.published}" if renamed else architecture.title


def recipe_title(recipe: str, learning_rate: float) -> str:
    """Return how a training is called in tables and figures."""
    return f"{learning_rate:g}" if recipe == "published" else "further"


def rate_table(table: "ArchitectureTable") -> ReportTable:
    """Return tables 1 to 3: the accuracies after the short runs, by network and learning rate."""
    short, _ = table.epochs
    rows = []
    for name in table.networks:
        for recipe, rate in table.recipes(name):
            found = table.select(name, recipe, rate, short)
            rows.append([f"{network_title(name)}, {recipe_title(recipe, rate)}", *(accuracy_text(found, part) for part in PARTS)])
    caption = f"Tables 1 to 3: accuracy in % after {counted(short)}{_heading(table)}"
    return ReportTable(caption, ["network, learning rate", *PARTS.values()], rows)


def final_table(table: "ArchitectureTable") -> ReportTable:
    """Return table 4: the long runs at the default learning rate."""
    _, long = table.epochs
    rows = []
    for name in table.networks:
        found = table.long_rows(name)
        if found:
            accuracies = [accuracy_text(found, part) for part in PARTS]
            rows.append([network_title(name), *accuracies, _seconds(found), _loss(found)])
    caption = f"Table 4: {counted(long)} at learning rate {DEFAULT_RATE:g}{_heading(table)}"
    return ReportTable(caption, ["network", *PARTS.values(), "time [s]", "loss [%]"], rows)


def _heading(table: "ArchitectureTable") -> str:
    spread = ", mean ± half range of the seeds" if table.has_several_seeds else ""
    return f", few images, so without the published values{spread}" if table.quick else f", published | ours{spread}"


def accuracy_text(rows: Sequence[Row], part: str) -> str:
    """Return an accuracy in percent beside the published one; a diverged training says so."""
    if not rows:
        return "not run"
    ours = _spread([100 * row[f"{part}_accuracy"] for row in rows], digits=1)
    mark = " (diverged)" if any(row["diverged"] is not None for row in rows) else ""
    return beside(_percent(rows[0][f"published_{part}"]), ours) + mark


def _seconds(rows: Sequence[Row]) -> str:
    # Other work on the machine only adds to a time, so the least one is the nearest.
    seconds = min(row["seconds"] for row in rows)
    return beside(rows[0]["published_seconds"], f"{seconds:.{0 if seconds >= 20 else 1}f}")


def _loss(rows: Sequence[Row]) -> str:
    return beside(_percent(rows[0]["published_loss"]), _spread([100 * row["train_loss"] for row in rows], digits=1))


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.1f}"


def _spread(values: Sequence[float], *, digits: int) -> str:
    finite = [value for value in values if math.isfinite(value)]
    return mean_text(finite, digits=digits) if finite else "none"


def class_table(table: "ArchitectureTable", name: str) -> ReportTable | None:
    """Return the classification report of a network after its long run, first seed; None when it was not run."""
    cell = table.long_cell(name)
    if cell is None:
        return None
    report = cell.reports[cell.epochs]
    counts = report.confusion.sum(axis=1)
    rows = [
        [str(digit), *(f"{100 * getattr(report, measure)[digit]:.2f}" for measure in ("precision", "recall", "f1")), f"{counts[digit]:,}"]
        for digit in range(report.classes)
    ]
    means = [f"{100 * getattr(report, measure).mean():.2f}" for measure in ("precision", "recall", "f1")]
    caption = f"Classification report of {ARCHITECTURES[name].title} on the test images in %, {counted(cell.epochs)} at {DEFAULT_RATE:g}"
    return ReportTable(caption, ["digit", "precision", "recall", "F1", "images"], [*rows, ["mean", *means, f"{report.count:,}"]])


def rival_table(table: "ArchitectureTable") -> ReportTable:
    """Return what an epoch takes us and PyTorch, by the steps that were raced."""
    rivals = list(dict.fromkeys(name for timing in table.timings for name in timing.step_microseconds))
    rows = []
    for timing in table.timings:
        images = max((cell.used["train"] for cell in table.cells if cell.network == timing.network), default=BATCH_SIZE)
        seconds = [f"{timing.seconds(name, images):.2f}" if name in timing.step_microseconds else "none" for name in rivals]
        rows.append([network_title(timing.network), *seconds, f"{timing.ratio:.1f}" + (" (busy machine)" if timing.disturbed else "")])
    caption = "Seconds for the steps of an epoch, Adam in batches of 64, raced in one process"
    return ReportTable(caption, ["network", *rivals, "times faster"], rows)


FURTHER = (
    f"further: learning rates in one cycle up to {FURTHER_RATE:g}, images shifted by up to a pixel; training\n"
    "accuracy is then that on shifted images."
)


def summary_text(table: "ArchitectureTable") -> str:
    """Return the tables for a terminal."""
    if not table.cells:
        return ""
    words = [FURTHER] if any(cell.recipe == "further" for cell in table.cells) else []
    words += [SAME_NAME] if "googlenet" in table.networks and not table.quick else []
    shown = [rate_table(table), final_table(table), rival_table(table), *_best_classes(table)]
    return "\n\n".join([*(each.text() for each in shown if each.rows), *words])


def _best_classes(table: "ArchitectureTable") -> list[ReportTable]:
    """Return the classification report of the network with the best test accuracy."""
    tested = [(cell.reports[cell.epochs].accuracy, name) for name in table.networks if (cell := table.long_cell(name)) is not None]
    best = class_table(table, max(tested)[1]) if tested else None
    return [best] if best else []
