"""Which series the figures show, and how each loss looks in all of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.plots import PALETTE, Style, styles
from digitcompress.studies.losses._published import LOSS_TITLES, ROWS, Setting, published_accuracy
from digitcompress.studies.losses._table import distinct_losses

if TYPE_CHECKING:
    from digitcompress.studies.losses._table import LossTable

# The losses that train alike share blue; their markers differ.
_ORDER = ("cross_entropy", "mse", "focal", "hinge", "weighted_cross_entropy", "hinge_one_vs_rest")
LOSS_STYLES = dict(zip(_ORDER, styles(len(_ORDER)), strict=True)) | {
    "one_hot": Style(PALETTE[0], "-", "P"),
    "none": Style(PALETTE[0], "-", "X"),
}
EVERY_LOSS = Style("#000000", "-", "h")


@dataclass(frozen=True)
class Series:
    """Losses that share a training, drawn as one."""

    losses: tuple[str, ...]
    label: str
    style: Style


def series_of(table: "LossTable", mode: str) -> list[Series]:
    """Return what is drawn for one arithmetic: one series in faithful mode, where no loss reaches the gradient."""
    if mode == "faithful":
        return [Series(table.design.losses, "ours, every loss", EVERY_LOSS)]
    groups = [job.losses for job in table.jobs.values() if job.mode == mode]
    return [_group_series(group) for group in distinct_losses(table.design.losses, groups)]


def _group_series(group: tuple[str, ...]) -> Series:
    titles = " = ".join(LOSS_TITLES[loss] for loss in group)
    leader = next((loss for loss in group if loss in _ORDER), group[0])
    return Series(group, f"ours, {titles}", LOSS_STYLES[leader])


def accuracies(table: "LossTable", mode: str, compression: str, loss: str, settings: list[Setting]) -> NDArray[np.float64]:
    """Return accuracies on the development images, in percent."""
    found: dict[tuple[float, int], list[float]] = {}
    for row in table.rows:
        if (row["mode"], row["compression"], row["loss"]) == (mode, compression, loss):
            found.setdefault((row["learning_rate"], row["iterations"]), []).append(100 * row["accuracy"])
    return np.array([found[setting] for setting in settings]).T


def published_series(table: "LossTable", compression: str, settings: list[Setting]) -> dict[str, list[float | None]]:
    """Return the published accuracies by loss, nothing for a quick study."""
    if table.design.quick:
        return {}
    model = "classical" if compression == "none" else compression
    losses = [row.loss for row in ROWS if row.model == model and row.loss in table.design.losses]
    return {loss: [published_accuracy(compression, loss, setting) for setting in settings] for loss in losses}


def panel(mode: str, **axes: Any) -> dict[str, Any]:
    """Return the title and labels of an axes, for ``Axes.set``."""
    return {"title": {"faithful": "faithful (the source's arithmetic)", "correct": "correct"}[mode]} | axes
