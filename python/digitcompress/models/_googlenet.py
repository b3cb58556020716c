"""Inception modules in a network for digits."""

from typing import NamedTuple

from digitcompress._arguments import as_number
from digitcompress.layers import Concat, Conv2d, Dense, Dropout, Flatten, GlobalAvgPool, MaxPool2d, ReLU, Upsample
from digitcompress.models._blocks import rectified
from digitcompress.network import Input, Network, Node

__all__ = ["googlenet"]

_EPSILON = 1e-3


class _Inception(NamedTuple):
    """Maps of a module's branches; those of two are reduced before they are widened."""

    plain: int
    reduced: int
    wide: int
    reduced_second: int
    wide_second: int
    pooled: int


_MODULES = {
    "3a": _Inception(64, 96, 128, 16, 32, 32),
    "3b": _Inception(128, 128, 192, 32, 96, 64),
    "4a": _Inception(192, 96, 208, 16, 48, 64),
    "4b": _Inception(160, 112, 224, 24, 64, 64),
    "4c": _Inception(128, 128, 256, 24, 64, 64),
    "4d": _Inception(112, 144, 288, 32, 64, 64),
    "4e": _Inception(256, 160, 320, 32, 128, 128),
    "5a": _Inception(256, 160, 320, 32, 128, 128),
    "5b": _Inception(384, 192, 384, 48, 128, 128),
}
_HEADS = {"4a": "head1", "4d": "head2"}


def googlenet(
    *,
    head_weight: float = 0.3,
    head_dropout: float = 0.7,
    dropout: float = 0.2,
    initializer: str = "kaiming_normal",
    seed: int = 0,
) -> Network:
    """Return GoogLeNet for one channel of 28 by 28 pixels and ten classes: 9,954,366 parameters with both auxiliary heads.

    The layout is that of [1]_ as torchvision has it, which [2]_ trains under the name of LeNet: batch normalization (and no bias) after
    every convolution, and the branch of 5 by 5 made of 3 by 3. A convolution of 7 by 7 and stride 2, max-pooling, convolutions of 1
    by 1 and 3 by 3, then nine inception modules: 3a and 3b at 3 by 3 pixels, 4a to 5b at one, where pooling changes nothing and is
    left out. Images shrink from 28 to 14, 7, 3 and 1 pixel a side.

    After 4a and 4d stands a head: a convolution of 1 by 1 to 128 maps, repeated to 4 by 4 as pooling to that size does, 1,024 hidden units,
    ten logits. With its loss weighing `head_weight` it trains the lower modules; predictions do without (5,603,882 parameters).

    Parameters
    ----------
    head_weight : float, default=0.3
        Weight of each head's loss; 0 leaves the heads out.
    head_dropout, dropout : float, default=0.7, 0.2
        Share of values dropped before the logits of the heads, and before those of the network.
    initializer : str, default="kaiming_normal"
        See ``Network.initializers()``.
    seed : int, default=0
        Same seed, same bits.

    Returns
    -------
    Network
        Its nodes are named after their place: ``4a_plain``, ``4a_plain_bn``, ``4a_wide_relu``, ``4a``, ``head1``, ...

    Raises
    ------
    DataError
        If a weight or a share is out of range, or the initializer is unknown.

    References
    ----------
    .. [1] C. Szegedy et al., "Going deeper with convolutions", CVPR 2015, table 1 and section 5.
    .. [2] "Handwritten digit recognition using ResNet-18 convolutional neural network model in machine learning", section 4.2.3.

    Examples
    --------
    >>> googlenet().parameter_count
    9954366
    >>> [node.name for node in googlenet().nodes if node.loss_weight]
    ['head1', 'head2']
    """
    weight = as_number("googlenet: head_weight", head_weight, 0.0)
    nodes, source = _stem(), "stem_pool2"
    for name, maps in _MODULES.items():
        if name == "4a":
            nodes += [Node(MaxPool2d(3, stride=2, ceil_mode=True), (), "pool3")]
            source = "pool3"
        nodes += _inception(name, maps, source, pools=name.startswith("3"))
        nodes += _head(_HEADS[name], name, weight, head_dropout) if weight and name in _HEADS else []
        source = name
    nodes += [Node(GlobalAvgPool(), (source,), "mean"), Node(Dropout(dropout), (), "dropout"), Node(Dense(10), (), "logits")]
    return Network(Input(1, 28, 28), nodes, initializer=initializer, seed=seed)


def _stem() -> list[Node]:
    return [
        *_convolution("stem1", 64, kernel=7, stride=2),
        Node(MaxPool2d(3, stride=2, ceil_mode=True), (), "stem_pool1"),
        *_convolution("stem2", 64),
        *_convolution("stem3", 192, kernel=3),
        Node(MaxPool2d(3, stride=2, ceil_mode=True), (), "stem_pool2"),
    ]


def _convolution(name: str, channels: int, *, kernel: int = 1, stride: int = 1, source: str = "") -> list[Node]:
    layer = Conv2d(channels, kernel=kernel, stride=stride, padding=kernel // 2, bias=False)
    return rectified(name, layer, inputs=(source,) if source else (), epsilon=_EPSILON)


def _inception(name: str, maps: _Inception, source: str, *, pools: bool) -> list[Node]:
    """Return four branches side by side: 1 by 1, two of 3 by 3, and pooling."""
    pool = [Node(MaxPool2d(3, stride=1, padding=1), (source,), f"{name}_pool")] if pools else []
    return [
        *_convolution(f"{name}_plain", maps.plain, source=source),
        *_convolution(f"{name}_reduced", maps.reduced, source=source),
        *_convolution(f"{name}_wide", maps.wide, kernel=3),
        *_convolution(f"{name}_reduced2", maps.reduced_second, source=source),
        *_convolution(f"{name}_wide2", maps.wide_second, kernel=3),
        *pool,
        *_convolution(f"{name}_pooled", maps.pooled, source=f"{name}_pool" if pools else source),
        Node(Concat(), tuple(f"{name}_{branch}_relu" for branch in ("plain", "wide", "wide2", "pooled")), name),
    ]


def _head(name: str, source: str, weight: float, dropout: float) -> list[Node]:
    """Return what classifies by the maps of one module; they are single pixels, so they are repeated after the convolution."""
    return [
        *_convolution(f"{name}_conv", 128, source=source),
        Node(Upsample(4), (), f"{name}_maps"),
        Node(Flatten(), (), f"{name}_flat"),
        Node(Dense(1024), (), f"{name}_hidden"),
        Node(ReLU(), (), f"{name}_relu"),
        Node(Dropout(dropout), (), f"{name}_dropout"),
        Node(Dense(10), (), name, weight),
    ]
