"""The outcome of a study: rows, a text for the terminal, figures, a report, and all of them as files."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitcompress._extras import import_extra
from digitcompress.plots import figure_files
from digitcompress.studies._output import write_csv, write_files, write_json
from digitcompress.studies._report import ReportPage, write_report

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class StudyTable(ABC):
    """What every study returns."""

    @property
    @abstractmethod
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the long table as plain values."""

    @abstractmethod
    def text(self) -> str:
        """Return the published values beside ours as aligned text."""

    @abstractmethod
    def figures(self) -> "dict[str, Figure]":
        """Draw the figures, by name."""

    @abstractmethod
    def results(self) -> dict[str, Any]:
        """Return everything as plain values, as ``results.json`` holds it."""

    @abstractmethod
    def report(self) -> ReportPage:
        """Return what the report says."""

    def frame(self) -> "pd.DataFrame":
        """Return the long form of the table as a pandas DataFrame; accuracies are shares of 1."""
        pandas = import_extra("pandas", extra="study", purpose="frame()")
        return pandas.DataFrame(self.rows)

    def save(self, out: str | Path) -> list[Path]:
        """Write results.csv, results.json, the figures as SVG and PNG, and report.html.

        Parameters
        ----------
        out : str or Path
            Directory; made when missing.

        Returns
        -------
        list of Path
            The files, in the order in which they were written.
        """
        folder = Path(out)
        folder.mkdir(parents=True, exist_ok=True)
        contents = {file: content for name, figure in self.figures().items() for file, content in figure_files(figure, name).items()}
        images = {name.removesuffix(".png"): content for name, content in contents.items() if name.endswith(".png")}
        paths = [write_csv(folder / "results.csv", self.rows), write_json(folder / "results.json", self.results())]
        paths += write_files(folder / "figures", contents)
        return [*paths, write_report(folder / "report.html", self.report(), images)]
