"""How MNIST's images were made from larger ones, from LeCun et al. 1998, section III.A: for clean pictures of white on black."""

import numpy as np


def area_means(box, height, width):
    """Shrink by exact means over areas: each pixel of the result covers a rectangle, parts of pixels included."""

    def weights(old, new):
        edges = np.linspace(0, old, new + 1)
        low, high = edges[:-1, None], edges[1:, None]
        overlap = np.minimum(high, np.arange(1, old + 1)) - np.maximum(low, np.arange(old))
        return np.clip(overlap, 0, None) * new / old

    return weights(box.shape[0], height) @ box @ weights(box.shape[1], width).T


def make(picture):
    """Return 28 x 28 values from 0 to 1: the inked part in a 20 x 20 box, its centre of mass moved to the middle by whole pixels."""
    rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
    box = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = 20 / max(box.shape)
    small = area_means(box, max(1, round(box.shape[0] * scale)), max(1, round(box.shape[1] * scale)))
    result = np.zeros((28, 28))
    centre = [(small.sum(axis=1 - axis) @ np.arange(small.shape[axis])) / small.sum() for axis in (0, 1)]
    top, left = (min(max(int(np.ceil(13.5 - place)), 0), 28 - extent) for place, extent in zip(centre, small.shape, strict=True))
    result[top : top + small.shape[0], left : left + small.shape[1]] = small
    return result
