"""What follows from counts of predictions."""

from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._arguments import as_integer, as_number
from digitcompress._arrays import as_labels
from digitcompress.errors import DataError

__all__ = ["confusion_matrix", "precision_recall", "wilson_interval"]


def wilson_interval(correct: int, count: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval for the share `correct` / `count` [1]_.

    Parameters
    ----------
    correct, count : int
        Successes among trials; 0 <= correct <= count, count >= 1.
    confidence : float, default=0.95
        Between 0 and 1, both excluded.

    Returns
    -------
    tuple of float
        Lower and upper bound, in 0..1.

    Raises
    ------
    DataError
        If an argument is out of range.

    References
    ----------
    .. [1] Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.

    Examples
    --------
    >>> tuple(round(bound, 4) for bound in wilson_interval(95, 100))
    (0.8882, 0.9785)
    """
    trials = as_integer("wilson_interval: count", count, 1)
    successes = as_integer("wilson_interval: correct", correct, 0, trials)
    if not 0.0 < as_number("wilson_interval: confidence", confidence, 0.0, 1.0) < 1.0:
        message = f"wilson_interval: confidence must lie between 0 and 1, got {confidence}"
        raise DataError(message)
    z2 = NormalDist().inv_cdf(0.5 + confidence / 2) ** 2
    share = successes / trials
    middle = share + z2 / (2 * trials)
    half = (z2 * (share * (1 - share) / trials + z2 / (4 * trials**2))) ** 0.5
    low, high = (middle - half) / (1 + z2 / trials), (middle + half) / (1 + z2 / trials)
    return (0.0 if successes == 0 else min(low, share)), (1.0 if successes == trials else max(high, share))


def confusion_matrix(labels: Any, predictions: Any, *, classes: int = 10) -> NDArray[np.int64]:
    """Return counts by true class (row) and prediction (column), shape (classes, classes).

    Raises
    ------
    DataError, ShapeError, TypeError
        If the two are not class numbers of the same length.

    Examples
    --------
    >>> confusion_matrix([0, 1, 1], [0, 0, 1], classes=2).tolist()
    [[1, 0], [1, 1]]
    """
    size = as_integer("confusion_matrix: classes", classes, 1)
    truth = as_labels(labels, len(labels), size)
    found = as_labels(predictions, len(truth), size, "predictions")
    return np.bincount(truth * size + found, minlength=size * size).reshape(size, size).astype(np.int64)


def precision_recall(confusion: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return precision and recall of each class, nan where nothing was predicted, or nothing is there to be recalled.

    Parameters
    ----------
    confusion : array_like of int, shape (..., classes, classes)
        Counts by true class and prediction.

    Returns
    -------
    tuple of ndarray, shape (..., classes)

    Examples
    --------
    >>> precision_recall([[1, 0], [1, 1]])
    (array([0.5, 1. ]), array([1. , 0.5]))
    """
    counts = np.asarray(confusion)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    return _share(hits, counts.sum(axis=-2)), _share(hits, counts.sum(axis=-1))


def _share(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    shares = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares
