"""Fire modules in a network for digits."""

from digitcompress.layers import Concat, Conv2d, Dropout, GlobalAvgPool, MaxPool2d, ReLU
from digitcompress.network import Input, Network, Node

__all__ = ["squeezenet"]

_SQUEEZES = (8, 12, 16)


def squeezenet(*, dropout: float = 0.0, initializer: str = "he_uniform", seed: int = 0) -> Network:
    """Return a SqueezeNet for 28 by 28 images: six fire modules, no dense layer, 45,362 parameters.

    A fire module squeezes its maps by a convolution of 1 by 1 and expands them again by one of 1 by 1 and one of 3 by 3 side by side. The
    order is that of version 1.1 of [1]_ with fewer and smaller modules: a convolution of 16 maps, then three times max-pooling of 3 by 3
    and stride 2 before a pair of fire modules, which squeeze to 8, 12 and 16 maps and expand each to four times as many; a convolution
    of 1 by 1 to ten maps and their means. The network of [2]_ has 45,088 parameters and an unpublished layout; this one is ours.

    Parameters
    ----------
    dropout : float, default=0.0
        Share of values dropped before the last convolution; [1]_ has 0.5, against overfitting a thousand classes.
    initializer : str, default="he_uniform"
        See ``Network.initializers()``.
    seed : int, default=0
        Same seed, same bits.

    Returns
    -------
    Network
        Its nodes are named after their place: ``fire1_squeeze``, ``fire1_expand1``, ``fire1_expand3``, ``fire1``, ...

    Raises
    ------
    DataError
        If `dropout` is outside [0, 1) or the initializer is unknown.

    References
    ----------
    .. [1] F. N. Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size", 2016, section 3.
    .. [2] O. El Nahhas, "Model memory optimisation using MNIST data", table II.

    Examples
    --------
    >>> squeezenet().parameter_count
    45362
    """
    nodes = [Node(Conv2d(16, kernel=3, padding=1), (), "stem"), Node(ReLU(), (), "stem_relu")]
    for pair, squeeze in enumerate(_SQUEEZES):
        nodes += [Node(MaxPool2d(3, stride=2, padding=1)), *_fire(f"fire{2 * pair + 1}", squeeze), *_fire(f"fire{2 * pair + 2}", squeeze)]
    nodes += [Node(Dropout(dropout))] if dropout else []
    last = [Node(Conv2d(10, kernel=1), (), "classes"), Node(GlobalAvgPool())]
    return Network(Input(1, 28, 28), [*nodes, *last], initializer=initializer, seed=seed)


def _fire(name: str, squeeze: int) -> list[Node]:
    narrow, wide = f"{name}_squeeze", 4 * squeeze
    return [
        Node(Conv2d(squeeze, kernel=1), (), narrow),
        Node(ReLU(), (), f"{narrow}_relu"),
        Node(Conv2d(wide, kernel=1), (f"{narrow}_relu",), f"{name}_expand1"),
        Node(Conv2d(wide, kernel=3, padding=1), (f"{narrow}_relu",), f"{name}_expand3"),
        Node(Concat(), (f"{name}_expand1", f"{name}_expand3"), name),
        Node(ReLU(), (), f"{name}_relu"),
    ]
