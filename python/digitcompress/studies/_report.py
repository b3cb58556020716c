"""One self-contained HTML page: figures embedded, nothing fetched."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digitcompress._extras import import_extra
from digitcompress.studies._files import write_text


@dataclass(frozen=True)
class HtmlTable:
    """A table of a report."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class ReportPage:
    """What a report says."""

    title: str
    introduction: Sequence[str] = ()
    tables: Sequence[HtmlTable] = ()
    captions: Mapping[str, str] = field(default_factory=dict)
    notes_title: str = ""
    notes: Sequence[str] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def render_report(page: ReportPage, images: Mapping[str, bytes]) -> str:
    """Return the page as HTML, with PNG images by name embedded."""
    jinja2 = import_extra("jinja2", extra="study", purpose="the report")
    source = Path(__file__).with_name("templates").joinpath("report.html.jinja").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    encoded = {name: base64.b64encode(content).decode() for name, content in images.items()}
    return str(environment.from_string(source).render(page=page, images=encoded))


def write_report(path: Path, page: ReportPage, images: Mapping[str, bytes]) -> Path:
    """Write the page with its images."""
    write_text(path, render_report(page, images))
    return path
