"""The published table, once, as data: accuracy in percent on the 1,000 development images after the last update."""

from typing import NamedTuple


class Setting(NamedTuple):
    """A learning rate and a number of full-batch iterations ("epochs" in the source)."""

    learning_rate: float
    iterations: int

    @property
    def title(self) -> str:
        """The setting as the source's table heads its columns."""
        return f"{self.learning_rate:g}, {self.iterations}"


class Row(NamedTuple):
    """One row of the published table."""

    model: str
    loss: str
    accuracies: tuple[float, float, float, float, float]

    @property
    def title(self) -> str:
        """The row as it is printed."""
        return f"{self.model} · {LOSS_TITLES[self.loss]}"


SETTINGS = (Setting(0.01, 1500), Setting(0.1, 1500), Setting(0.1, 500), Setting(0.5, 500), Setting(0.5, 100))

LOSS_TITLES = {
    "none": "none",
    "one_hot": "one-hot",
    "mse": "MSE",
    "cross_entropy": "cross entropy",
    "weighted_cross_entropy": "weighted cross entropy",
    "focal": "focal",
    "hinge": "hinge",
    "hinge_one_vs_rest": "hinge, one vs rest",
}

ROWS = (
    Row("classical", "cross_entropy", (73.5, 89.9, 82.1, 88.8, 77.1)),
    Row("quantized", "none", (40, 8.7, 16.5, 9.9, 23.3)),
    Row("quantized", "one_hot", (32.5, 12.2, 20.2, 11.89, 24.2)),
    Row("quantized", "mse", (31.4, 9.5, 15.29, 28.1, 26)),
    Row("quantized", "cross_entropy", (38.1, 8.79, 22.2, 13.6, 15.9)),
    Row("quantized", "focal", (41, 10.1, 27.4, 10.9, 19.4)),
    Row("quantized", "hinge", (36.19, 12.4, 15.2, 11.1, 21.8)),
    Row("pruned", "one_hot", (63.5, 88.5, 84.5, 89.7, 83.3)),
    Row("pruned", "mse", (67.8, 89.7, 82.19, 88.7, 79.8)),
    Row("pruned", "cross_entropy", (66, 89.4, 84.1, 91.6, 75.5)),
    Row("pruned", "focal", (58.19, 86.9, 84.2, 88.4, 79.2)),
    Row("pruned", "hinge", (59.9, 86.9, 84.0, 91.1, 82.69)),
)

# The source's "classical" listing prunes as well; both readings of its row are shown beside it.
COMPRESSIONS_OF_MODEL = {"classical": ("none", "pruned"), "quantized": ("quantized",), "pruned": ("pruned",)}


def published_accuracy(compression: str, loss: str, setting: Setting) -> float | None:
    """Return the published accuracy that belongs beside a training, or None."""
    model = "classical" if compression == "none" else compression
    rows = [row for row in ROWS if row.model == model and row.loss == loss]
    return rows[0].accuracies[SETTINGS.index(setting)] if rows and setting in SETTINGS else None
