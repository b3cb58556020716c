"""What a network takes when it is stored."""

from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core
from digitcompress.network import Network

__all__ = ["size_bytes"]

_FLOAT_BYTES = 4


def size_bytes(network: Network) -> int:
    """Return the bytes the parameters need.

    Weights take packed codes at their width and a float32 scale where the format has one; biases and activation ranges are float32. Of a
    pruned weight array only what is not zero is stored, beside the cheaper of a bitmap and a packed list of indices.

    Parameters
    ----------
    network : Network
        Converted, prepared, or plain.

    Returns
    -------
    int

    Examples
    --------
    >>> import digitcompress as dc
    >>> size_bytes(dc.models.mlp([784, 10, 10]))
    31840
    """
    quantization = next((item for item in reversed(network.compression) if getattr(item, "weights", None)), None)
    is_pruned = any(getattr(item, "sparsity", 0) for item in network.compression)
    total = 0
    for values in network.effective_parameters().values():
        total += _weight_bytes(values, quantization, is_pruned) if values.ndim > 1 else _FLOAT_BYTES * values.size
    return total


def _weight_bytes(values: NDArray[np.float32], quantization: Any, is_pruned: bool) -> int:
    bits, scale_bytes = 8 * _FLOAT_BYTES, 0
    if quantization is not None:
        bits = _core.code_bits(quantization.scheme, quantization.weights)
        scale_bytes = _FLOAT_BYTES if _core.format_has_scale(quantization.scheme) else 0
    if not is_pruned:
        return scale_bytes + ceil(values.size * bits / 8)
    kept = int(np.count_nonzero(values))
    index_bits = max(1, (values.size - 1).bit_length())
    return scale_bytes + ceil(kept * bits / 8) + min(ceil(values.size / 8), ceil(kept * index_bits / 8))
