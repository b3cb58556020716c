"""Gradients of a loss, without training."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core, losses
from digitcompress.network import Network, as_network, as_threads
from digitcompress.training._data import as_samples


def gradients(network: Network, data: Any, *, loss: Any = "cross_entropy", threads: int | None = None) -> dict[str, NDArray[np.float32]]:
    """Return the gradient of the mean loss with respect to every effective parameter.

    Parameters
    ----------
    network : Network
        Unchanged.
    data : Split, (images, labels), or images alone
        At least one sample. A loss that reconstructs compares the output with the input and needs no labels.
    loss : str or loss, default="cross_entropy"
        A name of ``dc.losses.names()`` or an object of ``dc.losses``.
    threads : int, optional
        At most so many threads.

    Returns
    -------
    dict of str to ndarray of float32
        By parameter name, in the parameter's shape.

    Raises
    ------
    DataError, ShapeError, TypeError
        If an argument does not fit.

    Examples
    --------
    >>> import digitcompress as dc
    >>> images = np.zeros((4, 28, 28), dtype=np.uint8)
    >>> gradients(dc.models.mlp([784, 10]), (images, [0, 0, 0, 0]))["fc1.bias"].round(1)[:2]
    array([-0.9,  0.1], dtype=float32)
    """
    as_network(network, "gradients")
    chosen = losses.get(loss)
    images, labels = as_samples("gradients", network, data, reconstructs=chosen.reconstructs)
    found: dict[str, NDArray[np.float32]] = _core.network_gradient(
        network._core, _core.ImageView(images), labels, chosen, as_threads(threads)
    )
    return found
