"""Capsules for digits."""

from digitcompress.layers import BatchNorm, CapsuleRouting, Conv2d, Length, PrimaryCapsules, ReLU
from digitcompress.network import Input, Network

__all__ = ["capsnet"]


def capsnet(*, initializer: str = "he_normal", seed: int = 0) -> Network:
    """Return Efficient-CapsNet for 28 by 28 images: ten capsules whose lengths say how present each digit is, 161,824 parameters.

    Four convolutions without padding (5 by 5 to 32 maps, 3 by 3 to 64, 64 and, with stride 2, 128), each followed by ReLU and batch
    normalization: 130,688 parameters, running averages not counted. A filter of 9 by 9 for each of the 128 maps makes 16 capsules of 8
    values: 10,496. Their votes for ten capsules of 16 values are weighed by self-attention: 20,480 weights and 160 biases. It puts out
    the lengths, in [0, 1); `fit` trains them by ``loss="margin"``. The source adds a decoder for training only, left out here.

    Parameters
    ----------
    initializer : str, default="he_normal"
        See ``Network.initializers()``.
    seed : int, default=0
        Same seed, same bits.

    Returns
    -------
    Network

    Raises
    ------
    DataError
        If the initializer is unknown.

    References
    ----------
    .. [1] V. Mazzia, F. Salvetti and M. Chiaberge, "Efficient-CapsNet: capsule network with self-attention routing", 2021, section 3.

    Examples
    --------
    >>> capsnet().parameter_count
    161824
    >>> import numpy as np
    >>> capsnet().forward(np.zeros((2, 28, 28), dtype=np.uint8)).shape
    (2, 10)
    """
    convolutions = [Conv2d(32, kernel=5), Conv2d(64, kernel=3), Conv2d(64, kernel=3), Conv2d(128, kernel=3, stride=2)]
    maps = [layer for convolution in convolutions for layer in (convolution, ReLU(), BatchNorm())]
    capsules = [PrimaryCapsules(8), CapsuleRouting(10, 16), Length()]
    return Network(Input(1, 28, 28), [*maps, *capsules], initializer=initializer, seed=seed)
