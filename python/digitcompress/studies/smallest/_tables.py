"""The published tables with ours beside them, for the terminal and for the report."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from digitcompress.studies._comparison import beside, mean_text
from digitcompress.studies._report import ReportTable
from digitcompress.studies.smallest._published import LARGE, ROWS, SMALLEST, STEPS
from digitcompress.studies.smallest._published import Row as Published
from digitcompress.studies.smallest._rows import UNLIKE_DIGITS, Row, average, chosen, percentages
from digitcompress.studies.smallest._search import TARGET_PARAMETERS
from digitcompress.studies.smallest._searched import final_networks

if TYPE_CHECKING:
    from digitcompress.studies.smallest._table import SmallestTable


def tables(table: "SmallestTable") -> list[ReportTable]:
    """Return every table that has a row."""
    made = [_ablation(table), _larger(table), _lengths(table), _searched(table), _fashion(table), _unread(table)]
    return [each for each in made if each.rows]


def accuracy_text(rows: Sequence[Row], name: str = "test_accuracy") -> str:
    """Return mean and spread in percent; a dash when there is none."""
    values = percentages(rows, name)
    return mean_text(values, digits=2) if values else "-"


def _ablation(table: "SmallestTable") -> ReportTable:
    columns = ["network", "parameters", "kB", "published", "as published", "our recipe", "validation", "own images", "time [s]"]
    caption = (
        "Table I. Test accuracy in %: published, ours trained as published, ours by our recipe. kB: TensorFlow Lite | our file.\n"
        "Validation: our recipe on images held out. Own images: published | ours. Time: of the processor, our recipe"
    )
    return ReportTable(caption, columns, [list(_cells(table, row)) for row in STEPS if _rows(table, row)])


def _larger(table: "SmallestTable") -> ReportTable:
    columns = ["network", "parameters", "kB", "published", "our recipe", "validation", "own images", "time [s]"]
    compared = [row for row in (ROWS[SMALLEST], *LARGE) if _rows(table, row)]
    rows = [[text for place, text in enumerate(_cells(table, row)) if place != 4] for row in compared]
    return ReportTable("Table II. Beside larger networks; test accuracy in %", columns, rows if len(rows) > 1 else [])


def _rows(table: "SmallestTable", published: Published) -> list[Row]:
    return chosen(table.rows, data=table.data, network=published.network, recipe="chosen", epochs=table.epochs_of(published.network))


def _cells(table: "SmallestTable", published: Published) -> Iterator[str]:
    ours = _rows(table, published)
    as_published = chosen(table.rows, data=table.data, network=published.network, recipe="source", epochs=table.epochs[0])
    numbers = {name: ours[0][f"published_{name}"] for name in ("accuracy", "external", "kilobytes")}
    yield published.title
    yield f"{ours[0]['parameters']:,}"
    yield beside(numbers["kilobytes"], f"{ours[0]['file_bytes'] / 1000:.1f}")
    yield "-" if numbers["accuracy"] is None else f"{100 * numbers['accuracy']:.2f}"
    yield accuracy_text(as_published)
    yield accuracy_text(ours)
    yield accuracy_text(ours, "validation_accuracy")
    external = percentages(ours, "external_accuracy")
    yield beside(
        None if numbers["external"] is None else f"{100 * numbers['external']:.0f}", mean_text(external, digits=0) if external else "-"
    )
    yield f"{average(ours, 'processor_seconds'):.1f}"


def _lengths(table: "SmallestTable") -> ReportTable:
    columns = ["recipe", *(f"{epochs} epochs" for epochs in table.epochs)]
    rows = [
        [
            title,
            *(
                accuracy_text(chosen(table.rows, data=table.data, network=SMALLEST, recipe=recipe, epochs=epochs))
                for epochs in table.epochs
            ),
        ]
        for recipe, title in (("source", "as published"), ("chosen", "our recipe"), ("deslanted", "our recipe, digits without slant"))
    ]
    found = any(text != "-" for row in rows for text in row[1:])
    return ReportTable(
        f"{table.epochs[0]} against {table.epochs[1]} epochs: the network of 707 parameters, test accuracy in %",
        columns,
        rows if found else [],
    )


def _searched(table: "SmallestTable") -> ReportTable:
    columns = ["network", "parameters", "multiply-adds", "validation", "test", ""]
    best = table.best(at_most=TARGET_PARAMETERS)
    rows = [
        [
            name,
            f"{rows[0]['parameters']:,}",
            f"{rows[0]['multiply_adds']:,}",
            accuracy_text(rows, "validation_accuracy"),
            accuracy_text(rows),
            "chosen" if name == best else "",
        ]
        for name, rows in final_networks(table.searched).items()
    ]
    return ReportTable(
        f"The search: its last round, accuracies in %. Chosen: the best on validation images with at most {TARGET_PARAMETERS} parameters",
        columns,
        rows,
    )


def _fashion(table: "SmallestTable") -> ReportTable:
    columns = ["network", "parameters", "digits", "clothes"]
    rows = []
    for published in ROWS.values():
        clothes = chosen(table.rows, data=UNLIKE_DIGITS, network=published.network, epochs=table.epochs[0])
        if clothes:
            digits = _rows(table, published)
            rows.append([published.title, f"{clothes[0]['parameters']:,}", accuracy_text(digits), accuracy_text(clothes)])
    return ReportTable("Harder images: Fashion-MNIST beside MNIST, our recipe, test accuracy in %", columns, rows)


def _unread(table: "SmallestTable") -> ReportTable:
    failures = {} if table.external is None else table.external["failures"]
    rows = [[_short(f"{name}: {reason}")] for name, reason in failures.items()]
    return ReportTable("Pictures that could not be read, and why", ["picture"], rows)


def _short(reason: str, most: int = 120) -> str:
    return reason if len(reason) <= most else f"{reason[: most - 1]}…"


def joined_text(made: Iterable[ReportTable]) -> str:
    """Return tables for a terminal."""
    return "\n\n".join(each.text() for each in made)
