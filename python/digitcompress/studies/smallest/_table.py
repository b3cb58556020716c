"""The outcome of the study: rows beside the published tables, the search, figures and files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from digitcompress.studies._report import ReportPage
from digitcompress.studies._table import StudyTable
from digitcompress.studies.smallest._rows import Row
from digitcompress.studies.smallest._searched import best_network, pareto_front

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class SmallestTable(StudyTable):
    """The study's tables: a row for every network, data set, recipe, length and random start.

    Parameters
    ----------
    data : str
        The data set of the published tables' place.
    epochs : tuple of int
        The source's number, and the larger one.
    trained : sequence of mapping
        The rows.
    searched : sequence of mapping
        A row for every training of the search.
    curves : mapping of str to sequence
        Validation accuracy after each epoch, by recipe and start: of the network of 707 parameters, trained long.
    external : mapping, optional
        The user's own pictures, the files that could not be read, and what the networks see.
    facts : dict of str to object
        What the results depend on besides: data, versions, command.

    Examples
    --------
    >>> SmallestTable("mnist", (20, 100), (), (), {}).rows
    []
    """

    data: str
    epochs: tuple[int, int]
    trained: Sequence[Row]
    searched: Sequence[Row]
    curves: Mapping[str, Sequence[Sequence[float]]]
    external: Mapping[str, Any] | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the long table as plain values."""
        return [dict(row) for row in self.trained]

    def epochs_of(self, network: str) -> int:
        """Return for how many epochs a network was trained beside the published one.

        Examples
        --------
        >>> SmallestTable("mnist", (20, 100), (), (), {}).epochs_of("initial")
        20
        """
        return min((row["epochs"] for row in self.trained if row["network"] == network), default=self.epochs[0])

    def best(self, *, at_most: int) -> str | None:
        """Return the network of the search that validation images choose among those with so few parameters.

        Parameters
        ----------
        at_most : int
            Parameters.

        Returns
        -------
        str or None
            Its name; None when there is none so small.

        Examples
        --------
        >>> row = {"network": "tiny", "round": 1, "parameters": 90, "validation_accuracy": 0.9}
        >>> SmallestTable("mnist", (20, 100), (), [row], {}).best(at_most=100)
        'tiny'
        """
        return best_network(self.searched, at_most=at_most)

    def front(self) -> list[str]:
        """Return the networks of the search that none with as few parameters beats on validation images.

        Examples
        --------
        >>> SmallestTable("mnist", (20, 100), (), [], {}).front()
        []
        """
        return pareto_front(self.searched)

    def text(self) -> str:
        """Return the tables as aligned text.

        Examples
        --------
        >>> SmallestTable("mnist", (20, 100), (), (), {}).text()
        ''
        """
        from digitcompress.studies.smallest._tables import joined_text, tables

        return joined_text(tables(self))

    def figures(self) -> "dict[str, Figure]":
        """Draw accuracy against parameters, against epochs, the search, and whatever else there are results of.

        Examples
        --------
        >>> list(SmallestTable("mnist", (20, 100), (), (), {}).figures())
        []
        """
        from digitcompress.studies.smallest._figures import draw_figures

        return draw_figures(self)

    def results(self) -> dict[str, Any]:
        """Return everything as plain values; `load` makes the table from them again.

        Examples
        --------
        >>> SmallestTable("mnist", (20, 100), (), (), {}).results()["study"]
        'smallest'
        """
        return {
            "study": "smallest",
            "facts": self.facts,
            "data": self.data,
            "epochs": list(self.epochs),
            "rows": self.rows,
            "search": [dict(row) for row in self.searched],
            "curves": {name: [list(run) for run in runs] for name, runs in self.curves.items()},
            "external": self.external,
        }

    def report(self) -> ReportPage:
        """Return what the report says.

        Examples
        --------
        >>> SmallestTable("mnist", (20, 100), (), (), {}).report().title
        'The smallest network that reads digits'
        """
        from digitcompress.studies.smallest._page import report_page

        return report_page(self)
