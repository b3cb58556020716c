"""Schedules: what the learning rate is multiplied by from step to step."""

from typing import TYPE_CHECKING, Any

from digitcompress._core import SCHEDULES
from digitcompress._registry import by_class_name, find

if TYPE_CHECKING:  # a stub written from the registry, as the names below are
    from digitcompress._core._schedules import *  # noqa: F403

globals().update(by_class_name(SCHEDULES))
__all__ = [*by_class_name(SCHEDULES), "get", "names"]  # noqa: PLE0604


def names() -> tuple[str, ...]:
    """Return the names that ``fit(schedule=...)`` knows.

    Examples
    --------
    >>> import digitcompress as dc
    >>> "cosine" in dc.schedules.names()
    True
    """
    return tuple(SCHEDULES)


def get(schedule: Any) -> Any:
    """Return a schedule by its name, with its defaults; a schedule object is returned as it is.

    Raises
    ------
    DataError
        If there is no schedule of that name; the message lists them.

    Examples
    --------
    >>> get("step").factors(4, 2)
    array([1., 1., 1., 1.])
    >>> import digitcompress as dc
    >>> dc.schedules.Step(every=1, gamma=0.5).factors(4, 2)
    array([1. , 1. , 0.5, 0.5])
    """
    return find("schedule", SCHEDULES, schedule)
