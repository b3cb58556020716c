"""Layers: immutable hyper-parameters; the network owns the numbers."""

from typing import TYPE_CHECKING

from digitcompress import _core
from digitcompress._core import LAYERS

if TYPE_CHECKING:  # a stub written from the registry, as the names below are
    from digitcompress._core._layers import *  # noqa: F403

globals().update({name: getattr(_core, name) for name in LAYERS})
__all__ = [*LAYERS, "names"]  # noqa: PLE0604


def names() -> tuple[str, ...]:
    """Return the class names of all layers.

    Examples
    --------
    >>> import digitcompress as dc
    >>> "Dense" in dc.layers.names()
    True
    """
    return LAYERS
