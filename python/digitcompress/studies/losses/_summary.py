"""Mean and range over the seeds, beside the published numbers."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from digitcompress.studies._comparison import spread_text
from digitcompress.studies.losses._choices import COMPRESSIONS, TRAINED_AS
from digitcompress.studies.losses._plan import QUICK_DIVISOR, Design
from digitcompress.studies.losses._published import COMPRESSIONS_OF_MODEL, LOSS_TITLES, ROWS, Setting

if TYPE_CHECKING:
    from digitcompress.studies.losses._table import LossTable

MODE_TITLES = {
    "faithful": "Faithful: the source's own arithmetic",
    "correct": "Correct: every loss with its true gradient, masks kept, a scale per tensor",
}
COMPRESSION_NOTES = {("classical", "none"): "never pruned", ("classical", "pruned"): "as listed"}


def summarise(rows: Sequence[dict[str, Any]], mode: str, design: Design, *, everything: bool = False) -> list[dict[str, Any]]:
    """Return mean and range over the seeds by row of the table, in percent."""
    cells: dict[tuple[str, str, float, int], list[float]] = {}
    for row in rows:
        if row["mode"] == mode:
            key = (row["compression"], row["loss"], row["learning_rate"], row["iterations"])
            cells.setdefault(key, []).append(100 * row["accuracy"])
    wanted = _every_row(design.losses) if everything else _published_rows(design)
    return [
        entry
        | {"cells": [_cell(cells[_key(entry, setting)], published) for setting, published in zip(design.settings, numbers, strict=True)]}
        for entry, numbers in wanted
        if _key(entry, design.settings[0]) in cells
    ]


def _key(entry: dict[str, Any], setting: Setting) -> tuple[str, str, float, int]:
    return (entry["compression"], entry["loss"], setting.learning_rate, setting.iterations)


def _published_rows(design: Design) -> Iterable[tuple[dict[str, Any], Sequence[float | None]]]:
    for row in ROWS:
        for compression in COMPRESSIONS_OF_MODEL[row.model]:
            note = COMPRESSION_NOTES.get((row.model, compression))
            title = f"{row.model} · {note or LOSS_TITLES[row.loss]}"
            entry = {"model": row.model, "compression": compression, "loss": row.loss, "title": title}
            yield entry, (None,) * len(row.accuracies) if design.quick else row.accuracies


def _every_row(losses: Sequence[str]) -> Iterable[tuple[dict[str, Any], Sequence[float | None]]]:
    trained = list(dict.fromkeys(TRAINED_AS[loss] for loss in losses))
    for compression in COMPRESSIONS:
        for name in trained:
            model = "classical" if compression == "none" else compression
            title = f"{'float' if compression == 'none' else compression} · {LOSS_TITLES[name]}"
            loss = next(loss for loss in losses if TRAINED_AS[loss] == name)
            yield {"model": model, "compression": compression, "loss": loss, "title": title}, (None,) * 5


def _cell(values: Sequence[float], published: float | None) -> dict[str, Any]:
    return {"published": published, "mean": sum(values) / len(values), "low": min(values), "high": max(values), "seeds": len(values)}


def cell_text(cell: dict[str, Any]) -> str:
    """Return a cell of the table as text."""
    return spread_text(cell["mean"], cell["low"], cell["high"], runs=cell["seeds"])


def summary_text(table: "LossTable") -> str:
    """Return the summaries of a table as aligned text."""
    blocks = []
    for mode in table.design.modes:
        note = "published | ours" + (", mean ± half of the range over the seeds" if len(table.design.seeds) > 1 else "")
        blocks.append(_block(f"{MODE_TITLES[mode]}\naccuracy in %, {note}", table.summary(mode), table.design))
        if mode == "correct":
            title = "Correct: every loss under every compression; one-hot and none train as cross entropy\naccuracy in %"
            blocks.append(_block(title, table.summary(mode, everything=True), table.design))
    return "\n\n".join(block for block in blocks if block)


def _block(title: str, entries: Sequence[dict[str, Any]], design: Design) -> str:
    if not entries:
        return ""
    if design.quick:
        title = title.replace("published | ours", f"iterations divided by {QUICK_DIVISOR},\nso not comparable with the published table")
    has_published = any(cell["published"] is not None for entry in entries for cell in entry["cells"])
    texts = [[_aligned(cell, has_published=has_published) for cell in entry["cells"]] for entry in entries]
    heads = [setting.title for setting in design.settings]
    width = max(len(text) for line in [*texts, heads] for text in line)
    label = max(len(entry["title"]) for entry in entries)
    lines = [title, " ".join([f"{'rate, iterations':<{label}}", *(f"{head:>{width}}" for head in heads)])]
    for entry, line in zip(entries, texts, strict=True):
        lines.append(" ".join([f"{entry['title']:<{label}}", *(f"{text:>{width}}" for text in line)]))
    return "\n".join(lines)


def _aligned(cell: dict[str, Any], *, has_published: bool) -> str:
    mean, _, spread = cell_text(cell).partition("±")
    ours = f"{mean:>4}" + (f"±{spread:<3}" if spread else "")
    published = "" if cell["published"] is None else f"{cell['published']:.1f}"
    return f"{published:>4}|{ours}" if has_published else ours
