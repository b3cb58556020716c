"""Losses: each takes logits and labels, and knows its true gradient."""

from typing import Any

from digitcompress._core import LOSSES, CrossEntropy, Focal, Hinge, HingeOneVsRest, MeanSquaredError, WeightedCrossEntropy
from digitcompress._registry import find

__all__ = ["CrossEntropy", "Focal", "Hinge", "HingeOneVsRest", "MeanSquaredError", "WeightedCrossEntropy", "get", "names"]


def names() -> tuple[str, ...]:
    """Return the names that ``fit(loss=...)`` knows.

    Examples
    --------
    >>> import digitcompress as dc
    >>> "focal" in dc.losses.names()
    True
    """
    return tuple(LOSSES)


def get(loss: Any) -> Any:
    """Return a loss by its name, with its defaults; a loss object is returned as it is.

    Raises
    ------
    DataError
        If there is no loss of that name; the message lists them.

    Examples
    --------
    >>> get("focal")
    Focal(gamma=2.0)
    """
    return find("loss", LOSSES, loss)
