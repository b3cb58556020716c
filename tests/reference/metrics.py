"""What is counted about a classifier.

Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927: the interval holds the proportions p
for which the observed one lies within z standard deviations of p.
"""

from statistics import NormalDist

import numpy as np


def confusion(labels, predicted, classes):
    """Counts by [true class, predicted class]."""
    matrix = np.zeros((classes, classes), dtype=np.int64)
    for truth, guess in zip(labels, predicted, strict=True):
        matrix[truth, guess] += 1
    return matrix


def ratio(numerator, denominator):
    numerator, denominator = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    return np.divide(numerator, denominator, out=np.full(numerator.shape, np.nan), where=denominator > 0)


def precision(matrix):
    return ratio(np.diag(matrix), matrix.sum(axis=0))


def recall(matrix):
    return ratio(np.diag(matrix), matrix.sum(axis=1))


def f1(matrix):
    return ratio(2 * np.diag(matrix), matrix.sum(axis=0) + matrix.sum(axis=1))


def class_means(values, labels, classes):
    """Mean of the samples of each class; nan for a class without samples."""
    return ratio(np.bincount(labels, weights=values, minlength=classes), np.bincount(labels, minlength=classes))


def wilson_interval(correct, count, confidence=0.95):
    """Roots of (correct / count - p)^2 = z^2 p (1 - p) / count."""
    z2 = NormalDist().inv_cdf(0.5 + confidence / 2) ** 2
    share = correct / count
    roots = np.roots([1 + z2 / count, -(2 * share + z2 / count), share**2])
    return float(np.clip(roots.real.min(), 0, 1)), float(np.clip(roots.real.max(), 0, 1))
