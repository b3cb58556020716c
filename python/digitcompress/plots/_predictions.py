"""Single predictions: the image, what a network makes of it, and what it is."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from digitcompress._arguments import as_integer
from digitcompress._arrays import as_pair
from digitcompress.plots._styles import PALETTE, axes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def digit_image(ax: "Axes", image: ArrayLike, *, label: int) -> "Axes":
    """Draw an image, its true label below.

    Parameters
    ----------
    image : array-like, shape (height, width)
        Grey values, 0 for the background.
    label : int
        The true class.

    Examples
    --------
    >>> import numpy as np
    >>> from digitcompress.plots import new_figure
    >>> figure, ax = new_figure(2, 2)
    >>> digit_image(ax, np.zeros((28, 28)), label=3).get_xlabel()
    'true 3'
    """
    ax.imshow(np.asarray(image), cmap="gray_r", interpolation="nearest")
    ax.set(xticks=[], yticks=[], xlabel=f"true {label}")
    return ax


def probability_bars(ax: "Axes", probabilities: ArrayLike, *, label: int) -> "Axes":
    """Draw the probabilities of the classes of one image as bars.

    The bar of the true class is blue. When the largest bar is another one, that one is vermilion and hatched.

    Parameters
    ----------
    probabilities : array-like, shape (classes,)
        What the network says.
    label : int
        The true class.

    Examples
    --------
    >>> import numpy as np
    >>> from digitcompress.plots import new_figure
    >>> figure, ax = new_figure(2, 2)
    >>> bars = probability_bars(ax, np.eye(10)[3], label=3).patches
    >>> [index for index, bar in enumerate(bars) if bar.get_height() > 0.5]
    [3]
    """
    shares = np.asarray(probabilities, dtype=np.float64)
    predicted = int(shares.argmax())
    bars = ax.bar(range(len(shares)), shares, color="#BBBBBB")
    bars[label].set_facecolor(PALETTE[0])
    if predicted != label:
        bars[predicted].set(facecolor=PALETTE[1], hatch="///", edgecolor="white")
    ax.set(ylim=(0, 1), xticks=range(len(shares)), yticks=[0, 0.5, 1])
    ax.set_title(f"says {predicted}", fontsize=9, pad=3)
    ax.tick_params(labelsize=7)
    return ax


def misclassified(network: Any, images: Any, labels: Any, *, count: int = 24, axes: "Sequence[Axes] | None" = None) -> "Figure":
    """Draw the images a network gets wrong, the most confident mistakes first.

    Below each stands what it is, what the network says, and the probability the network gives to that.

    Parameters
    ----------
    network : Network
        Asked for the probabilities of the classes.
    images : array_like, shape (samples, height, width), (samples, channels, height, width) or (samples, features)
        Bytes, or floats of which 0 is the background.
    labels : array_like of int, shape (samples,)
        The true classes.
    count : int, default=24
        At most so many images.
    axes : sequence of Axes, optional
        One for each image; of more images than axes, the first are drawn.

    Raises
    ------
    DataError, ShapeError, TypeError
        If the images or labels do not fit the network.

    Examples
    --------
    >>> import digitcompress as dc
    >>> figure = misclassified(dc.models.mlp([784, 2], initializer="zeros"), np.zeros((3, 28, 28), dtype=np.uint8), [0, 1, 1])
    >>> [ax.get_xlabel() for ax in figure.axes if ax.images]
    ['true 1, says 0 (50 %)', 'true 1, says 0 (50 %)']
    """
    shape = network.input_shape
    pixels, truth = as_pair((images, labels), shape, network.classes)
    probabilities = network.predict_proba(pixels)
    wrong = _mistakes(probabilities, truth)
    shown = wrong[: as_integer("misclassified: count", count, 1)]
    rows, columns = _grid(max(1, len(shown)))
    figure, panels = axes_of(axes, width=1.45 * max(columns, 2), height=1.7 * rows + 0.4, nrows=rows, ncols=columns)
    for ax in panels:
        ax.set_axis_off()
    for ax, index in zip(panels, shown, strict=False):
        _draw_mistake(ax, pixels[index].reshape(shape), int(truth[index]), probabilities[index])
    if axes is None:
        figure.suptitle(f"{len(wrong) or 'none'} of {len(truth):,} wrong", fontsize=10)
    return figure


def _mistakes(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the indices of the mistakes, the most confident first."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")]


def _grid(count: int) -> tuple[int, int]:
    columns = min(8, count)
    return -(-count // columns), columns


def _draw_mistake(ax: "Axes", image: NDArray[Any], label: int, probabilities: NDArray[np.float32]) -> None:
    predicted = int(probabilities.argmax())
    ax.set_axis_on()
    picture = np.moveaxis(image, 0, -1)
    ax.imshow(picture if picture.shape[-1] == 3 else picture.mean(axis=-1), cmap="gray_r", interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.set_xlabel(f"true {label}, says {predicted} ({probabilities[predicted]:.0%})".replace("%", " %"), fontsize=7.5)
