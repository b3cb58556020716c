"""One picture of a digit made into an image as MNIST's were: paper removed, 20 pixels long, its centre of mass in the middle."""

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._extras import import_extra
from digitcompress.errors import DataError, LimitError, ShapeError

__all__ = ["MAX_EXTENT", "center_digit"]

Grey = NDArray[np.float64]

MAX_EXTENT = 4096
SIDE, BOX = 28, 20
_CONTRAST = 0.1  # a digit is at least so much lighter or darker than its paper
_FAINT = 0.1  # what is fainter than this share of the darkest ink does not count for the size of the digit
_HEAVY = 0.9  # ink so heavy needs no more contrast
_SPECK = 0.02  # a blot with less than this share of the ink of the largest one is dirt
_WORKING_EXTENT, _CELLS = 400, 64


def center_digit(pixels: Any) -> NDArray[np.uint8]:
    """Make a picture of one digit into an image as MNIST's were made [1]_.

    The border tells the paper, whose light may change evenly across the picture; ink is what is darker or lighter than the paper,
    whichever is more. Specks are dropped. The digit is scaled, with anti-aliasing and its proportions kept, so that its longer side has
    20 pixels, and moved by whole pixels so that its centre of mass lies on pixel (14, 14) of 28 x 28. MNIST's own images come back
    unchanged.

    Parameters
    ----------
    pixels : array_like, shape (height, width)
        Grey values: bytes, or floats from 0 to 1; up to 4096 x 4096.

    Returns
    -------
    ndarray of uint8, shape (28, 28)
        0 is paper, 255 the heaviest ink.

    Raises
    ------
    TypeError, ShapeError, LimitError
        If `pixels` are no such array.
    DataError
        If a value is not finite or out of range, or if there is no ink: nothing differs from the border by a tenth of the range.
    MissingExtraError
        If Pillow is not installed.

    References
    ----------
    .. [1] LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 86, 1998, section III.A.

    Examples
    --------
    >>> import numpy as np
    >>> picture = np.full((300, 200), 255, np.uint8)
    >>> picture[50:250, 90:110] = 0
    >>> image = center_digit(picture)
    >>> image.shape, int(image.max()), np.argwhere(image)[[0, -1]].tolist()
    ((28, 28), 255, [[4, 13], [23, 14]])
    """
    return centered(_checked(pixels), "center_digit: pixels")


def centered(grey: Grey, name: str) -> NDArray[np.uint8]:
    """Return what `center_digit` does for grey values from 0 to 1; `name` begins the message when there is no ink."""
    ink = _ink(_reduced(grey))
    if ink.max() < _CONTRAST:
        message = f"{name} must show a digit, got no ink: nothing differs from the border by {_CONTRAST:.0%}, only by {ink.max():.1%}"
        raise DataError(message)
    return _centred(_scaled(_without_specks(ink)))


def _checked(pixels: Any) -> Grey:
    array = np.asarray(pixels)
    if array.dtype != np.uint8 and array.dtype.kind != "f":
        message = f"center_digit: pixels must be uint8 or floating, got {array.dtype}"
        raise TypeError(message)
    if array.ndim != 2 or 0 in array.shape:
        message = f"center_digit: pixels must have the shape (height, width), got {array.shape}"
        raise ShapeError(message)
    if max(array.shape) > MAX_EXTENT:
        message = f"center_digit: pixels must be at most {MAX_EXTENT} x {MAX_EXTENT}, got {array.shape[0]} x {array.shape[1]}"
        raise LimitError(message)
    if array.dtype == np.uint8:
        return array / 255.0
    if not (array.min() >= 0 and array.max() <= 1):  # also nan
        message = f"center_digit: floating pixels must be in 0..1, got {array.min():g}..{array.max():g}"
        raise DataError(message)
    return array.astype(np.float64)


def _ink(grey: Grey) -> Grey:
    """Return how much each pixel differs from the paper, 0 where it is paper."""
    paper, noise = _paper(grey)
    darker = _above(paper - grey, noise)
    lighter = _above(grey - paper, noise)
    return darker if darker.sum() >= lighter.sum() else lighter


def _above(difference: Grey, noise: float) -> Grey:
    return np.where(difference > noise, difference, 0.0)


