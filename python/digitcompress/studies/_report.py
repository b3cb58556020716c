"""One self-contained HTML page: figures embedded, nothing fetched."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digitcompress._extras import import_extra
from digitcompress.studies._comparison import aligned_text
from digitcompress.studies._files import write_text


@dataclass(frozen=True)
class ReportTable:
    """A table of a report, which a terminal can show as well."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def text(self) -> str:
        """Return the table for a terminal."""
        return aligned_text(self.caption, self.columns, self.rows)


@dataclass(frozen=True)
class ReportPage:
    """What a report says."""

    title: str
    introduction: Sequence[str] = ()
    tables: Sequence[ReportTable] = ()
    captions: Mapping[str, str] = field(default_factory=dict)
    notes_title: str = ""
    notes: Sequence[str] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def shown_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a study as a page lists them: in words, the versions among them."""
    plain = {name: value for name, value in facts.items() if not isinstance(value, dict)}
    plain |= {name: value for name, value in facts.get("versions", {}).items() if not isinstance(value, dict)}
    return {name.replace("_", " "): value for name, value in plain.items()}


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
