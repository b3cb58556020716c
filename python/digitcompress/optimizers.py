"""Optimizers: how gradients change parameters."""

from typing import Any

from digitcompress._core import OPTIMIZERS, SGD, Adam
from digitcompress._registry import find

__all__ = ["SGD", "Adam", "get", "names"]


def names() -> tuple[str, ...]:
    """Return the names that ``fit(optimizer=...)`` knows.

    Examples
    --------
    >>> import digitcompress as dc
    >>> "adam" in dc.optimizers.names()
    True
    """
    return tuple(OPTIMIZERS)


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
    return find("optimizer", OPTIMIZERS, optimizer)
