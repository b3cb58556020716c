"""Uniform number formats, in the precision of the array they are given.

- Symmetric, one scale per tensor: Jacob et al., "Quantization and training of neural networks for efficient
  integer-arithmetic-only inference", CVPR 2018, without a zero point; one bit is the sign times the mean magnitude:
  Rastegari et al., "XNOR-Net", ECCV 2016, eq. (6). There a weight of 0 is one that was pruned: it stays 0 and out of the mean.
- Stochastic rounding: Gupta et al., "Deep learning with limited numerical precision", ICML 2015, section 3.
- Straight-through gradient: Bengio et al., "Estimating or propagating gradients through stochastic neurons", 2013.
- Truncated: trunc(clip(v s, -s, s)) / s with s = 2^bits - 1, as the loss study's source does it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


def symmetric_scale(values, bits):
    """Value of one code step; for one bit the step is the mean magnitude."""
    magnitude = np.abs(values)
    if bits == 1:
        return magnitude[magnitude > 0].mean(dtype=np.float64).astype(values.dtype) if values.any() else values.dtype.type(0)
    return magnitude.max(initial=0) / values.dtype.type(2 ** (bits - 1) - 1)


def symmetric_codes(values, bits, scale):
    if bits == 1:
        return np.sign(values)
    if scale == 0:
        return np.zeros_like(values)
    limit = 2 ** (bits - 1) - 1
    return np.clip(np.rint(values / scale), -limit, limit)


def symmetric(values, bits):
    scale = symmetric_scale(values, bits)
    return symmetric_codes(values, bits, scale) * scale


def unsigned(values, bits, value_range):
    """Codes 0 .. 2^bits - 1 over [0, value_range]: what follows a ReLU."""
    top = 2**bits - 1
    scale = value_range / top
    return np.clip(np.rint(values / scale), 0, top) * scale


def signed(values, bits, value_range):
    """Symmetric codes for a range fixed beforehand; one bit keeps the sign alone."""
    if bits == 1:
        return np.where(values < 0, -value_range, value_range)
    top = 2 ** (bits - 1) - 1
    scale = value_range / top
    return np.clip(np.rint(values / scale), -top, top) * scale


def truncated_scale(values, bits):
    return values.dtype.type(1) / values.dtype.type(2**bits - 1)


def truncated_codes(values, bits, scale=None):
    top = values.dtype.type(2**bits - 1)
    return np.trunc(np.clip(values * top, -top, top))


def truncated(values, bits):
    return truncated_codes(values, bits) / values.dtype.type(2**bits - 1)


@dataclass(frozen=True)
class Format:
    """A number format and what its battery may demand of it.

    `top` is the largest code, `error` the largest error of a value inside the range in steps, from `lowest_bits` on; `range_of`
    the largest magnitude that is not clipped.
    """

    quantize: Callable
    scale: Callable
    top: Callable
    error: float
    lowest_bits: int
    range_of: Callable


FORMATS = {
    "symmetric": Format(
        quantize=symmetric,
        scale=symmetric_scale,
        top=lambda bits: max(1, 2 ** (bits - 1) - 1),
        error=0.5,
        lowest_bits=2,
        range_of=lambda values: np.abs(values).max(initial=0),
    ),
    "truncated": Format(
        quantize=truncated,
        scale=truncated_scale,
        top=lambda bits: 2**bits - 1,
        error=1.0,
        lowest_bits=1,
        range_of=lambda values: values.dtype.type(1),
    ),
}
