"""The weights of a node as pictures."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.errors import DataError, ShapeError
from digitcompress.plots._styles import axes_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_TILES = 256


def filters(network: Any, *, node: str = "conv1", axes: "Axes | None" = None) -> "Figure":
    """Draw the filters of a node as tiles: blue is negative, red positive, white zero, on one scale.

    A convolution of one input channel becomes a square of tiles, one of several a row for each filter and a column for each
    channel. Of a dense layer that sees the images, each unit is a tile. At most 256 tiles are drawn, the first ones.

    Parameters
    ----------
    network : Network
        Its weights are drawn as a forward pass uses them: pruned and quantized, when they are.
    node : str, default="conv1"
        A node with a weight that is a filter.
    axes : Axes, optional
        Where to draw.

    Raises
    ------
    DataError
        If no node of that name has a weight; the message lists those that have.
    ShapeError
        If its weight is no filter.

    Examples
    --------
    >>> import digitcompress as dc
    >>> figure = filters(dc.models.mlp([784, 10]), node="fc1")
    >>> figure.axes[0].get_title()
    'fc1: 10 of 28 x 28'
    """
    mosaic, title = _mosaic(_tiles(network, node), node)
    height, width = mosaic.shape
    scale = 7 / max(height, width)
    figure, (ax,) = axes_of(axes, width=max(3.0, scale * width + 1.2), height=max(1.6, scale * height + 0.5))
    most = np.nanmax(np.abs(mosaic)) or 1.0
    picture = ax.imshow(mosaic, cmap="RdBu_r", vmin=-most, vmax=most, interpolation="nearest")
    ax.set(xticks=[], yticks=[], title=title)
    ax.set_facecolor("#BBBBBB")
    ax.spines[:].set_visible(False)
    ax.figure.colorbar(picture, ax=ax, fraction=0.05, pad=0.02, label="weight")
    return figure


def _tiles(network: Any, node: str) -> NDArray[np.float32]:
    """Return the filters of a node, shape (rows, columns, height, width); rows and columns are free when columns is 1."""
    weights = {name.removesuffix(".weight"): each for name, each in network.effective_parameters().items() if name.endswith(".weight")}
    if node not in weights:
        message = f"filters: node must have a weight, one of {', '.join(weights)}, got {node!r}"
        raise DataError(message)
    weight: NDArray[np.float32] = weights[node]
    channels, height, width = network.input_shape
    if weight.ndim == 2 and weight.shape[1] == channels * height * width and height * width > 1:
        return weight.reshape(-1, channels, height, width)
    if weight.ndim != 4:
        message = f"filters: the weight of {node!r} must be a filter or see the images of {height} x {width}, got the shape {weight.shape}"
        raise ShapeError(message)
    return weight


def _mosaic(tiles: NDArray[np.float32], node: str) -> tuple[NDArray[np.float32], str]:
    """Return the tiles side by side with gaps of nan, and a title."""
    rows, columns, height, width = tiles.shape
    of = f" x {columns}" if columns > 1 else ""
    shown = tiles[: max(1, MOST_TILES // columns), :MOST_TILES]
    first = "" if shown.shape == tiles.shape else f"the first {len(shown)} of "
    if columns == 1:
        side = _tiles_a_row(len(shown))
        filled = np.full((-len(shown) % side, 1, height, width), np.nan, dtype=tiles.dtype)
        shown = np.concatenate([shown, filled]).reshape(-1, side, height, width)
    gap = max(1, min(height, width) // 14)
    padded = np.pad(shown, ((0, 0), (0, 0), (0, gap), (0, gap)), constant_values=np.nan)
    mosaic = padded.transpose(0, 2, 1, 3).reshape(shown.shape[0] * (height + gap), -1)[:-gap, :-gap]
    return mosaic, f"{node}: {first}{rows}{of} of {height} x {width}"


def _tiles_a_row(count: int) -> int:
    """Return a divisor of `count` when one makes a grid that is wider than high, but not three times so."""
    side = int(np.ceil(np.sqrt(count)))
    return next((columns for columns in range(side, int(np.sqrt(3 * count)) + 1) if count % columns == 0), side)
