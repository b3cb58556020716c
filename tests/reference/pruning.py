"""Pruning criteria and masks, from NumPy's own percentile.

Magnitude: Han et al., "Learning both weights and connections for efficient neural networks", NeurIPS 2015; a weight stays when
its score is strictly above the percentile of all scores of its tensor.
"""

import numpy as np


def magnitude(values):
    return np.abs(values)


CRITERIA = {"magnitude": magnitude}


def threshold(values, sparsity, criterion="magnitude"):
    scores = CRITERIA[criterion](np.asarray(values, dtype=np.float64))
    return np.percentile(scores, 100 * sparsity)


def mask(values, sparsity, criterion="magnitude"):
    values = np.asarray(values, dtype=np.float64)
    if sparsity == 0:
        return np.ones(values.shape, dtype=bool)
    return CRITERIA[criterion](values) > threshold(values, sparsity, criterion)
