"""What the deep models are made of: convolutions that batch normalization follows."""

from collections.abc import Sequence

from digitcompress.layers import BatchNorm, Conv2d, ReLU
from digitcompress.network import Node

__all__ = ["normalized", "rectified"]


def normalized(name: str, convolution: Conv2d, *, inputs: Sequence[str] = (), epsilon: float = 1e-5) -> list[Node]:
    """Return a convolution and its batch normalization: the nodes ``name`` and ``name_bn``."""
    return [Node(convolution, inputs, name), Node(BatchNorm(epsilon=epsilon), (), f"{name}_bn")]


def rectified(name: str, convolution: Conv2d, *, inputs: Sequence[str] = (), epsilon: float = 1e-5) -> list[Node]:
    """Return the same with a ReLU after it, the node ``name_relu``."""
    return [*normalized(name, convolution, inputs=inputs, epsilon=epsilon), Node(ReLU(), (), f"{name}_relu")]
