"""Losses: each takes logits and labels, and knows its true gradient."""

from typing import TYPE_CHECKING, Any

from digitcompress._core import LOSSES
from digitcompress._registry import by_class_name, find

if TYPE_CHECKING:  # a stub written from the registry, as the names below are
    from digitcompress._core._losses import *  # noqa: F403

globals().update(by_class_name(LOSSES))
__all__ = [*by_class_name(LOSSES), "get", "names"]  # noqa: PLE0604


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
