"""Losses: each takes logits and labels, and knows its true gradient."""

from typing import TYPE_CHECKING, Any

from digitcompress import _core
from digitcompress._described import Described, classes
from digitcompress._registry import by_class_name, find

if TYPE_CHECKING:  # a stub written from the classes below
    from digitcompress._core._losses import *  # noqa: F403


class _Loss(Described):
    @property
    def reconstructs(self) -> bool:
        """Whether the output is compared with the input instead of labels."""
        return _core.reconstructs(self)


_CLASSES = classes(_core.LOSSES, _Loss, __name__)
globals().update(by_class_name(_CLASSES))
__all__ = [*by_class_name(_CLASSES), "get", "names"]  # noqa: PLE0604


def names() -> tuple[str, ...]:
    """Return the names that ``fit(loss=...)`` knows.

    Examples
    --------
    >>> import digitcompress as dc
    >>> "focal" in dc.losses.names()
    True
    """
    return tuple(_CLASSES)


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
    return find("loss", _CLASSES, loss)
