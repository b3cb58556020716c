"""Figures as files."""

import io
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from digitcompress._extras import import_extra

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PNG_DOTS_PER_INCH = 130


def figure_files(figure: "Figure", name: str) -> dict[str, bytes]:
    """Return a figure as the contents of ``<name>.svg`` and ``<name>.png``, the same bytes for the same figure.

    Its layout is final afterwards.

    Examples
    --------
    >>> from digitcompress.plots import new_figure
    >>> figure, ax = new_figure(2, 2)
    >>> {name: content[1:4] for name, content in figure_files(figure, "empty").items()}
    {'empty.svg': b'?xm', 'empty.png': b'PNG'}
    """
    # Laid out once for both formats: that is most of the work.
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return {f"{name}.{kind}": _content(figure, kind) for kind in ("svg", "png")}


def save(figure: "Figure", path: str | Path) -> list[Path]:
    """Write a figure as SVG and PNG beside each other, and return both paths.

    Parameters
    ----------
    figure : Figure
        Its layout is final afterwards.
    path : str or Path
        Where to, without a suffix or with one of the two; folders are made when missing.

    Examples
    --------
    >>> from digitcompress.plots import new_figure
    >>> figure, ax = new_figure(2, 2)
    >>> [path.name for path in save(figure, "figures/empty")]
    ['empty.svg', 'empty.png']
    """
    place = Path(path)
    name = place.stem if place.suffix in {".svg", ".png"} else place.name
    place.parent.mkdir(parents=True, exist_ok=True)
    contents = figure_files(figure, name)
    for file, content in contents.items():
        (place.parent / file).write_bytes(content)
    return [place.parent / file for file in contents]


def _content(figure: "Figure", kind: str) -> bytes:
    matplotlib = import_extra("matplotlib", extra="plot", purpose="saving a figure")
    backend = import_module({"svg": "matplotlib.backends.backend_svg", "png": "matplotlib.backends.backend_agg"}[kind])
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    buffer, canvas, dots_per_inch = io.BytesIO(), figure.canvas, figure.dpi
    figure.dpi = PNG_DOTS_PER_INCH
    try:
        # Figure.savefig would draw everything once more, for a layout that is final.
        with matplotlib.rc_context({"svg.hashsalt": "digitcompress", "svg.fonttype": "none"}):
            getattr(backend.FigureCanvas(figure), f"print_{kind}")(buffer, metadata=metadata)
    finally:
        figure.dpi = dots_per_inch
        figure.set_canvas(canvas)
    return buffer.getvalue()
