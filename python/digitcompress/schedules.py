"""Schedules: what the learning rate is multiplied by from step to step."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core
from digitcompress._described import Described, classes
from digitcompress._registry import by_class_name, find

if TYPE_CHECKING:  # a stub written from the classes below
    from digitcompress._core._schedules import *  # noqa: F403


class _Schedule(Described):
    def factors(self, total_steps: int, steps_per_epoch: int, *, metrics: Sequence[float] = ()) -> NDArray[np.float64]:
        """Return what the learning rate is multiplied by at each of `total_steps` steps; `metrics` are those at the ends of epochs.

        Raises
        ------
        DataError
            If there are fewer than 0 steps, or fewer than 1 an epoch.

        Examples
        --------
        >>> import digitcompress as dc
        >>> dc.schedules.Step(every=1, gamma=0.5).factors(4, 2)
        array([1. , 1. , 0.5, 0.5])
        """
        return _core.schedule_factors(self, total_steps, steps_per_epoch, list(metrics))


_CLASSES = classes(_core.SCHEDULES, _Schedule, __name__)
globals().update(by_class_name(_CLASSES))
__all__ = [*by_class_name(_CLASSES), "get", "names"]  # noqa: PLE0604


def names() -> tuple[str, ...]:
    """Return the names that ``fit(schedule=...)`` knows.

    Examples
    --------
    >>> import digitcompress as dc
    >>> "cosine" in dc.schedules.names()
    True
    """
    return tuple(_CLASSES)


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
    """
    return find("schedule", _CLASSES, schedule)