def _reduced(grey: Grey) -> Grey:
    """Average blocks of a large picture: noise goes, and the rest is quick."""
    factor = -(-max(grey.shape) // _WORKING_EXTENT)
    if factor == 1:
        return grey
    rows, columns = (np.arange(0, extent, factor) for extent in grey.shape)
    sums = np.add.reduceat(np.add.reduceat(grey, rows, axis=0), columns, axis=1)
    counts = np.outer(np.diff([*rows, grey.shape[0]]), np.diff([*columns, grey.shape[1]]))
    means: Grey = sums / counts
    return means


def _paper(grey: Grey) -> tuple[Grey, float]:
    """Return the paper, a plane through what most of the border shows, and four deviations of its grain."""
    rows, columns = np.meshgrid(*(np.linspace(0, 1, extent) for extent in grey.shape), indexing="ij")
    width = max(1, min(grey.shape) // SIDE)
    inner = (slice(width, -width),) * 2
    border = np.ones(grey.shape, dtype=bool)
    border[inner] = False
    values = grey[border]
    terms = np.stack([np.ones(len(values)), rows[border], columns[border]], axis=1)
    fitted = np.full(len(values), np.median(values))
    for _ in range(3):  # each time without the ink that touches the border
        kept = np.abs(values - fitted) <= max(3 * _deviation(values - fitted), 0.02)
        plane = np.linalg.lstsq(terms[kept], values[kept], rcond=None)[0]
        fitted = terms @ plane
    grain = _deviation((values - fitted)[kept])
    paper = plane[0] + plane[1] * rows + plane[2] * columns
    return paper, 4 * grain + 1e-6  # the fit is exact to rounding only


def _deviation(values: Grey) -> float:
    """Return the standard deviation of a normal distribution with this median of magnitudes."""
    return 1.4826 * float(np.median(np.abs(values)))


def _without_specks(ink: Grey) -> Grey:
    """Return the ink without blots that are far smaller than the largest one."""
    cell = -(-max(ink.shape) // _CELLS)
    height, width = (-(-extent // cell) for extent in ink.shape)
    padded = np.zeros((height * cell, width * cell))
    padded[: ink.shape[0], : ink.shape[1]] = ink
    amounts = padded.reshape(height, cell, width, cell).sum(axis=(1, 3))
    keep = np.repeat(np.repeat(_large_blots(amounts), cell, axis=0), cell, axis=1)
    return np.where(keep[: ink.shape[0], : ink.shape[1]], ink, 0.0)


def _large_blots(amounts: Grey) -> NDArray[np.bool_]:
    blots = []
    left = {(int(row), int(column)) for row, column in np.argwhere(amounts > 0)}
    while left:
        blot = _flooded(left.pop(), left)
        blots.append((float(sum(amounts[place] for place in blot)), blot))
    most = max(amount for amount, _ in blots)
    keep = np.zeros(amounts.shape, dtype=bool)
    for amount, blot in blots:
        if amount >= _SPECK * most:
            keep[tuple(zip(*blot, strict=True))] = True
    return keep


def _flooded(start: tuple[int, int], left: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the places connected to `start`, taken out of `left`."""
    blot, queue = [start], deque([start])
    while queue:
        row, column = queue.popleft()
        near = {(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} & left
        left -= near
        blot.extend(near)
        queue.extend(near)
    return blot


def _cropped(ink: Grey, least: float) -> Grey:
    rows, columns = (np.flatnonzero((ink > least).any(axis=axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _scaled(ink: Grey) -> Grey:
    """Return the digit alone, its longer side of 20 pixels, its heaviest ink near 1."""
    box = _cropped(ink, 0.0)
    if max(box.shape) != BOX:
        box = _resized(_cropped(ink, _FAINT * ink.max()))
    return box if box.max() >= _HEAVY else box / box.max()


def _resized(box: Grey) -> Grey:
    image = import_extra("PIL.Image", extra="data", purpose="center_digit")
    scale = BOX / max(box.shape)
    height, width = (max(1, round(extent * scale)) for extent in box.shape)
    # Means over areas for smaller digits give MNIST's own images back; enlarging needs a smooth curve.
    resampling = image.Resampling.BOX if scale < 1 else image.Resampling.BICUBIC
    resized = image.fromarray(box.astype(np.float32)).resize((width, height), resampling)
    return np.clip(np.asarray(resized, dtype=np.float64), 0.0, None)


def _centred(digit: Grey) -> NDArray[np.uint8]:
    image = np.zeros((SIDE, SIDE), dtype=np.uint8)
    top, left = (_offset(digit.sum(axis=1 - axis)) for axis in (0, 1))
    image[top : top + digit.shape[0], left : left + digit.shape[1]] = np.rint(255 * digit)
    return image


def _offset(mass: Grey) -> int:
    """Return where a line of masses begins so that its centre comes nearest to pixel 14."""
    centre = float(mass @ np.arange(len(mass))) / float(mass.sum())
    return int(np.clip(np.ceil(SIDE / 2 - centre - 0.5), 0, SIDE - len(mass)))
