"""Turn the outcomes of trainings into rows, and rows into groups that differ in their random start only."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from digitcompress.studies._record import Record
from digitcompress.studies.smallest._cells import Cell
from digitcompress.studies.smallest._published import ROWS, SOURCE_EPOCHS

Row = Mapping[str, Any]
PUBLISHED_ON = "mnist"
UNLIKE_DIGITS = "fashion-mnist"


def table_row(cell: Cell, record: Record) -> dict[str, Any]:
    """Return one training as a row; published numbers stand beside what was trained as long as theirs, on the same images."""
    published = ROWS[cell.network]
    numbers = {"accuracy": published.accuracy, "external": published.external, "kilobytes": published.kilobytes}
    is_comparable = cell.data == PUBLISHED_ON and cell.epochs == SOURCE_EPOCHS and cell.images is None
    return {
        "data": cell.data,
        "network": cell.network,
        "recipe": cell.recipe.name,
        "epochs": cell.epochs,
        "seed": cell.seed,
        "learning_rate": cell.recipe.learning_rate,
        "batch_size": cell.recipe.batch_size,
        "schedule": cell.recipe.schedule,
        **record.values,
        **{f"published_{name}": value if is_comparable else None for name, value in numbers.items()},
    }


def chosen(rows: Iterable[Row], **wanted: Any) -> list[Row]:
    """Return the rows that have these values."""
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def percentages(rows: Iterable[Row], name: str) -> list[float]:
    """Return a share of each row in percent; rows that lack it are left out."""
    return [100 * row[name] for row in rows if row.get(name) is not None]


def average(rows: Sequence[Row], name: str) -> float:
    """Return the mean of a number over rows."""
    return float(sum(row[name] for row in rows) / len(rows))
