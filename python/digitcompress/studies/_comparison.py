"""Published values beside ours, as text."""

from collections.abc import Sequence


def spread_text(mean: float, low: float, high: float, *, runs: int, digits: int = 1) -> str:
    """Return the mean of several runs, with half of their range when there are several."""
    half = (high - low) / 2
    # A wide range needs no decimals.
    spread = f"±{half:.{digits if half < 9.95 else 0}f}" if runs > 1 else ""
    return f"{mean:.{digits}f}{spread}"


def mean_text(values: Sequence[float], *, digits: int = 1) -> str:
    """Return the mean of values, with half of their range when there are several."""
    return spread_text(sum(values) / len(values), min(values), max(values), runs=len(values), digits=digits)


def beside(published: float | str | None, ours: str) -> str:
    """Return a published value and ours; a value that was never published is left out."""
    if published is None:
        return ours
    return f"{published if isinstance(published, str) else format(published, 'g')} | {ours}"


def aligned_text(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table for the terminal: the first column to the left, the others to the right."""
    lines = [list(columns), *map(list, rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    shown = [
        [f"{text:<{width}}" if place == 0 else f"{text:>{width}}" for place, (text, width) in enumerate(zip(line, widths, strict=True))]
        for line in lines
    ]
    return "\n".join([caption, *("  ".join(line).rstrip() for line in shown)])
