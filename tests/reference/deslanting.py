"""Deslanting as LeCun and others (1998, section III.A) describe it: moments of inertia, then each row moved; one pixel at a time."""

import math

import numpy as np

STEEPEST = 2.0


def slant(image):
    """Return the row of the centre of mass, and the shear that makes the product of inertia zero."""
    height, width = image.shape
    mass = sum(float(image[y, x]) for y in range(height) for x in range(width))
    row = sum(y * float(image[y, x]) for y in range(height) for x in range(width)) / mass
    column = sum(x * float(image[y, x]) for y in range(height) for x in range(width)) / mass
    product = sum((y - row) * (x - column) * float(image[y, x]) for y in range(height) for x in range(width))
    inertia = sum((y - row) ** 2 * float(image[y, x]) for y in range(height) for x in range(width))
    if inertia == 0:
        return row, 0.0
    return row, min(STEEPEST, max(-STEEPEST, product / inertia))


def deslanted(image):
    """Return one image in float64: the value at a pixel is interpolated where the shear takes it from."""
    if not image.any():
        return image.astype(np.float64)
    height, width = image.shape
    centre, shear = slant(image)

    def grey(y, x):
        return float(image[y, x]) if 0 <= x < width else 0.0

    out = np.zeros(image.shape)
    for y in range(height):
        for x in range(width):
            source = x + shear * (y - centre)
            left = math.floor(source)
            share = source - left
            out[y, x] = grey(y, left) * (1 - share) + grey(y, left + 1) * share
    return out
