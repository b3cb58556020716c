"""Fixed shuffles, and how many images of one to hold out."""

import operator

import numpy as np
from numpy.typing import NDArray

from digitcompress.errors import DataError


def fixed_shuffle(count: int, seed: int) -> NDArray[np.int64]:
    """Return the numbers below `count` in an order that only `seed` decides."""
    seed = _integer("seed", seed)
    if seed < 0:
        message = f"seed must be 0 or more, got {seed}"
        raise DataError(message)
    return np.random.Generator(np.random.PCG64(seed)).permutation(count)


def require_count(what: str, count: int, *, at_most: int) -> int:
    """Return `count` as an int in 1..at_most, or raise."""
    count = _integer(what, count)
    if not 1 <= count <= at_most:
        message = f"{what} must be in 1..{at_most}, got {count}"
        raise DataError(message)
    return count


def held_out_count(what: str, amount: float, *, total: int) -> int:
    """Return how many of `total` images a count or a fraction means; at least one is held out, and at least one is left."""
    if isinstance(amount, (float, np.floating)):
        if not 0 < amount < 1:
            message = f"{what} must be a count, or a fraction between 0 and 1, got {amount}"
            raise DataError(message)
        amount = max(1, round(amount * total))
    return require_count(what, amount, at_most=total - 1)


def _integer(what: str, value: int) -> int:
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError  # noqa: TRY301  True is no count
        return operator.index(value)
    except TypeError:
        message = f"{what} must be an integer, got {value!r}"
        raise DataError(message) from None
