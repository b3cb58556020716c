"""A report as one line, as text and as HTML."""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digitcompress.evaluation._report import Report

# More classes than these make a confusion matrix that nobody reads in a notebook.
MOST_CLASSES = 30
# Mistakes are few beside what is right: their shades are spread.
SHADE_EXPONENT = 0.4
NONE = "-"

# Colours are inherited or translucent: the page may be light or dark.
STYLE = """<style>
.dc-report { font-variant-numeric: tabular-nums; }
.dc-report .dc-facts { display: flex; flex-wrap: wrap; gap: 0.4em 2em; margin: 0.5em 0 0.8em; }
.dc-report .dc-facts div { line-height: 1.25; }
.dc-report .dc-facts b { display: block; font-size: 1.35em; font-weight: 600; }
.dc-report .dc-facts span { opacity: 0.7; font-size: 0.85em; }
.dc-report .dc-tables { display: flex; flex-wrap: wrap; gap: 1em 2em; align-items: flex-start; }
.dc-report table { color: inherit; border-collapse: collapse; margin: 0; font-size: 0.9em; }
.dc-report caption { caption-side: top; text-align: left; opacity: 0.7; padding: 0 0 0.3em; color: inherit; }
.dc-report tr, .dc-report tbody tr:nth-child(odd), .dc-report tbody tr:hover { background: none; }
.dc-report th, .dc-report td { text-align: right; padding: 0.2em 0.6em; border: 0; border-bottom: 1px solid rgba(128, 128, 128, 0.25); }
.dc-report .dc-confusion td, .dc-report .dc-confusion th { text-align: center; padding: 0.2em 0.45em; min-width: 1.8em; }
</style>"""


def as_line(report: "Report") -> str:
    """Return the report as one line."""
    accuracy = ""
    if report.classes:
        low, high = report.accuracy_interval
        accuracy = f"accuracy {report.accuracy:.1%} ({low:.1%}..{high:.1%}), "
    return (
        f"{report.count:,} images: {accuracy}loss {report.loss:.4g}, "
        f"{report.size_bytes:,} bytes, {report.multiply_adds:,} multiply-adds, {report.microseconds_per_image:.2f} µs per image"
    )


def as_text(report: "Report") -> str:
    """Return the report as lines: facts, then a row for each class."""
    facts = _facts(report)
    width = max(len(name) for name, _ in facts)
    lines = [f"{name:<{width}}  {value}" for name, value in facts]
    if report.classes:
        lines += ["", "class   images  precision  recall     F1   loss"]
        lines += [f"{name:>5} {count:>8}  {p:>9} {r:>7} {f:>6} {loss:>6}" for name, count, p, r, f, loss in _rows(report)]
    return "\n".join(lines)


def as_html(report: "Report") -> str:
    """Return the report as HTML: facts, a row for each class, the confusion matrix."""
    facts = "".join(f"<div><b>{value}</b><span>{name}</span></div>" for name, value in _facts(report))
    tables = ""
    if report.classes:
        head = _row("th", ("class", "images", "precision", "recall", "F1", "loss"))
        rows = "".join(_row("td", row) for row in _rows(report))
        tables = f"<table><caption>By class</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"
        tables += _confusion(report) if report.classes <= MOST_CLASSES else ""
    return f'{STYLE}<div class="dc-report"><div class="dc-facts">{facts}</div><div class="dc-tables">{tables}</div></div>'


def _facts(report: "Report") -> list[tuple[str, str]]:
    low, high = report.accuracy_interval
    accuracy = [("accuracy", f"{report.accuracy:.2%}"), ("95 % interval", f"{low:.2%} .. {high:.2%}")] if report.classes else []
    return [
        *accuracy,
        ("loss", f"{report.loss:.4g}"),
        ("images", f"{report.count:,}"),
        ("bytes", f"{report.size_bytes:,}"),
        ("multiply-adds per image", f"{report.multiply_adds:,}"),
        ("µs per image", f"{report.microseconds_per_image:.2f}"),
    ]


def _rows(report: "Report") -> list[tuple[str, ...]]:
    counts = report.confusion.sum(axis=1)
    shares = zip(report.precision, report.recall, report.f1, report.class_loss, strict=True)
    return [
        (str(c), f"{counts[c]:,}", _shown(precision, ".1%"), _shown(recall, ".1%"), _shown(f1, ".3f"), _shown(loss, ".3f"))
        for c, (precision, recall, f1, loss) in enumerate(shares)
    ]


def _shown(value: float, form: str) -> str:
    return NONE if math.isnan(value) else format(value, form)


def _row(tag: str, cells: Any) -> str:
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"


def _confusion(report: "Report") -> str:
    """Return the confusion matrix, what is right in blue and mistakes in vermilion, shaded by their share of the true class."""
    head = _row("th", ("", *range(report.classes)))
    rows = ""
    for truth, counts in enumerate(report.confusion.tolist()):
        total = max(1, sum(counts))
        cells = "".join(_cell(count, (count / total) ** SHADE_EXPONENT, right=truth == c) for c, count in enumerate(counts))
        rows += f"<tr><th>{truth}</th>{cells}</tr>"
    caption = "<caption>Confusion: true class by row, predicted class by column</caption>"
    return f'<table class="dc-confusion">{caption}<thead>{head}</thead><tbody>{rows}</tbody></table>'


def _cell(count: int, shade: float, *, right: bool) -> str:
    color = "0, 114, 178" if right else "213, 94, 0"
    return f'<td style="background: rgba({color}, {0.6 * shade:.2f})">{count or ""}</td>'
