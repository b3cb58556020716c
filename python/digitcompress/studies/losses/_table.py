"""The outcome of the study: the table beside the published one, its figures and its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.studies._record import Record
from digitcompress.studies._report import ReportPage
from digitcompress.studies._table import StudyTable
from digitcompress.studies.losses._plan import Design, TrainingJob
from digitcompress.studies.losses._rows import loss_key, table_rows
from digitcompress.studies.losses._summary import summarise, summary_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Curve:
    """A quantity against the iterations, one line per seed.

    Parameters
    ----------
    step : ndarray of int64, shape (records,)
        Iterations done before.
    values : ndarray, shape (seeds, records, …)
        The quantity.

    Examples
    --------
    >>> Curve(np.arange(2), np.ones((1, 2))).values.shape
    (1, 2)
    """

    step: NDArray[np.int64]
    values: NDArray[Any]


@dataclass(frozen=True, eq=False)
class LossTable(StudyTable):
    """The study's table: a row for every arithmetic, compression, loss, setting and seed.

    Parameters
    ----------
    design : Design
        What was varied.
    jobs : mapping of str to TrainingJob
        The trainings by key.
    records : mapping of str to Record
        Their outcomes by the same keys.
    examples : tuple of ndarray
        Images of the development set whose single predictions are shown, and their labels.
    facts : dict of str to object
        What the results depend on besides: data, versions, command.

    Examples
    --------
    >>> design = Design(("correct",), ("mse",), (0,), (10,), 8, 0.1, 10, True)
    >>> len(LossTable(design, {}, {}, (), {}).rows)
    0
    """

    design: Design
    jobs: Mapping[str, TrainingJob]
    records: Mapping[str, Record]
    examples: tuple[NDArray[Any], ...]
    facts: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as plain values."""
        comparable = not self.design.quick
        return [row for key, job in self.jobs.items() for row in table_rows(job, self.records[key], comparable=comparable)]

    def summary(self, mode: str, *, everything: bool = False) -> list[dict[str, Any]]:
        """Return mean and range over the seeds beside the published numbers, in percent.

        Parameters
        ----------
        mode : {"faithful", "correct"}
            The arithmetic.
        everything : bool, default=False
            Whether to list every loss under every compression instead of the published rows.

        Returns
        -------
        list of dict
            One entry per row of the table: model, compression, loss and, by setting, the numbers.

        Examples
        --------
        >>> design = Design(("correct",), ("mse",), (0,), (10,), 8, 0.1, 10, True)
        >>> LossTable(design, {}, {}, (), {}).summary("correct")
        []
        """
        return summarise(self.rows, mode, self.design, everything=everything)

    def text(self) -> str:
        """Return the summaries as aligned text of at most 100 columns.

        Returns
        -------
        str
            One block per arithmetic.

        Examples
        --------
        >>> design = Design(("correct",), ("mse",), (0,), (10,), 8, 0.1, 10, True)
        >>> LossTable(design, {}, {}, (), {}).text()
        ''
        """
        return summary_text(self)

    def curve(self, mode: str, compression: str, loss: str, learning_rate: float, quantity: str) -> Curve | None:
        """Return what was recorded during the trainings of one kind.

        Parameters
        ----------
        mode, compression, loss : str
            Which trainings.
        learning_rate : float
            Which of their learning rates.
        quantity : {"accuracy", "loss", "class_loss", "precision", "recall"}
            What to return.

        Returns
        -------
        Curve or None
            None when the study has no such training.

        Examples
        --------
        >>> design = Design(("correct",), ("mse",), (0,), (10,), 8, 0.1, 10, True)
        >>> LossTable(design, {}, {}, (), {}).curve("correct", "none", "mse", 0.5, "loss") is None
        True
        """
        keys = [
            key
            for key, job in self.jobs.items()
            if (job.mode, job.compression, job.learning_rate) == (mode, compression, learning_rate) and loss in job.losses
        ]
        if not keys:
            return None
        values = [_recorded(self.jobs[key], self.records[key], loss, quantity) for key in keys]
        return Curve(self.records[keys[0]].arrays["step"], np.stack(values))

    def figures(self) -> dict[str, "Figure"]:
        """Draw the figures of the publication, and single predictions.

        Returns
        -------
        dict of str to Figure
            By name, in the order of the publication.

        Examples
        --------
        >>> LossTable.figures.__name__
        'figures'
        """
        from digitcompress.studies.losses._figures import draw_figures

        return draw_figures(self)

    def results(self) -> dict[str, Any]:
        """Return everything of the table as plain values.

        Returns
        -------
        dict of str to object
            What ``results.json`` holds.

        Examples
        --------
        >>> design = Design(("correct",), ("mse",), (0,), (10,), 8, 0.1, 10, True)
        >>> LossTable(design, {}, {}, (), {}).results()["study"]
        'losses'
        """
        return {
            "study": "losses",
            "facts": self.facts,
            "design": vars(self.design),
            "settings": [setting._asdict() for setting in self.design.settings],
            "summary": {mode: self.summary(mode) for mode in self.design.modes},
            "rows": self.rows,
        }

    def report(self) -> ReportPage:
        """Return what the report of the table says.

        Returns
        -------
        ReportPage
            Paragraphs, tables, captions and notes.

        Examples
        --------
        >>> design = Design(("correct",), ("mse",), (0,), (10,), 8, 0.1, 10, True)
        >>> LossTable(design, {}, {}, (), {}).report().title
        'Losses under quantization and pruning'
        """
        from digitcompress.studies.losses._page import report_page

        return report_page(self)


def _recorded(job: TrainingJob, record: Record, loss: str, quantity: str) -> NDArray[Any]:
    if quantity in {"loss", "class_loss"}:
        return record.arrays[f"{quantity}.{loss_key(job, loss)}"]
    return record.arrays[quantity]


def distinct_losses(losses: Sequence[str], groups: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Put together the losses that share a training, because their numbers are the same.

    Parameters
    ----------
    losses : sequence of str
        The losses to show.
    groups : sequence of sequence of str
        The losses of each training.

    Returns
    -------
    list of tuple of str
        Each loss once.

    Examples
    --------
    >>> distinct_losses(["none", "mse", "one_hot"], [["one_hot", "none", "cross_entropy"], ["mse"]])
    [('none', 'one_hot'), ('mse',)]
    """
    shown: list[tuple[str, ...]] = []
    for loss in losses:
        group = next((group for group in groups if loss in group), (loss,))
        members = tuple(name for name in losses if name in group)
        if members not in shown:
            shown.append(members)
    return shown
