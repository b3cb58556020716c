"""Residual networks."""

from itertools import pairwise

from digitcompress.layers import Add, Conv2d, Dense, GlobalAvgPool, MaxPool2d, ReLU
from digitcompress.models._blocks import normalized, rectified
from digitcompress.network import Input, Network, Node

__all__ = ["resnet18"]

_STAGES = (64, 128, 256, 512)


def resnet18(*, initializer: str = "kaiming_normal", seed: int = 0) -> Network:
    """Return ResNet-18 for one channel of 28 by 28 pixels and ten classes: 11,175,370 parameters.

    The layout of [1]_ (and of torchvision, which [2]_ trains) with a stem for grey images: a convolution of 7 by 7 and stride 2,
    max-pooling of 3 by 3 and stride 2, four stages of two residual blocks with 64, 128, 256 and 512 maps, the mean of each map, ten
    logits. A block adds two convolutions of 3 by 3 to what it reads. The first block of the later stages halves height and width, and
    a convolution of 1 by 1 brings what it reads to that shape. Images shrink from 28 to 14, 7, 4, 2 and 1 pixel a side.

    No convolution has a bias, because batch normalization follows each; its scale and shift count, its running averages do not. So
    the stem has 3,136 + 128 parameters, the stages 147,968, 525,568, 2,099,712 and 8,393,728, and the last layer 5,130.

    Parameters
    ----------
    initializer : str, default="kaiming_normal"
        See ``Network.initializers()``.
    seed : int, default=0
        Same seed, same bits.

    Returns
    -------
    Network
        Its nodes are named after their place: ``stage2_block1_conv1``, ``stage2_block1_conv1_bn``, ``stage2_block1_relu``, ...

    Raises
    ------
    DataError
        If the initializer is unknown.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition", CVPR 2016, table 1.
    .. [2] "Handwritten digit recognition using ResNet-18 convolutional neural network model in machine learning", section 4.2.1.

    Examples
    --------
    >>> resnet18().parameter_count
    11175370
    """
    stem = rectified("stem", Conv2d(64, kernel=7, stride=2, padding=3, bias=False))
    nodes = [*stem, Node(MaxPool2d(3, stride=2, padding=1), (), "stem_pool")]
    for stage, (before, channels) in enumerate(pairwise((64, *_STAGES)), start=1):
        for block in (1, 2):
            stride = 2 if block == 1 and channels != before else 1
            nodes += _block(f"stage{stage}_block{block}", channels, stride, source=nodes[-1].name)
    return Network(Input(1, 28, 28), [*nodes, GlobalAvgPool(), Dense(10)], initializer=initializer, seed=seed)


def _block(name: str, channels: int, stride: int, source: str) -> list[Node]:
    """Return two convolutions, added to what they read."""
    nodes = [
        *rectified(f"{name}_conv1", Conv2d(channels, kernel=3, stride=stride, padding=1, bias=False), inputs=(source,)),
        *normalized(f"{name}_conv2", Conv2d(channels, kernel=3, padding=1, bias=False)),
    ]
    shortcut = source
    if stride > 1:
        nodes += normalized(f"{name}_shortcut", Conv2d(channels, kernel=1, stride=stride, bias=False), inputs=(source,))
        shortcut = f"{name}_shortcut_bn"
    return [*nodes, Node(Add(), (f"{name}_conv2_bn", shortcut), f"{name}_add"), Node(ReLU(), (), f"{name}_relu")]
