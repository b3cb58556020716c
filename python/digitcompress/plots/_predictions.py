"""Single predictions: the image, what a network makes of it, and what it is."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from digitcompress.plots._styles import PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def digit_image(ax: "Axes", image: ArrayLike, *, label: int) -> "Axes":
    """Draw an image, its true label below.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    image : array-like, shape (height, width)
        Grey values, 0 for the background.
    label : int
        The true class.

    Returns
    -------
    Axes
        `ax`.

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
    ax : Axes
        Where to draw.
    probabilities : array-like, shape (classes,)
        What the network says.
    label : int
        The true class.

    Returns
    -------
    Axes
        `ax`.

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
