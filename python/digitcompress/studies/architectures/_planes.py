"""Draw an embedding: few images as their digits, many as dots with the digits beside."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from digitcompress.plots import new_figure
from digitcompress.studies.architectures._embedding import Embedding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Tol, "Colour schemes", 2021: "muted", its pale grey made dark enough for letters.
TEN_COLORS = ("#CC6677", "#332288", "#999933", "#117733", "#88CCEE", "#882255", "#44AA99", "#DDCC77", "#AA4499", "#555555")
MOST_LETTERS = 2_000


def draw_embedding(embedding: Embedding) -> "Figure":
    """Draw images on their plane, coloured by digit."""
    few = embedding.count <= MOST_LETTERS
    figure, ax = new_figure(7.5, 7)
    for digit in range(10):
        points = embedding.coordinates[embedding.labels == digit]
        look = {"marker": f"${digit}$", "s": 44, "linewidths": 0.0} if few else {"marker": ".", "s": 5, "linewidths": 0.0, "alpha": 0.6}
        ax.scatter(points[:, 0], points[:, 1], color=TEN_COLORS[digit], rasterized=not few, **look)
        if not few and len(points):
            x, y = densest(points)
            box = {"boxstyle": "circle,pad=0.25", "facecolor": "white", "edgecolor": TEN_COLORS[digit], "linewidth": 1.6}
            ax.text(x, y, str(digit), ha="center", va="center", fontsize=13, fontweight="bold", bbox=box)
    share = f"{100 * embedding.neighbour_accuracy:.1f} % of the nearest neighbours are of the same digit"
    ax.set_title(f"{embedding.count:,} images, t-SNE by {embedding.method}: {share}", fontsize=10)
    ax.set(xticks=[], yticks=[])
    ax.set_aspect("equal", adjustable="datalim")
    return figure


def densest(points: NDArray[np.float32]) -> tuple[float, float]:
    """Return the middle of the fullest of 12 by 12 tiles: the label of a class that lies in two heaps stands on one."""
    counts, x, y = np.histogram2d(points[:, 0], points[:, 1], bins=12)
    column, row = np.unravel_index(counts.argmax(), counts.shape)
    return float(x[column : column + 2].mean()), float(y[row : row + 2].mean())
