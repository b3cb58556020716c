"""What the report of the study says."""

from typing import TYPE_CHECKING

from digitcompress.studies._report import ReportPage, ReportTable, shown_facts
from digitcompress.studies.architectures._captions import CAPTIONS, NOTES
from digitcompress.studies.architectures._networks import ARCHITECTURES
from digitcompress.studies.architectures._summary import (
    class_table,
    counted,
    final_table,
    network_title,
    rate_table,
    recipe_title,
    rival_table,
)

if TYPE_CHECKING:
    from digitcompress.studies.architectures._table import ArchitectureTable


def report_page(table: "ArchitectureTable") -> ReportPage:
    """Return what the report of a table says."""
    classes = [each for name in ARCHITECTURES if (each := class_table(table, name)) is not None]
    tables = [rate_table(table), final_table(table), rival_table(table), cost_table(table), *classes, provenance(table)]
    return ReportPage(
        title="Architectures and learning rates",
        introduction=_introduction(table),
        tables=[each for each in tables if each.rows],
        captions=CAPTIONS,
        notes_title="What the source leaves open, and what we took",
        notes=NOTES,
        facts=shown_facts(table.facts),
    )


def _introduction(table: "ArchitectureTable") -> list[str]:
    names = ", ".join(network_title(name) for name in table.networks)
    data = table.facts.get("data", "digits")
    short, long = table.epochs
    first = f"{names}: trained by Adam in batches of 64 on {data}, for {counted(short)} at each learning rate and for {long} at 0.0002."
    if not table.quick:
        return [first, "Published values stand left of ours."]
    return [first, "This is a quick run on few images: it shows that everything works, and nothing about which network is better."]


def cost_table(table: "ArchitectureTable") -> ReportTable:
    """Return size, cost and speed of each network."""
    rows = []
    for name in table.networks:
        cell = next(cell for cell in table.cells if cell.network == name)
        report = cell.reports[cell.epochs]
        fastest = min(second for each in table.cells if each.network == name for second in each.seconds)
        sizes = [f"{cell.parameters:,}", f"{report.size_bytes:,}", f"{cell.multiply_adds:,}"]
        rows.append([network_title(name), *sizes, f"{report.microseconds_per_image:.1f}", f"{fastest:.2f}"])
    columns = ["network", "parameters", "bytes", "multiply-adds per image", "inference [µs per image]", "fastest epoch [s]"]
    return ReportTable("What a network needs", columns, rows)


def provenance(table: "ArchitectureTable") -> ReportTable:
    """Return where each number comes from: trainings can be of several sessions and machines."""
    found: dict[tuple[str, ...], list[str]] = {}
    for cell in table.cells:
        origin = tuple(str(cell.made.get(name, "unknown")) for name in ("digitcompress", "level", "threads", "command"))
        found.setdefault((network_title(cell.network), *origin), []).append(recipe_title(cell.recipe, cell.learning_rate))
    rows = [[key[0], ", ".join(dict.fromkeys(rates)), *key[1:]] for key, rates in found.items()]
    columns = ["network", "learning rates", "digitcompress", "processor level", "threads", "command"]
    return ReportTable("Where the numbers come from", columns, rows)
