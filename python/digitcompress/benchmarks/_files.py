"""Write and read what a run found: JSON, the page, the figure."""

import json
from collections.abc import Sequence
from pathlib import Path

from digitcompress._files import write_atomically
from digitcompress.benchmarks._figures import scaling_figure
from digitcompress.benchmarks._page import page
from digitcompress.benchmarks._results import Point, Results
from digitcompress.errors import FormatError, MissingExtraError
from digitcompress.plots import save

PAGE = "benchmarks.md"


def read_results(path: Path) -> Results:
    """Return the results in a JSON file; FormatError if it is not one of ours."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        message = f"{path}: must be JSON, got {error}"
        raise FormatError(message) from error
    return Results.from_json(content if isinstance(content, dict) else {})


def write_results(results: Results, path: Path) -> Path:
    """Write the results as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return _written(path, json.dumps(results.as_json(), indent=1, allow_nan=False) + "\n")


def write_page(runs: Sequence[Results], folder: Path) -> Path:
    """Write the page and its figures; without matplotlib, or where nothing was varied, there is no figure."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = [_written_figure(each.scaling, folder / f"scaling_{each.facts['level']}.svg") for each in runs]
    return _written(folder / PAGE, page(runs, figures=figures))


def _written_figure(points: Sequence[Point], path: Path) -> str | None:
    if not points:
        return None
    try:
        save(scaling_figure(points), path)
    except MissingExtraError:
        return None
    return path.name


def _written(path: Path, text: str) -> Path:
    write_atomically(path, lambda stream: stream.write(text.encode("utf-8")))
    return path
