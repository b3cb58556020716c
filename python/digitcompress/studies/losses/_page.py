"""What the report of the loss study says."""

from typing import TYPE_CHECKING, Any

from digitcompress import _core
from digitcompress.studies._comparison import beside
from digitcompress.studies._report import ReportPage, ReportTable, shown_facts
from digitcompress.studies.losses._captions import CAPTIONS, FURTHER_QUIRKS, SEVERAL_SEEDS
from digitcompress.studies.losses._digits import digit_changes
from digitcompress.studies.losses._plan import QUICK_DIVISOR
from digitcompress.studies.losses._summary import MODE_TITLES, cell_text

if TYPE_CHECKING:
    from digitcompress.studies.losses._table import LossTable

TITLE = "Losses under quantization and pruning"


def report_page(table: "LossTable") -> ReportPage:
    """Return what the report of a table says."""
    more = SEVERAL_SEEDS if len(table.design.seeds) > 1 else ""
    return ReportPage(
        title=TITLE,
        introduction=_introduction(table),
        tables=[*_accuracy_tables(table), *_cost_tables(table), *_digit_tables(table)],
        captions={name: text + (more if name.startswith("figure") and "table" not in name else "") for name, text in CAPTIONS.items()},
        notes_title="What the source does, and faithful mode repeats",
        notes=(*_core.faithful_quirks().values(), *FURTHER_QUIRKS),
        facts=shown_facts(table.facts),
    )


def _introduction(table: "LossTable") -> list[str]:
    design = table.design
    shape = "-".join(map(str, design.hidden))
    starts = f"{len(design.seeds)} random start{'s' if len(design.seeds) > 1 else ''}"
    data = table.facts.get("data", "digits")
    what = f"A network with {shape} hidden units is trained by full-batch gradient descent from {starts} on {data}. "
    how = f"It is quantized to {design.bits} bits, pruned at a rate of {design.rate:g}, or both; published accuracies stand beside ours."
    paragraphs = [what + how]
    if design.quick:
        paragraphs.append(f"This is a quick run: iterations are divided by {QUICK_DIVISOR}, so the published numbers are left out.")
    return paragraphs


def _accuracy_tables(table: "LossTable") -> list[ReportTable]:
    columns = ["learning rate, iterations", *(setting.title for setting in table.design.settings)]
    tables = []
    for mode in table.design.modes:
        rows = [[entry["title"], *map(_beside, entry["cells"])] for entry in table.summary(mode)]
        tables.append(ReportTable(f"{MODE_TITLES[mode]}. Accuracy on the development images in %: published | ours", columns, rows))
    if "correct" in table.design.modes:
        rows = [[entry["title"], *map(cell_text, entry["cells"])] for entry in table.summary("correct", everything=True)]
        tables.append(ReportTable("Correct, every loss under every compression. Accuracy in %", columns, rows))
    return tables


def _beside(cell: dict[str, Any]) -> str:
    return beside(cell["published"], cell_text(cell))


def _cost_tables(table: "LossTable") -> list[ReportTable]:
    """Return bytes and time by arithmetic and compression, for the first seed: they do not depend on the loss."""
    firsts: dict[tuple[str, str], dict[str, Any]] = {}
    for row in table.rows:
        firsts.setdefault((row["mode"], row["compression"]), row)
    rows = [
        [
            f"{mode} · {compression}",
            f"{row['size_bytes']:,}",
            f"{row['compression_ratio']:.2f}",
            f"{100 * row['sparsity']:.1f}",
            f"{row['microseconds_per_image']:.2f}",
        ]
        for (mode, compression), row in firsts.items()
    ]
    columns = ["network", "bytes", "compression ratio", "zero weights [%]", "inference [µs per image]"]
    return [
        ReportTable("What a network needs: packed codes, scales, biases and, where it pays, an index of the weights kept", columns, rows)
    ]


def _digit_tables(table: "LossTable") -> list[ReportTable]:
    changes = digit_changes(table)
    columns = ["recall of digit, change in percentage points", *map(str, range(10))]
    rows = [[title, *(f"{change:+.1f}" for change in values)] for title, values in changes.items()]
    caption = "Which digits compression hurts: recall against the float network of the same start, mean where that one reaches 80 %"
    return [ReportTable(caption, columns, rows)] if rows else []
