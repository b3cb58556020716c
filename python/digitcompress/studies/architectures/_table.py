"""The outcome of the study: the published tables beside ours, their figures and files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitcompress.errors import FormatError
from digitcompress.studies._output import no_results, read_results
from digitcompress.studies._report import ReportPage
from digitcompress.studies._table import StudyTable
from digitcompress.studies.architectures._cell import Cell
from digitcompress.studies.architectures._embedding import Embedding
from digitcompress.studies.architectures._networks import ARCHITECTURES
from digitcompress.studies.architectures._plan import Design
from digitcompress.studies.architectures._published import DEFAULT_RATE
from digitcompress.studies.architectures._rivals import Timing
from digitcompress.studies.architectures._summary import summary_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STUDY = "architectures"


@dataclass(frozen=True, eq=False)
class ArchitectureTable(StudyTable):
    """The study's table: a row for every network, learning rate, number of epochs and seed.

    Parameters
    ----------
    cells : sequence of Cell
        The trainings.
    quick : bool
        Whether this was a first look, not to be compared with the publication.
    embeddings : sequence of Embedding
        Images on a plane.
    timings : sequence of Timing
        Training steps raced against PyTorch.
    facts : dict of str to object
        What the results depend on besides: data, versions, command.

    Examples
    --------
    >>> ArchitectureTable((), quick=True).rows
    []
    """

    cells: Sequence[Cell]
    quick: bool = False
    embeddings: Sequence[Embedding] = ()
    timings: Sequence[Timing] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_results(cls, content: Any) -> "ArchitectureTable":
        """Return the table that `results` described."""
        cells = [Cell.from_plain(each) for each in content["cells"]]
        embeddings = [Embedding.from_plain(each) for each in content["embeddings"]]
        timings = [Timing.from_plain(each) for each in content["timings"]]
        return cls(cells, bool(content["quick"]), embeddings, timings, dict(content["facts"]))

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as plain values; accuracies are shares of 1."""
        return [row for cell in self.cells for row in cell.rows(comparable=not self.quick)]

    @property
    def networks(self) -> list[str]:
        """The names of the networks that were trained, in the order of the tables."""
        trained = {cell.network for cell in self.cells}
        return [name for name in ARCHITECTURES if name in trained]

    @property
    def epochs(self) -> tuple[int, int]:
        """The epochs of the short runs and of the long one."""
        return Design((), (), (), self.quick).epochs

    @property
    def has_several_seeds(self) -> bool:
        """Whether some network was trained from several starts."""
        return len({cell.seed for cell in self.cells}) > 1

    def recipes(self, network: str) -> list[tuple[str, float]]:
        """Return how a network was trained: recipes with their learning rates, in the order of the tables."""
        found = {(cell.recipe, cell.learning_rate) for cell in self.cells if cell.network == network}
        return sorted(found, key=_recipe_order)

    def select(self, network: str, recipe: str, learning_rate: float, epochs: int) -> list[dict[str, Any]]:
        """Return the rows of all seeds of one network, recipe, learning rate and number of epochs."""
        wanted = {"network": network, "recipe": recipe, "learning_rate": learning_rate, "epochs": epochs}
        return [row for row in self.rows if wanted.items() <= row.items()]

    def long_rows(self, network: str) -> list[dict[str, Any]]:
        """Return the rows of the long runs of a network, one for each seed."""
        return self.select(network, "published", DEFAULT_RATE, self.epochs[1])

    def long_cell(self, network: str) -> Cell | None:
        """Return the long run of a network from its first seed; None when it was not run."""
        return min(self.long_cells(network), key=lambda cell: cell.seed, default=None)

    def long_cells(self, network: str) -> list[Cell]:
        """Return the long runs of a network."""
        wanted = (network, "published", DEFAULT_RATE)
        return [cell for cell in self.cells if (cell.network, cell.recipe, cell.learning_rate) == wanted]

    def merged(self, other: "ArchitectureTable") -> "ArchitectureTable":
        """Return this table with the cells and embeddings that only the other one has.

        Raises
        ------
        FormatError
            If they are not of the same data, or only one is a first look.
        """
        if (self.quick, self.facts.get("data_digest")) != (other.quick, other.facts.get("data_digest")):
            message = (
                f"{STUDY}: results to put together must be of the same data and length, got {_kind(self)} and {_kind(other)}; "
                "give another folder to --out"
            )
            raise FormatError(message)
        cells = {cell.key: cell for cell in other.cells} | {cell.key: cell for cell in self.cells}
        embeddings = {each.count: each for each in other.embeddings} | {each.count: each for each in self.embeddings}
        timings = {each.network: each for each in other.timings} | {each.network: each for each in self.timings}
        order = list(ARCHITECTURES)
        arranged = sorted(
            cells.values(), key=lambda cell: (order.index(cell.network), _recipe_order((cell.recipe, cell.learning_rate)), cell.seed)
        )
        planes = [embeddings[count] for count in sorted(embeddings)]
        return ArchitectureTable(arranged, self.quick, planes, [timings[name] for name in order if name in timings], self.facts)

    def text(self) -> str:
        """Return the published tables with ours beside them, and the classification report of the best network."""
        return summary_text(self)

    def figures(self) -> "dict[str, Figure]":
        """Draw the figures of the publication, by name."""
        from digitcompress.studies.architectures._figures import draw_figures

        return draw_figures(self)

    def results(self) -> dict[str, Any]:
        """Return everything as plain values; `load` reads them again."""
        return {
            "study": STUDY,
            "facts": self.facts,
            "quick": self.quick,
            "cells": [cell.plain() for cell in self.cells],
            "embeddings": [each.plain() for each in self.embeddings],
            "timings": [each.plain() for each in self.timings],
        }

    def report(self) -> ReportPage:
        """Return what the report says."""
        from digitcompress.studies.architectures._page import report_page

        return report_page(self)


def _recipe_order(recipe: tuple[str, float]) -> tuple[bool, float]:
    name, rate = recipe
    return name != "published", -rate


def _kind(table: ArchitectureTable) -> str:
    digest = table.facts.get("data_digest")
    return f"{table.facts.get('data')} (digest {digest}{', quick' if table.quick else ''})"


def load(path: str | Path) -> ArchitectureTable:
    """Read the results of a study again: to print, draw or merge them without training.

    Parameters
    ----------
    path : str or Path
        A ``results.json``, or the folder it is in.

    Returns
    -------
    ArchitectureTable

    Raises
    ------
    FormatError
        If the file is not such a file.
    OSError
        If it cannot be read.

    Examples
    --------
    >>> import json, tempfile
    >>> path = Path(tempfile.mkdtemp()) / "results.json"
    >>> _ = path.write_text(json.dumps(ArchitectureTable((), facts={"data": "mnist"}).results()))
    >>> load(path).facts
    {'data': 'mnist'}
    """
    content = read_results(path, STUDY)
    try:
        return ArchitectureTable.from_results(content)
    except (KeyError, TypeError, ValueError) as error:
        raise no_results(path, STUDY, error) from error
