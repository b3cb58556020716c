"""The files of a study: table, facts and figures."""

import io
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitcompress._extras import import_extra
from digitcompress.studies._files import write_atomically, write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PNG_DOTS_PER_INCH = 130


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: nan and infinity become None."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write a tidy table, one line for each row."""
    pandas = import_extra("pandas", extra="study", purpose="writing the table")
    write_text(path, pandas.DataFrame(list(rows)).to_csv(index=False, lineterminator="\n"))
    return path


def write_json(path: Path, content: Mapping[str, Any]) -> Path:
    """Write facts and results as JSON."""
    write_text(path, json.dumps(plain(content), indent=1, allow_nan=False) + "\n")
    return path


def figure_bytes(figure: "Figure", kind: str) -> bytes:
    """Return a figure as the content of a file, the same bytes for the same figure."""
    matplotlib = import_extra("matplotlib", extra="plot", purpose="saving a figure")
    buffer = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with matplotlib.rc_context({"svg.hashsalt": "digitcompress", "svg.fonttype": "none"}):
        figure.savefig(buffer, format=kind, dpi=PNG_DOTS_PER_INCH, metadata=metadata)
    return buffer.getvalue()


def render_figures(figures: Mapping[str, "Figure"]) -> dict[str, bytes]:
    """Return each figure as SVG and as PNG, by the name of the file."""
    contents: dict[str, bytes] = {}
    for name, figure in figures.items():
        # Laid out once for both formats: that is most of the work.
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        contents |= {f"{name}.{kind}": figure_bytes(figure, kind) for kind in ("svg", "png")}
    return contents


def write_files(directory: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files into a directory, made when missing."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_atomically(directory / name, lambda stream, content=content: stream.write(content))  # type: ignore[misc]
    return [directory / name for name in contents]
