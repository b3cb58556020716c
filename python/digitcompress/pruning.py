"""Pruning: weights that are left out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core
from digitcompress._arguments import as_number
from digitcompress._registry import check_name
from digitcompress.errors import DataError

__all__ = ["Pruning", "criteria", "mask"]


def criteria() -> tuple[str, ...]:
    """Return the names of the pruning criteria.

    Examples
    --------
    >>> import digitcompress as dc
    >>> "magnitude" in dc.pruning.criteria()
    True
    """
    return tuple(_core.PRUNING_CRITERIA)


@dataclass(frozen=True)
class Pruning:
    """Which share of each weight array is masked during training.

    The mask is taken anew from the stored weights at every step: weights whose score is not above the `sparsity`-quantile compute as zero.
    The gradient reaches all stored weights, so one that was masked can come back.

    Parameters
    ----------
    sparsity : float, default=0.1
        Share of weights masked in each layer, in [0, 1).
    criterion : str, default="magnitude"
        See `criteria`.

    Raises
    ------
    DataError
        If the sparsity is out of range or the criterion unknown.

    Examples
    --------
    >>> Pruning(sparsity=0.9).criterion
    'magnitude'
    """

    sparsity: float = 0.1
    criterion: str = "magnitude"

    def __post_init__(self) -> None:
        _check(self.sparsity, self.criterion)


def mask(values: Any, sparsity: float, *, criterion: str = "magnitude") -> NDArray[np.bool_]:
    """Return where values survive pruning: their score is above the `sparsity`-quantile, interpolated linearly as NumPy does.

    Parameters
    ----------
    values : array_like of float
        Finite weights of one layer.
    sparsity : float
        Share to prune, in [0, 1); 0 keeps everything.
    criterion : str, default="magnitude"
        See `criteria`.

    Returns
    -------
    ndarray of bool
        Of the shape of `values`.

    Raises
    ------
    DataError
        If an argument is out of range or a value is not finite.

    Examples
    --------
    >>> mask([0.1, -0.5, 1.0], 0.5).tolist()
    [False, False, True]
    """
    _check(sparsity, criterion)
    array = np.array(values, dtype=np.float32, order="C")
    if not np.isfinite(array).all():
        message = f"mask: values must be finite, got {array[~np.isfinite(array)][0]}"
        raise DataError(message)
    kept: NDArray[np.bool_] = _core.kept(array, criterion, sparsity)
    return kept


def _check(sparsity: Any, criterion: Any) -> None:
    if as_number("Pruning: sparsity", sparsity, 0.0) >= 1.0:
        message = f"Pruning: sparsity must be in [0, 1), got {sparsity}"
        raise DataError(message)
    check_name("criterion", _core.PRUNING_CRITERIA, criterion)
