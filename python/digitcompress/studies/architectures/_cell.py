"""One training of the study as its tables read it, and as JSON keeps it."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from digitcompress.errors import FormatError
from digitcompress.evaluation import Report
from digitcompress.studies._record import Record
from digitcompress.studies.architectures._networks import ARCHITECTURES
from digitcompress.studies.architectures._plan import TrainingJob
from digitcompress.studies.architectures._published import BY_RATE, FINAL, LONG_EPOCHS, SHORT_EPOCHS, Accuracies

_PLAIN = ("network", "recipe", "learning_rate", "seed", "used", "parameters", "multiply_adds", "curves", "seconds", "diverged", "made")


@dataclass(frozen=True, eq=False)
class Cell:
    """The outcome of a training.

    Parameters
    ----------
    network : str
        Its name in the study.
    recipe : {"published", "further"}
        How it was trained.
    learning_rate : float
        Of Adam; the highest one of the further recipe.
    seed : int
        Of the start, and of the order of the images.
    used : dict of str to int
        Images to train on, to validate and to test.
    parameters, multiply_adds : int
        Size and cost of the network.
    curves : dict of str to list of float
        ``loss``, ``accuracy``, ``val_loss`` and ``val_accuracy`` of each epoch.
    seconds : list of float
        What each epoch took, its validation included.
    reports : dict of int to Report
        What the network does on the test images, by the epochs behind it.
    diverged : int or None
        After how many steps the training became infinite, if it did.
    made : dict of str to object
        Threads, processor level, versions and command.
    """

    network: str
    recipe: str
    learning_rate: float
    seed: int
    used: dict[str, int]
    parameters: int
    multiply_adds: int
    curves: dict[str, list[float]]
    seconds: list[float]
    reports: dict[int, Report]
    diverged: int | None
    made: dict[str, Any]

    @classmethod
    def of(cls, job: TrainingJob, record: Record, facts: Mapping[str, Any]) -> "Cell":
        """Return the cell of a finished job."""
        values = job.config() | record.values
        made = {name: values[name] for name in ("threads", "level")}
        return cls.from_plain(values | {"made": made | dict(facts)})

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> "Cell":
        """Return the cell that `plain` described."""
        try:
            reports = {int(epochs): Report.from_json(json.dumps(report)) for epochs, report in values["reports"].items()}
            return cls(**{name: values[name] for name in _PLAIN}, reports=reports)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"architectures: a cell must be as results.json holds it, got {str(values)[:60]!r} ({error})"
            raise FormatError(message) from error

    def plain(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        reports = {str(epochs): json.loads(report.to_json()) for epochs, report in self.reports.items()}
        return {name: getattr(self, name) for name in _PLAIN} | {"reports": reports}

    @property
    def key(self) -> tuple[str, str, float, int]:
        """What two cells of one study never share."""
        return self.network, self.recipe, self.learning_rate, self.seed

    @property
    def epochs(self) -> int:
        """Of the whole training."""
        return max(self.reports)

    def rows(self, *, comparable: bool) -> Iterator[dict[str, Any]]:
        """Yield a row for each number of epochs after which the network was tested."""
        for epochs in sorted(self.reports):
            yield (
                self._settings(epochs)
                | _published(self, epochs if comparable and self.recipe == "published" else None)
                | self._measures(epochs)
            )

    def _settings(self, epochs: int) -> dict[str, Any]:
        counts = {f"{name}_count": count for name, count in self.used.items()}
        settings = {
            "network": self.network,
            "recipe": self.recipe,
            "learning_rate": self.learning_rate,
            "epochs": epochs,
            "seed": self.seed,
        }
        return settings | counts | {"parameters": self.parameters, "multiply_adds": self.multiply_adds}

    def _measures(self, epochs: int) -> dict[str, Any]:
        report, done = self.reports[epochs], self.seconds[:epochs]
        row: dict[str, Any] = {
            "train_accuracy": self._last("accuracy", epochs),
            "train_loss": self._last("loss", epochs),
            "validation_accuracy": self._last("val_accuracy", epochs),
            "validation_loss": self._last("val_loss", epochs),
            "test_accuracy": report.accuracy,
            "test_accuracy_low": report.accuracy_interval[0],
            "test_accuracy_high": report.accuracy_interval[1],
            "test_loss": report.loss,
            "seconds": sum(done),
            "fastest_epoch_seconds": min(done, default=math.nan),
            "size_bytes": report.size_bytes,
            "microseconds_per_image": report.microseconds_per_image,
            "diverged": self.diverged,
        }
        for name in ("precision", "recall", "f1"):
            row |= {f"{name}[{digit}]": float(value) for digit, value in enumerate(getattr(report, name))}
        return row

    def _last(self, curve: str, epochs: int) -> float:
        values = self.curves[curve][:epochs]
        return float(values[-1]) if values and values[-1] is not None else math.nan


def _published(cell: Cell, epochs: int | None) -> dict[str, float | None]:
    """Return the published values that belong beside a cell, shares of 1 and seconds."""
    name = ARCHITECTURES[cell.network].published or ""
    accuracies: Accuracies | None = None
    final = FINAL.get(name) if epochs == LONG_EPOCHS else None
    if epochs == SHORT_EPOCHS:
        accuracies = BY_RATE.get(name, {}).get(cell.learning_rate)
    elif final is not None:
        accuracies = final.accuracies
    shares = (None,) * 3 if accuracies is None else tuple(value / 100 for value in accuracies)
    row = dict(zip(("published_train", "published_validation", "published_test"), shares, strict=True))
    return row | {"published_seconds": final and final.seconds, "published_loss": final and final.loss / 100}
