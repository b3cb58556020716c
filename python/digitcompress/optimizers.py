"""Optimizers: how gradients change parameters."""

from typing import TYPE_CHECKING, Any

from digitcompress import _core
from digitcompress._described import Described, classes
from digitcompress._registry import by_class_name, find

if TYPE_CHECKING:  # a stub written from the classes below
    from digitcompress._core._optimizers import *  # noqa: F403

_CLASSES = classes(_core.OPTIMIZERS, Described, __name__)
globals().update(by_class_name(_CLASSES))
__all__ = [*by_class_name(_CLASSES), "get", "names"]  # noqa: PLE0604


def names() -> tuple[str, ...]:
    """Return the names that ``fit(optimizer=...)`` knows.

    Examples
    --------
    >>> import digitcompress as dc
    >>> "adam" in dc.optimizers.names()
    True
    """
    return tuple(_CLASSES)


def get(optimizer: Any) -> Any:
    """Return an optimizer by its name, with its defaults; an optimizer object is returned as it is.

    Raises
    ------
    DataError
        If there is no optimizer of that name; the message lists them.

    Examples
    --------
    >>> get("sgd").momentum
    0.0
    """
    return find("optimizer", _CLASSES, optimizer)
