"""Quantization: numbers in few bits."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core
from digitcompress._arguments import as_integer
from digitcompress._registry import check_name
from digitcompress.errors import DataError

__all__ = ["Quantization", "fake_quantize", "schemes"]

_MAX_BITS = 16


def schemes() -> tuple[str, ...]:
    """Return the names of the number formats.

    Examples
    --------
    >>> import digitcompress as dc
    >>> "symmetric" in dc.quantization.schemes()
    True
    """
    return tuple(_core.NUMBER_FORMATS)


@dataclass(frozen=True)
class Quantization:
    """How many bits weights, activations and gradients keep during training.

    Weights and activations are rounded to nearest, and the gradient passes straight through [1]_; inside the range of the activations, that
    is [2]_. Gradients are rounded stochastically [3]_. Biases keep 32 bits; their gradients are rounded like the others.

    Parameters
    ----------
    weights, activations, gradients : int or None, default=8
        Bits in 1..16; None leaves them alone.
    scheme : str, default="symmetric"
        Number format of weights and gradients; see `schemes`.

    Raises
    ------
    DataError
        If a width or the scheme is unknown.

    References
    ----------
    .. [1] Bengio, Léonard, Courville, "Estimating or propagating gradients through stochastic neurons", arXiv 1308.3432, 2013.
    .. [2] Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", CVPR 2018.
    .. [3] Gupta et al., "Deep learning with limited numerical precision", ICML 2015.

    Examples
    --------
    >>> Quantization(weights=4).activations
    8
    """

    weights: int | None = 8
    activations: int | None = 8
    gradients: int | None = 8
    scheme: str = "symmetric"

    def __post_init__(self) -> None:
        for name in ("weights", "activations", "gradients"):
            bits = getattr(self, name)
            if bits is not None:
                as_integer(f"Quantization: bits of {name}", bits, 1, _MAX_BITS)
        check_name("scheme", _core.NUMBER_FORMATS, self.scheme)


def fake_quantize(
    values: Any, bits: int = 8, *, scheme: str = "symmetric", rounding: str = "nearest", seed: int = 0
) -> NDArray[np.float32]:
    """Round values to the grid of a number format; the result is still floating.

    Parameters
    ----------
    values : array_like of float
        Finite; unchanged.
    bits : int, default=8
        Width of one code, in 1..16.
    scheme : str, default="symmetric"
        ``"symmetric"``: multiples of max|v| / (2^(bits-1) - 1), halves to even; 1 bit is sign(v) times the mean magnitude of what is not
        zero. ``"truncated"``: multiples of 1 / (2^bits - 1), toward zero, saturating at ±1.
    rounding : {"nearest", "stochastic"}, default="nearest"
        Stochastic rounding takes one of the two neighbours, so that the expectation is the value.
    seed : int, default=0
        Keys the stochastic draws.

    Returns
    -------
    ndarray of float32
        Of the shape of `values`.

    Raises
    ------
    DataError
        If `bits`, `scheme` or `rounding` is unknown, or a value is not finite.

    Examples
    --------
    >>> fake_quantize([0.1, -0.5, 1.0], bits=2).tolist()
    [0.0, 0.0, 1.0]
    """
    as_integer("fake_quantize: bits", bits, 1, _MAX_BITS)
    check_name("scheme", _core.NUMBER_FORMATS, scheme)
    check_name("rounding", dict.fromkeys(("nearest", "stochastic")), rounding)
    array = np.array(values, dtype=np.float32, order="C")
    if not np.isfinite(array).all():
        message = f"fake_quantize: values must be finite, got {array[~np.isfinite(array)][0]}"
        raise DataError(message)
    if rounding == "nearest":
        return _core.round_to_format(array, scheme, bits)
    return _core.round_stochastically(array, scheme, bits, as_integer("fake_quantize: seed", seed, 0), 0)
