"""Layers: immutable hyper-parameters; the network owns the numbers."""

from typing import TYPE_CHECKING

from digitcompress import _core
from digitcompress._described import Described, classes

if TYPE_CHECKING:  # a stub written from the classes below
    from digitcompress._core._layers import *  # noqa: F403

_CLASSES = classes(_core.LAYERS, Described, __name__)
globals().update(_CLASSES)
__all__ = [*_CLASSES, "names"]  # noqa: PLE0604


def names() -> tuple[str, ...]:
    """Return the class names of all layers.

    Examples
    --------
    >>> import digitcompress as dc
    >>> "Dense" in dc.layers.names()
    True
    """
    return tuple(_CLASSES)
