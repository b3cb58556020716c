"""
Compiled core of digitcompress; use the public names of the digitcompress package.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing
import typing_extensions

import digitcompress.augmentation
import digitcompress.layers
import digitcompress.losses
import digitcompress.optimizers
import digitcompress.schedules

class CsvReader:
    """
    Reads Kaggle's digit-recognizer format piece by piece.
    """
    def __init__(
        self,
        source: str,
        *,
        labels: bool,
        label_last: bool,
        max_rows: typing.SupportsInt | typing.SupportsIndex,
        expected_bytes: typing.SupportsInt | typing.SupportsIndex,
    ) -> None: ...
    def feed(self, piece: typing_extensions.Buffer) -> None:
        """
        Take the next bytes of the text.
        """
    def finish(self) -> tuple[numpy.ndarray, numpy.ndarray]:
        """
        The images and the labels (empty without labels) of all rows.
        """

class Dense:
    """
    Fully connected layer: ``weight @ x + bias``.

    Parameters
    ----------
    units : int, default 10
        Output features, at least 1.
    bias : bool, default True
        Whether to add a bias.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, units: typing.SupportsInt | typing.SupportsIndex = 10, bias: bool = True) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def bias(self) -> bool:
        """
        Whether to add a bias.
        """
    @property
    def units(self) -> int:
        """
        Output features, at least 1.
        """

class TiedDense:
    """
    Fully connected layer with the transposed weight of a Dense: ``weight.T @ x + bias``.

    Parameters
    ----------
    units : int, default 784
        Output features: the input features of that Dense.
    node : str, default 'fc1'
        Name of the Dense whose weight it uses; its units are the input features here.
    bias : bool, default True
        Whether to add a bias of its own.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, units: typing.SupportsInt | typing.SupportsIndex = 784, node: str = "fc1", bias: bool = True) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def bias(self) -> bool:
        """
        Whether to add a bias of its own.
        """
    @property
    def node(self) -> str:
        """
        Name of the Dense whose weight it uses; its units are the input features here.
        """
    @property
    def units(self) -> int:
        """
        Output features: the input features of that Dense.
        """

class Conv2d:
    """
    Convolution (cross-correlation) over images, with zero padding.

    Parameters
    ----------
    channels : int, default 8
        Output channels, at least 1.
    kernel : int, default 3
        Side of the square kernel, in 1..64.
    stride : int, default 1
        Step between windows, in 1..64.
    padding : int, default 0
        Zeros around the image, in 0..kernel - 1.
    groups : int, default 1
        Groups of channels that do not see each other; the input's channels: depth-wise.
    bias : bool, default True
        Whether to add a bias for each channel.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        channels: typing.SupportsInt | typing.SupportsIndex = 8,
        kernel: typing.SupportsInt | typing.SupportsIndex = 3,
        stride: typing.SupportsInt | typing.SupportsIndex = 1,
        padding: typing.SupportsInt | typing.SupportsIndex = 0,
        groups: typing.SupportsInt | typing.SupportsIndex = 1,
        bias: bool = True,
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def bias(self) -> bool:
        """
        Whether to add a bias for each channel.
        """
    @property
    def channels(self) -> int:
        """
        Output channels, at least 1.
        """
    @property
    def groups(self) -> int:
        """
        Groups of channels that do not see each other; the input's channels: depth-wise.
        """
    @property
    def kernel(self) -> int:
        """
        Side of the square kernel, in 1..64.
        """
    @property
    def padding(self) -> int:
        """
        Zeros around the image, in 0..kernel - 1.
        """
    @property
    def stride(self) -> int:
        """
        Step between windows, in 1..64.
        """

class ConvTranspose2d:
    """
    Transposed convolution: each input value adds its kernel to the output (Dumoulin and Visin 2016).

    Parameters
    ----------
    channels : int, default 8
        Output channels, at least 1.
    kernel : int, default 3
        Side of the square kernel, in 1..64.
    stride : int, default 1
        Step between kernels in the output, in 1..64.
    padding : int, default 0
        Rows and columns cut off around the output, in 0..kernel - 1.
    output_padding : int, default 0
        Rows and columns added at the end, below the stride.
    bias : bool, default True
        Whether to add a bias for each channel.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        channels: typing.SupportsInt | typing.SupportsIndex = 8,
        kernel: typing.SupportsInt | typing.SupportsIndex = 3,
        stride: typing.SupportsInt | typing.SupportsIndex = 1,
        padding: typing.SupportsInt | typing.SupportsIndex = 0,
        output_padding: typing.SupportsInt | typing.SupportsIndex = 0,
        bias: bool = True,
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def bias(self) -> bool:
        """
        Whether to add a bias for each channel.
        """
    @property
    def channels(self) -> int:
        """
        Output channels, at least 1.
        """
    @property
    def kernel(self) -> int:
        """
        Side of the square kernel, in 1..64.
        """
    @property
    def output_padding(self) -> int:
        """
        Rows and columns added at the end, below the stride.
        """
    @property
    def padding(self) -> int:
        """
        Rows and columns cut off around the output, in 0..kernel - 1.
        """
    @property
    def stride(self) -> int:
        """
        Step between kernels in the output, in 1..64.
        """

class MaxPool2d:
    """
    Largest value of each window; the first of equals gets the gradient.

    Parameters
    ----------
    kernel : int, default 2
        Side of the square window, in 1..64.
    stride : int, default 0
        Step between windows; 0: the kernel.
    padding : int, default 0
        Ignored places around the image, at most half of the kernel.
    ceil_mode : bool, default False
        Whether a last window may reach beyond the image, as PyTorch has it.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        kernel: typing.SupportsInt | typing.SupportsIndex = 2,
        stride: typing.SupportsInt | typing.SupportsIndex = 0,
        padding: typing.SupportsInt | typing.SupportsIndex = 0,
        ceil_mode: bool = False,
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def ceil_mode(self) -> bool:
        """
        Whether a last window may reach beyond the image, as PyTorch has it.
        """
    @property
    def kernel(self) -> int:
        """
        Side of the square window, in 1..64.
        """
    @property
    def padding(self) -> int:
        """
        Ignored places around the image, at most half of the kernel.
        """
    @property
    def stride(self) -> int:
        """
        Step between windows; 0: the kernel.
        """

class AvgPool2d:
    """
    Mean of each window; padding counts as zeros.

    Parameters
    ----------
    kernel : int, default 2
        Side of the square window, in 1..64.
    stride : int, default 0
        Step between windows; 0: the kernel.
    padding : int, default 0
        Zeros around the image, at most half of the kernel.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        kernel: typing.SupportsInt | typing.SupportsIndex = 2,
        stride: typing.SupportsInt | typing.SupportsIndex = 0,
        padding: typing.SupportsInt | typing.SupportsIndex = 0,
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def kernel(self) -> int:
        """
        Side of the square window, in 1..64.
        """
    @property
    def padding(self) -> int:
        """
        Zeros around the image, at most half of the kernel.
        """
    @property
    def stride(self) -> int:
        """
        Step between windows; 0: the kernel.
        """

class GlobalAvgPool:
    """
    Mean of each channel: a flat vector of channels.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class Upsample:
    """
    Repeats each place ``factor`` times in both directions (nearest neighbour).

    Parameters
    ----------
    factor : int, default 2
        Repetitions, in 1..64.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, factor: typing.SupportsInt | typing.SupportsIndex = 2) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def factor(self) -> int:
        """
        Repetitions, in 1..64.
        """

class BatchNorm:
    """
    Batch normalization of each channel (Ioffe and Szegedy 2015).

    Parameters
    ----------
    momentum : float, default 0.1
        Share of the newest batch in the running averages, in 0..1.
    epsilon : float, default 1e-05
        Added to the variance, positive.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, momentum: typing.SupportsFloat | typing.SupportsIndex = 0.1, epsilon: typing.SupportsFloat | typing.SupportsIndex = 1e-05
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def epsilon(self) -> float:
        """
        Added to the variance, positive.
        """
    @property
    def momentum(self) -> float:
        """
        Share of the newest batch in the running averages, in 0..1.
        """

class ReLU:
    """
    Rectified linear unit: ``max(x, 0)``; its slope at 0 is 0.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class LeakyReLU:
    """
    ``x`` where positive, else ``slope * x``.

    Parameters
    ----------
    slope : float, default 0.01
        Slope for negative inputs, in 0..1.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, slope: typing.SupportsFloat | typing.SupportsIndex = 0.01) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def slope(self) -> float:
        """
        Slope for negative inputs, in 0..1.
        """

class Sigmoid:
    """
    Logistic function: ``1 / (1 + exp(-x))``.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class Tanh:
    """
    Hyperbolic tangent.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class Softmax:
    """
    Probabilities ``exp(x) / sum(exp(x))`` over the features. Losses take the logits before it.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class LogSoftmax:
    """
    Log-probabilities ``x - log(sum(exp(x)))`` over the features, for the loss ``nll``.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class Dropout:
    """
    Drops values while training (Srivastava et al. 2014), scaling the others by ``1 / (1 - rate)``.

    Parameters
    ----------
    rate : float, default 0.5
        Share of values dropped, in [0, 1); to 1/65536.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, rate: typing.SupportsFloat | typing.SupportsIndex = 0.5) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def rate(self) -> float:
        """
        Share of values dropped, in [0, 1); to 1/65536.
        """

class Flatten:
    """
    Channels, rows and columns become one flat vector, in this order.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class Reshape:
    """
    The same values as channels, rows and columns, in this order.

    Parameters
    ----------
    channels : int, default 1
        Channels, at least 1.
    height : int, default 1
        Rows, at least 1.
    width : int, default 1
        Columns, at least 1.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        channels: typing.SupportsInt | typing.SupportsIndex = 1,
        height: typing.SupportsInt | typing.SupportsIndex = 1,
        width: typing.SupportsInt | typing.SupportsIndex = 1,
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def channels(self) -> int:
        """
        Channels, at least 1.
        """
    @property
    def height(self) -> int:
        """
        Rows, at least 1.
        """
    @property
    def width(self) -> int:
        """
        Columns, at least 1.
        """

class Add:
    """
    Sum of its inputs, which have one shape: the join of a residual network.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class Concat:
    """
    Channels of its inputs one after the other; rows and columns must agree.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class FakeQuantize:
    """
    Rounds activations to ``2**bits`` levels; straight-through gradient.

    Parameters
    ----------
    bits : int, default 8
        Width of one code, in 1..16.
    signed : bool, default False
        Whether codes lie symmetrically around 0 instead of from 0 up.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, bits: typing.SupportsInt | typing.SupportsIndex = 8, signed: bool = False) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def bits(self) -> int:
        """
        Width of one code, in 1..16.
        """
    @property
    def signed(self) -> bool:
        """
        Whether codes lie symmetrically around 0 instead of from 0 up.
        """

class PrimaryCapsules:
    """
    Capsules from maps: a depth-wise convolution as large as the maps, and a squash (Mazzia et al. 2021).

    Parameters
    ----------
    size : int, default 8
        Values of a capsule, in 1..4096; it divides the channels.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, size: typing.SupportsInt | typing.SupportsIndex = 8) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def size(self) -> int:
        """
        Values of a capsule, in 1..4096; it divides the channels.
        """

class CapsuleRouting:
    """
    Capsules from capsules, each channel being one, by self-attention routing without iterations (Mazzia et al. 2021).

    Parameters
    ----------
    capsules : int, default 10
        Output capsules, in 1..4096.
    size : int, default 16
        Values of each, in 1..4096.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, capsules: typing.SupportsInt | typing.SupportsIndex = 10, size: typing.SupportsInt | typing.SupportsIndex = 16
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def capsules(self) -> int:
        """
        Output capsules, in 1..4096.
        """
    @property
    def size(self) -> int:
        """
        Values of each, in 1..4096.
        """

class Length:
    """
    Euclidean length of each channel, as of capsules: a flat vector of channels. Its gradient is 0 at 0.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class ImageView:
    """
    A (samples, features) uint8 or float32 array, seen by the core without a copy.
    """
    def __init__(self, array: numpy.ndarray) -> None: ...
    @property
    def address(self) -> int:
        """
        Where the core reads the first pixel.
        """

class NetworkCore:
    """
    Structure and parameters of a network.
    """
    def __init__(
        self,
        input: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"],
        nodes: collections.abc.Sequence[
            tuple[
                Dense
                | TiedDense
                | Conv2d
                | ConvTranspose2d
                | MaxPool2d
                | AvgPool2d
                | GlobalAvgPool
                | Upsample
                | BatchNorm
                | ReLU
                | LeakyReLU
                | Sigmoid
                | Tanh
                | Softmax
                | LogSoftmax
                | Dropout
                | Flatten
                | Reshape
                | Add
                | Concat
                | FakeQuantize
                | PrimaryCapsules
                | CapsuleRouting
                | Length,
                str,
                collections.abc.Sequence[str],
                typing.SupportsFloat | typing.SupportsIndex,
            ]
        ],
        initializer: str,
        seed: typing.SupportsInt | typing.SupportsIndex,
    ) -> None: ...
    def effective_copy(self, name: str) -> numpy.ndarray:
        """
        The values a forward pass computes with.
        """
    def forward(self, images: ImageView, node: str, threads: typing.SupportsInt | typing.SupportsIndex) -> numpy.ndarray:
        """
        Output of a node, (samples, features).
        """
    def logits_node(self) -> str:
        """
        Name of the node whose output losses and predictions read.
        """
    def nodes(self) -> list:
        """
        A dict for each node, in order.
        """
    def parameter_view(self, name: str) -> numpy.ndarray:
        """
        Writable view of the stored values.
        """
    def parameters(self) -> list:
        """
        (name, shape, trainable) of each parameter, in the arena's order.
        """

class CrossEntropy:
    """
    Softmax cross entropy: ``-log p[label]``, or with label smoothing s ``-sum(t log p)`` for ``t = (1 - s) onehot(label) + s / C`` (Szegedy et al. 2016, section 7).

    Parameters
    ----------
    label_smoothing : float, default 0.0
        Share of the target spread over all classes, in [0, 1).
    """

    reconstructs: typing.ClassVar[bool] = False
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, label_smoothing: typing.SupportsFloat | typing.SupportsIndex = 0.0) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def label_smoothing(self) -> float:
        """
        Share of the target spread over all classes, in [0, 1).
        """

class WeightedCrossEntropy:
    """
    Cross entropy with a weight per class: ``-w[label] log p[label]``; without ``class_weight`` the weights balance the classes, ``w[c] = n / (C n[c])``. Label smoothing is as in ``CrossEntropy``, and the label's weight multiplies the whole sum.

    Parameters
    ----------
    label_smoothing : float, default 0.0
        Share of the target spread over all classes, in [0, 1).
    """

    reconstructs: typing.ClassVar[bool] = False
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, label_smoothing: typing.SupportsFloat | typing.SupportsIndex = 0.0) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def label_smoothing(self) -> float:
        """
        Share of the target spread over all classes, in [0, 1).
        """

class MeanSquaredError:
    """
    Mean over the classes of ``(p - onehot(label))**2``, p the softmax output.
    """

    reconstructs: typing.ClassVar[bool] = False
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class Focal:
    """
    ``-(1 - p)**gamma log p`` for p of the label (Lin et al. 2017, eq. 4).

    Parameters
    ----------
    gamma : float, default 2.0
        Focusing exponent, in 0..20; 0 is cross entropy.
    """

    reconstructs: typing.ClassVar[bool] = False
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, gamma: typing.SupportsFloat | typing.SupportsIndex = 2.0) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def gamma(self) -> float:
        """
        Focusing exponent, in 0..20; 0 is cross entropy.
        """

class Hinge:
    """
    Multi-class hinge on logits: ``max(0, 1 + max(z[others]) - z[label])`` (Crammer and Singer 2001).
    """

    reconstructs: typing.ClassVar[bool] = False
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class HingeOneVsRest:
    """
    Sum over the classes of ``max(0, 1 - y z)``, y = 1 for the label and -1 for the others.
    """

    reconstructs: typing.ClassVar[bool] = False
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class NegativeLogLikelihood:
    """
    ``-z[label]`` for a network that ends in log-probabilities z, as after ``LogSoftmax``.
    """

    reconstructs: typing.ClassVar[bool] = False
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class Margin:
    """
    Margin loss of capsules' lengths v: ``max(0, positive - v[label])**2 + down_weight sum(max(0, v[others] - negative)**2)`` (Sabour et al. 2017, eq. 4).

    Parameters
    ----------
    positive : float, default 0.9
        Length from which the label's capsule is long enough, in 0..1.
    negative : float, default 0.1
        Length up to which another capsule is short enough, in 0..1.
    down_weight : float, default 0.5
        Weight of the other classes, in 0..1.
    """

    reconstructs: typing.ClassVar[bool] = False
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        positive: typing.SupportsFloat | typing.SupportsIndex = 0.9,
        negative: typing.SupportsFloat | typing.SupportsIndex = 0.1,
        down_weight: typing.SupportsFloat | typing.SupportsIndex = 0.5,
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def down_weight(self) -> float:
        """
        Weight of the other classes, in 0..1.
        """
    @property
    def negative(self) -> float:
        """
        Length up to which another capsule is short enough, in 0..1.
        """
    @property
    def positive(self) -> float:
        """
        Length from which the label's capsule is long enough, in 0..1.
        """

class Reconstruction:
    """
    Mean over the features of ``(output - input)**2``, for auto-encoders.
    """

    reconstructs: typing.ClassVar[bool] = True
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class BinaryReconstruction:
    """
    Mean over the features of the binary cross entropy ``-x log s - (1 - x) log(1 - s)`` for inputs x in 0..1 and ``s = sigmoid(output)``.
    """

    reconstructs: typing.ClassVar[bool] = True
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class SGD:
    """
    Gradient descent, with momentum (Sutskever et al. 2013) and L2 weight decay on request.

    Parameters
    ----------
    learning_rate : float, default 0.01
        Step size, positive.
    momentum : float, default 0.0
        Share of the last step kept, in [0, 1).
    nesterov : bool, default False
        Look ahead along the momentum.
    weight_decay : float, default 0.0
        L2 penalty added to the gradient, in 0..1.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        learning_rate: typing.SupportsFloat | typing.SupportsIndex = 0.01,
        momentum: typing.SupportsFloat | typing.SupportsIndex = 0.0,
        nesterov: bool = False,
        weight_decay: typing.SupportsFloat | typing.SupportsIndex = 0.0,
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def learning_rate(self) -> float:
        """
        Step size, positive.
        """
    @property
    def momentum(self) -> float:
        """
        Share of the last step kept, in [0, 1).
        """
    @property
    def nesterov(self) -> bool:
        """
        Look ahead along the momentum.
        """
    @property
    def weight_decay(self) -> float:
        """
        L2 penalty added to the gradient, in 0..1.
        """

class Adam:
    """
    Adaptive moments (Kingma and Ba 2015, algorithm 1), with L2 weight decay on request.

    Parameters
    ----------
    learning_rate : float, default 0.001
        Step size, positive.
    beta1 : float, default 0.9
        Decay of the mean of gradients, in [0, 1).
    beta2 : float, default 0.999
        Decay of the mean of squared gradients, in [0, 1).
    epsilon : float, default 1e-08
        Added to the root of the second moment, positive.
    weight_decay : float, default 0.0
        L2 penalty added to the gradient, in 0..1.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        learning_rate: typing.SupportsFloat | typing.SupportsIndex = 0.001,
        beta1: typing.SupportsFloat | typing.SupportsIndex = 0.9,
        beta2: typing.SupportsFloat | typing.SupportsIndex = 0.999,
        epsilon: typing.SupportsFloat | typing.SupportsIndex = 1e-08,
        weight_decay: typing.SupportsFloat | typing.SupportsIndex = 0.0,
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def beta1(self) -> float:
        """
        Decay of the mean of gradients, in [0, 1).
        """
    @property
    def beta2(self) -> float:
        """
        Decay of the mean of squared gradients, in [0, 1).
        """
    @property
    def epsilon(self) -> float:
        """
        Added to the root of the second moment, positive.
        """
    @property
    def learning_rate(self) -> float:
        """
        Step size, positive.
        """
    @property
    def weight_decay(self) -> float:
        """
        L2 penalty added to the gradient, in 0..1.
        """

class AdamW:
    """
    Adam whose weight decay shrinks the parameter itself, apart from the moments (Loshchilov and Hutter 2019, algorithm 2).

    Parameters
    ----------
    learning_rate : float, default 0.001
        Step size, positive.
    beta1 : float, default 0.9
        Decay of the mean of gradients, in [0, 1).
    beta2 : float, default 0.999
        Decay of the mean of squared gradients, in [0, 1).
    epsilon : float, default 1e-08
        Added to the root of the second moment, positive.
    weight_decay : float, default 0.01
        Share of the parameter, times the step size, lost every step, in 0..1.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        learning_rate: typing.SupportsFloat | typing.SupportsIndex = 0.001,
        beta1: typing.SupportsFloat | typing.SupportsIndex = 0.9,
        beta2: typing.SupportsFloat | typing.SupportsIndex = 0.999,
        epsilon: typing.SupportsFloat | typing.SupportsIndex = 1e-08,
        weight_decay: typing.SupportsFloat | typing.SupportsIndex = 0.01,
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def beta1(self) -> float:
        """
        Decay of the mean of gradients, in [0, 1).
        """
    @property
    def beta2(self) -> float:
        """
        Decay of the mean of squared gradients, in [0, 1).
        """
    @property
    def epsilon(self) -> float:
        """
        Added to the root of the second moment, positive.
        """
    @property
    def learning_rate(self) -> float:
        """
        Step size, positive.
        """
    @property
    def weight_decay(self) -> float:
        """
        Share of the parameter, times the step size, lost every step, in 0..1.
        """

class RMSprop:
    """
    Gradients divided by the root of their mean square (Tieleman and Hinton 2012, lecture 6.5), with momentum on request.

    Parameters
    ----------
    learning_rate : float, default 0.01
        Step size, positive.
    alpha : float, default 0.99
        Decay of the mean of squared gradients, in [0, 1).
    epsilon : float, default 1e-08
        Added to the root of the mean square, positive.
    momentum : float, default 0.0
        Share of the last step kept, in [0, 1).
    weight_decay : float, default 0.0
        L2 penalty added to the gradient, in 0..1.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        learning_rate: typing.SupportsFloat | typing.SupportsIndex = 0.01,
        alpha: typing.SupportsFloat | typing.SupportsIndex = 0.99,
        epsilon: typing.SupportsFloat | typing.SupportsIndex = 1e-08,
        momentum: typing.SupportsFloat | typing.SupportsIndex = 0.0,
        weight_decay: typing.SupportsFloat | typing.SupportsIndex = 0.0,
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def alpha(self) -> float:
        """
        Decay of the mean of squared gradients, in [0, 1).
        """
    @property
    def epsilon(self) -> float:
        """
        Added to the root of the mean square, positive.
        """
    @property
    def learning_rate(self) -> float:
        """
        Step size, positive.
        """
    @property
    def momentum(self) -> float:
        """
        Share of the last step kept, in [0, 1).
        """
    @property
    def weight_decay(self) -> float:
        """
        L2 penalty added to the gradient, in 0..1.
        """

class Constant:
    """
    The learning rate as it is.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def factors(
        self: Constant,
        total_steps: typing.SupportsInt | typing.SupportsIndex,
        steps_per_epoch: typing.SupportsInt | typing.SupportsIndex,
        *,
        metrics: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [],
    ) -> numpy.typing.NDArray[numpy.float64]:
        """
        What the learning rate is multiplied by at each of ``total_steps`` steps, float64; ``metrics`` are those at the ends of epochs.
        """
    def to_dict(self) -> dict:
        """
        Field names and values.
        """

class Step:
    """
    Times ``gamma`` after every ``every`` epochs.

    Parameters
    ----------
    every : int, default 5
        Epochs between two drops, at least 1.
    gamma : float, default 0.1
        What a drop multiplies by, in (0, 1].
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, every: typing.SupportsInt | typing.SupportsIndex = 5, gamma: typing.SupportsFloat | typing.SupportsIndex = 0.1
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def factors(
        self: Step,
        total_steps: typing.SupportsInt | typing.SupportsIndex,
        steps_per_epoch: typing.SupportsInt | typing.SupportsIndex,
        *,
        metrics: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [],
    ) -> numpy.typing.NDArray[numpy.float64]:
        """
        What the learning rate is multiplied by at each of ``total_steps`` steps, float64; ``metrics`` are those at the ends of epochs.
        """
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def every(self) -> int:
        """
        Epochs between two drops, at least 1.
        """
    @property
    def gamma(self) -> float:
        """
        What a drop multiplies by, in (0, 1].
        """

class Exponential:
    """
    ``gamma`` to the power of the epochs done, fractions of an epoch included.

    Parameters
    ----------
    gamma : float, default 0.9
        What an epoch multiplies by, in (0, 1].
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, gamma: typing.SupportsFloat | typing.SupportsIndex = 0.9) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def factors(
        self: Exponential,
        total_steps: typing.SupportsInt | typing.SupportsIndex,
        steps_per_epoch: typing.SupportsInt | typing.SupportsIndex,
        *,
        metrics: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [],
    ) -> numpy.typing.NDArray[numpy.float64]:
        """
        What the learning rate is multiplied by at each of ``total_steps`` steps, float64; ``metrics`` are those at the ends of epochs.
        """
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def gamma(self) -> float:
        """
        What an epoch multiplies by, in (0, 1].
        """

class Cosine:
    """
    Half a cosine from 1 to ``final_fraction``, reached after the last step (Loshchilov and Hutter 2017, eq. 5), behind a linear warm-up.

    Parameters
    ----------
    final_fraction : float, default 0.0
        Factor at the end, in 0..1.
    warmup_steps : int, default 0
        Steps of rising rate before the cosine, at least 0.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, final_fraction: typing.SupportsFloat | typing.SupportsIndex = 0.0, warmup_steps: typing.SupportsInt | typing.SupportsIndex = 0
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def factors(
        self: Cosine,
        total_steps: typing.SupportsInt | typing.SupportsIndex,
        steps_per_epoch: typing.SupportsInt | typing.SupportsIndex,
        *,
        metrics: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [],
    ) -> numpy.typing.NDArray[numpy.float64]:
        """
        What the learning rate is multiplied by at each of ``total_steps`` steps, float64; ``metrics`` are those at the ends of epochs.
        """
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def final_fraction(self) -> float:
        """
        Factor at the end, in 0..1.
        """
    @property
    def warmup_steps(self) -> int:
        """
        Steps of rising rate before the cosine, at least 0.
        """

class Cyclical:
    """
    Triangles: from ``low`` up to 1 and down again in ``period`` epochs, over and over (Smith 2017).

    Parameters
    ----------
    low : float, default 0.1
        Factor at the start of a cycle, in 0..1.
    period : float, default 4.0
        Epochs a cycle, in (0, 1e6].
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, low: typing.SupportsFloat | typing.SupportsIndex = 0.1, period: typing.SupportsFloat | typing.SupportsIndex = 4.0
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def factors(
        self: Cyclical,
        total_steps: typing.SupportsInt | typing.SupportsIndex,
        steps_per_epoch: typing.SupportsInt | typing.SupportsIndex,
        *,
        metrics: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [],
    ) -> numpy.typing.NDArray[numpy.float64]:
        """
        What the learning rate is multiplied by at each of ``total_steps`` steps, float64; ``metrics`` are those at the ends of epochs.
        """
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def low(self) -> float:
        """
        Factor at the start of a cycle, in 0..1.
        """
    @property
    def period(self) -> float:
        """
        Epochs a cycle, in (0, 1e6].
        """

class OneCycle:
    """
    Up from ``1 / start_divisor`` to 1, then down to ``1 / (start_divisor end_divisor)`` at the last step (Smith and Topin 2019), along half cosines or straight lines.

    Parameters
    ----------
    warmup_share : float, default 0.3
        Share of the steps in which the rate rises, in 0..1.
    start_divisor : float, default 25.0
        Full rate over the first one, in 1..1e6.
    end_divisor : float, default 10000.0
        First rate over the last one, in 1..1e9.
    linear : bool, default False
        Straight lines, as in the paper, instead of half cosines.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        warmup_share: typing.SupportsFloat | typing.SupportsIndex = 0.3,
        start_divisor: typing.SupportsFloat | typing.SupportsIndex = 25.0,
        end_divisor: typing.SupportsFloat | typing.SupportsIndex = 10000.0,
        linear: bool = False,
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def factors(
        self: OneCycle,
        total_steps: typing.SupportsInt | typing.SupportsIndex,
        steps_per_epoch: typing.SupportsInt | typing.SupportsIndex,
        *,
        metrics: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [],
    ) -> numpy.typing.NDArray[numpy.float64]:
        """
        What the learning rate is multiplied by at each of ``total_steps`` steps, float64; ``metrics`` are those at the ends of epochs.
        """
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def end_divisor(self) -> float:
        """
        First rate over the last one, in 1..1e9.
        """
    @property
    def linear(self) -> bool:
        """
        Straight lines, as in the paper, instead of half cosines.
        """
    @property
    def start_divisor(self) -> float:
        """
        Full rate over the first one, in 1..1e6.
        """
    @property
    def warmup_share(self) -> float:
        """
        Share of the steps in which the rate rises, in 0..1.
        """

class ReduceOnPlateau:
    """
    Times ``factor`` whenever the metric has not been smaller than ever before for ``patience`` epochs.

    Parameters
    ----------
    patience : int, default 3
        Epochs without a new best before a drop, at least 1.
    factor : float, default 0.1
        What a drop multiplies by, in (0, 1].
    minimum : float, default 0.0
        No drop goes below this share of the learning rate, in 0..1.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        patience: typing.SupportsInt | typing.SupportsIndex = 3,
        factor: typing.SupportsFloat | typing.SupportsIndex = 0.1,
        minimum: typing.SupportsFloat | typing.SupportsIndex = 0.0,
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def factors(
        self: ReduceOnPlateau,
        total_steps: typing.SupportsInt | typing.SupportsIndex,
        steps_per_epoch: typing.SupportsInt | typing.SupportsIndex,
        *,
        metrics: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [],
    ) -> numpy.typing.NDArray[numpy.float64]:
        """
        What the learning rate is multiplied by at each of ``total_steps`` steps, float64; ``metrics`` are those at the ends of epochs.
        """
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def factor(self) -> float:
        """
        What a drop multiplies by, in (0, 1].
        """
    @property
    def minimum(self) -> float:
        """
        No drop goes below this share of the learning rate, in 0..1.
        """
    @property
    def patience(self) -> int:
        """
        Epochs without a new best before a drop, at least 1.
        """

class Affine:
    """
    Scaled, sheared, rotated about the centre and shifted: each by an amount drawn evenly between minus and plus its limit. Read bilinearly, black where the image has nothing.

    Parameters
    ----------
    rotation : float, default 10.0
        Largest angle in degrees, in 0..180.
    scale : float, default 0.1
        Largest change of size as a share of it, in 0..0.9.
    shear : float, default 5.0
        Largest slant in degrees, in 0..60.
    shift : float, default 2.0
        Largest shift along each axis in pixels, fractions included, in 0..1000.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        rotation: typing.SupportsFloat | typing.SupportsIndex = 10.0,
        scale: typing.SupportsFloat | typing.SupportsIndex = 0.1,
        shear: typing.SupportsFloat | typing.SupportsIndex = 5.0,
        shift: typing.SupportsFloat | typing.SupportsIndex = 2.0,
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def rotation(self) -> float:
        """
        Largest angle in degrees, in 0..180.
        """
    @property
    def scale(self) -> float:
        """
        Largest change of size as a share of it, in 0..0.9.
        """
    @property
    def shear(self) -> float:
        """
        Largest slant in degrees, in 0..60.
        """
    @property
    def shift(self) -> float:
        """
        Largest shift along each axis in pixels, fractions included, in 0..1000.
        """

class Shift:
    """
    Shifted along each axis by whole pixels, each number from ``-pixels`` to ``pixels`` as likely.

    Parameters
    ----------
    pixels : int, default 2
        Largest shift, in 0..1000.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, pixels: typing.SupportsInt | typing.SupportsIndex = 2) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def pixels(self) -> int:
        """
        Largest shift, in 0..1000.
        """

class Elastic:
    """
    Elastic distortion (Simard et al. 2003): pixels displaced along each axis by ``alpha`` times noise from -1 to 1 that a Gaussian of standard deviation ``sigma`` has smoothed. Read bilinearly, black where the image has nothing.

    Parameters
    ----------
    alpha : float, default 34.0
        Strength, in 0..10000 pixels.
    sigma : float, default 4.0
        Standard deviation of the Gaussian in pixels, in 0.1..100.
    """
    def __eq__(self, arg0: typing.Any) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(
        self, alpha: typing.SupportsFloat | typing.SupportsIndex = 34.0, sigma: typing.SupportsFloat | typing.SupportsIndex = 4.0
    ) -> None: ...
    def __reduce__(self) -> tuple[type, tuple]: ...
    def __repr__(self) -> str: ...
    def to_dict(self) -> dict:
        """
        Field names and values.
        """
    @property
    def alpha(self) -> float:
        """
        Strength, in 0..10000 pixels.
        """
    @property
    def sigma(self) -> float:
        """
        Standard deviation of the Gaussian in pixels, in 0.1..100.
        """

class Trainer:
    """
    Trains a network in place, piece by piece.
    """
    def __init__(
        self,
        network: NetworkCore,
        data: tuple[ImageView, typing.Annotated[numpy.typing.ArrayLike, numpy.int64]],
        validation: tuple[ImageView, typing.Annotated[numpy.typing.ArrayLike, numpy.int64]] | None,
        rules: tuple[
            CrossEntropy
            | WeightedCrossEntropy
            | MeanSquaredError
            | Focal
            | Hinge
            | HingeOneVsRest
            | NegativeLogLikelihood
            | Margin
            | Reconstruction
            | BinaryReconstruction,
            SGD | Adam | AdamW | RMSprop,
            Constant | Step | Exponential | Cosine | Cyclical | OneCycle | ReduceOnPlateau,
            collections.abc.Sequence[Affine | Shift | Elastic],
        ],
        settings: dict,
        sample_weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
    ) -> None: ...
    def epoch_records(self) -> dict: ...
    def last_epoch(self) -> dict: ...
    def optimizer_state(self) -> list:
        """
        Views of the optimizer's numbers: for each slot a dict by parameter.
        """
    def resume(
        self,
        step: typing.SupportsInt | typing.SupportsIndex,
        samples: typing.SupportsInt | typing.SupportsIndex,
        schedule: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
        unfinished: dict,
    ) -> None:
        """
        Stand where another trainer stood.
        """
    def run(self, steps: typing.SupportsInt | typing.SupportsIndex, callback: typing.Any) -> bool:
        """
        Go so many steps on; False when Ctrl-C stopped it before.
        """
    def running(self) -> tuple[float, float]:
        """
        Mean loss and accuracy of the epoch so far.
        """
    def schedule_state(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        What the schedule remembers of the epochs.
        """
    def step_records(self) -> dict: ...
    def unfinished_epoch(self) -> dict:
        """
        The record of the epoch so far.
        """
    @property
    def epoch_samples(self) -> int:
        """
        Samples of the unfinished epoch.
        """
    @property
    def step(self) -> int: ...
    @property
    def steps_per_epoch(self) -> int: ...

def add_pruning(network: NetworkCore, parameter: str, criterion: str, sparsity: typing.SupportsFloat | typing.SupportsIndex) -> None:
    """
    Mask a parameter of a network that is not shared yet.
    """

def add_quantization(
    network: NetworkCore,
    parameter: str,
    format: str,
    weight_bits: typing.SupportsInt | typing.SupportsIndex,
    gradient_bits: typing.SupportsInt | typing.SupportsIndex,
    seed: typing.SupportsInt | typing.SupportsIndex,
) -> None:
    """
    Fake-quantize a parameter (0 bits: leave alone) of a network that is not shared yet.
    """

def augment(
    images: ImageView,
    shape: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"],
    sequence: collections.abc.Sequence[Affine | Shift | Elastic],
    seed: typing.SupportsInt | typing.SupportsIndex,
    epoch: typing.SupportsInt | typing.SupportsIndex,
    threads: typing.SupportsInt | typing.SupportsIndex,
) -> numpy.ndarray:
    """
    Changed copies of images of one shape.
    """

def code_bits(format: str, bits: typing.SupportsInt | typing.SupportsIndex) -> int:
    """
    Bits a stored code takes.
    """

def decode_idx(buffer: typing_extensions.Buffer, source: str) -> numpy.ndarray:
    """
    The array in the bytes of a whole IDX file.
    """

def default_threads() -> int:
    """
    Threads a call uses unless told otherwise.
    """

def evaluate(
    network: NetworkCore,
    images: ImageView,
    labels: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    loss: CrossEntropy
    | WeightedCrossEntropy
    | MeanSquaredError
    | Focal
    | Hinge
    | HingeOneVsRest
    | NegativeLogLikelihood
    | Margin
    | Reconstruction
    | BinaryReconstruction,
    threads: typing.SupportsInt | typing.SupportsIndex,
) -> dict: ...
def faithful_probabilities(
    images: numpy.ndarray,
    weights: collections.abc.Sequence[numpy.ndarray],
    *,
    compression: str = "none",
    bits: typing.SupportsInt | typing.SupportsIndex = 8,
    threads: typing.SupportsInt | typing.SupportsIndex | None = None,
) -> numpy.typing.NDArray[numpy.float64]:
    """
    Return the softmax outputs (n, C) in float64; quantized as in training when `compression` says so.
    """

def faithful_quirks() -> dict:
    """
    Return what each switchable quirk of the source is, by its name.
    """

def faithful_train(
    images: numpy.ndarray,
    labels: numpy.ndarray,
    start: collections.abc.Sequence[numpy.ndarray],
    learning_rate: typing.SupportsFloat | typing.SupportsIndex,
    iterations: typing.SupportsInt | typing.SupportsIndex,
    *,
    compression: str = "none",
    bits: typing.SupportsInt | typing.SupportsIndex = 8,
    rate: typing.SupportsFloat | typing.SupportsIndex = 0.1,
    gradient_samples: typing.SupportsFloat | typing.SupportsIndex | None = None,
    record_every: typing.SupportsInt | typing.SupportsIndex = 10,
    threads: typing.SupportsInt | typing.SupportsIndex | None = None,
    checkpoints: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = [],
    dev_images: numpy.ndarray | None = None,
    dev_labels: numpy.ndarray | None = None,
    quirks: dict | None = None,
    loss: str = "cross_entropy",
    progress: typing.Any = None,
) -> dict:
    """
    Train by the published study's own arithmetic, in float64.

    One trajectory serves every loss, because the source's losses never reach its gradient.

    Parameters
    ----------
    images : ndarray of uint8 or float64, shape (n, ...)
        C-contiguous; bytes are divided by 255.
    labels : ndarray of int64, shape (n,)
    start : sequence of ndarray of float64
        W1, b1, W2, b2 or W1 … b3; weights (out, in), biases (out, 1) or (out,). Unchanged.
    learning_rate : float
    iterations : int
    compression : {"none", "quantized", "pruned", "both"}
    bits : int
        Codes run from ``-(2**bits - 1)`` to ``2**bits - 1``; 1 to 16.
    rate : float
        Share of each layer's weights masked before an update, in [0, 1).
    gradient_samples : float, optional
        The m of 1/m; by default the number of images.
    record_every : int
        Iterations between two entries of the histories.
    threads : int, optional
        Changes the time, never the result.
    checkpoints : sequence of int
        Numbers of updates after which the weights are returned too.
    dev_images, dev_labels : ndarray, optional
        Classified with the weights of every checkpoint and the last ones.
    quirks : dict of bool, optional
        Switches of `faithful_quirks`, all on by default.
    loss : str
        What is differentiated without the quirk ``loss_ignored``.
    progress : callable, optional
        Told the iterations done, at most every 50 ms; raising KeyboardInterrupt stops, as Ctrl-C does.

    Returns
    -------
    dict
        ``iterations`` done, ``interrupted``, ``weights`` in the shapes of `start`, ``dev_confusion`` (C, C); for each record, with the forward pass
        of that iteration: ``iteration``, ``correct``, ``confusion`` (R, C, C) as [true, predicted], ``losses`` and ``class_losses`` (R, C) by name as
        the source reports them; ``checkpoints``, each with ``iterations``, ``weights`` and ``dev_confusion``.
    """

def format_has_scale(format: str) -> bool: ...
def idx_file_bytes(prefix: typing_extensions.Buffer, source: str) -> int:
    """
    Size of the IDX file that begins with `prefix`, as its header declares it.
    """

def kept(
    values: typing.Annotated[numpy.typing.ArrayLike, numpy.float32], criterion: str, sparsity: typing.SupportsFloat | typing.SupportsIndex
) -> numpy.ndarray:
    """
    Which weights survive pruning.
    """

def loss_gradient(
    loss: CrossEntropy
    | WeightedCrossEntropy
    | MeanSquaredError
    | Focal
    | Hinge
    | HingeOneVsRest
    | NegativeLogLikelihood
    | Margin
    | Reconstruction
    | BinaryReconstruction,
    logits: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
    labels: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """
    Loss of each sample and its gradient with respect to the logits.
    """

def machine_floors(threads: typing.SupportsInt | typing.SupportsIndex = 0) -> dict:
    """
    Measure multiply-adds in registers and reading from memory: operations and bytes a second, in a third of a second.
    """

def network_gradient(
    network: NetworkCore,
    images: ImageView,
    labels: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    loss: CrossEntropy
    | WeightedCrossEntropy
    | MeanSquaredError
    | Focal
    | Hinge
    | HingeOneVsRest
    | NegativeLogLikelihood
    | Margin
    | Reconstruction
    | BinaryReconstruction,
    threads: typing.SupportsInt | typing.SupportsIndex = 0,
) -> dict:
    """
    Mean gradient of each parameter.
    """

def optimizer_steps(
    optimizer: SGD | Adam | AdamW | RMSprop,
    parameter: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
    gradients: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
    rate_factors: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [],
) -> numpy.ndarray:
    """
    The parameter after one step a row of gradients.
    """

def predict(network: NetworkCore, images: typing.Any, threads: typing.SupportsInt | typing.SupportsIndex) -> typing.Any:
    """
    Class of the largest logit for each image; None if the images need to be converted or refused first.
    """

def prediction_seconds(
    network: NetworkCore,
    images: typing.Any,
    threads: typing.SupportsInt | typing.SupportsIndex,
    calls: typing.SupportsInt | typing.SupportsIndex,
) -> float:
    """
    Mean seconds a call of predict spends outside Python.
    """

def reconstruction_gradient(
    loss: CrossEntropy
    | WeightedCrossEntropy
    | MeanSquaredError
    | Focal
    | Hinge
    | HingeOneVsRest
    | NegativeLogLikelihood
    | Margin
    | Reconstruction
    | BinaryReconstruction,
    outputs: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
    targets: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """
    Loss of each sample and its gradient with respect to the outputs.
    """

def round_stochastically(
    values: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
    format: str,
    bits: typing.SupportsInt | typing.SupportsIndex,
    seed: typing.SupportsInt | typing.SupportsIndex,
    stream: typing.SupportsInt | typing.SupportsIndex,
) -> numpy.ndarray: ...
def round_to_format(
    values: typing.Annotated[numpy.typing.ArrayLike, numpy.float32], format: str, bits: typing.SupportsInt | typing.SupportsIndex
) -> numpy.ndarray: ...

AUGMENTATIONS: dict = {"affine": Affine, "shift": Shift, "elastic": Elastic}
IDX_LONGEST_HEADER: int
INITIALIZERS: dict = {
    "he_uniform": "U(-a, a), a = sqrt(6 / fan_in); biases 0 (He et al. 2015).",
    "he_normal": "Normal cut at two deviations, variance 2 / fan_in, as Keras; biases 0 (He et al. 2015).",
    "glorot_uniform": "U(-a, a), a = sqrt(6 / (fan_in + fan_out)); biases 0 (Glorot and Bengio 2010).",
    "glorot_normal": "Normal cut at two deviations, variance 2 / (fan_in + fan_out), as Keras; biases 0 (Glorot and Bengio 2010).",
    "lecun_uniform": "U(-a, a), a = sqrt(3 / fan_in); biases 0 (LeCun et al. 1998).",
    "lecun_normal": "Normal cut at two deviations, variance 1 / fan_in, as Keras; biases 0 (LeCun et al. 1998).",
    "kaiming_uniform": "PyTorch's name of he_uniform.",
    "kaiming_normal": "N(0, 2 / fan_in), as PyTorch; biases 0 (He et al. 2015).",
    "xavier_uniform": "PyTorch's name of glorot_uniform.",
    "xavier_normal": "N(0, 2 / (fan_in + fan_out)), as PyTorch; biases 0 (Glorot and Bengio 2010).",
    "pytorch": "U(-a, a), a = 1 / sqrt(fan_in), for weights and biases: what PyTorch's layers start with.",
    "uniform_half": "U(-1/2, 1/2) for weights and biases, as the loss study draws its starts.",
    "zeros": "All zero.",
}
LAYERS: tuple = (
    "Dense",
    "TiedDense",
    "Conv2d",
    "ConvTranspose2d",
    "MaxPool2d",
    "AvgPool2d",
    "GlobalAvgPool",
    "Upsample",
    "BatchNorm",
    "ReLU",
    "LeakyReLU",
    "Sigmoid",
    "Tanh",
    "Softmax",
    "LogSoftmax",
    "Dropout",
    "Flatten",
    "Reshape",
    "Add",
    "Concat",
    "FakeQuantize",
    "PrimaryCapsules",
    "CapsuleRouting",
    "Length",
)
LOSSES: dict = {
    "cross_entropy": CrossEntropy,
    "weighted_cross_entropy": WeightedCrossEntropy,
    "mse": MeanSquaredError,
    "focal": Focal,
    "hinge": Hinge,
    "hinge_one_vs_rest": HingeOneVsRest,
    "nll": NegativeLogLikelihood,
    "margin": Margin,
    "reconstruction": Reconstruction,
    "binary_reconstruction": BinaryReconstruction,
}
NUMBER_FORMATS: dict = {
    "symmetric": "Codes around 0 with one scale a tensor, its largest magnitude; 1 bit: sign times mean magnitude.",
    "truncated": "Fixed scale 2^bits - 1, rounded toward zero, saturating at ±1, as the loss study does.",
}
OPTIMIZERS: dict = {"sgd": SGD, "adam": Adam, "adamw": AdamW, "rmsprop": RMSprop}
PRUNING_CRITERIA: dict = {"magnitude": "Absolute value of the weight (Han et al. 2015)."}
SCHEDULES: dict = {
    "constant": Constant,
    "step": Step,
    "exponential": Exponential,
    "cosine": Cosine,
    "cyclical": Cyclical,
    "one_cycle": OneCycle,
    "reduce_on_plateau": ReduceOnPlateau,
}
compiler: str
eigen_version: str
level: str

LEVELS: tuple[str, ...]

def best_level() -> str:
    """Best processor level of this machine."""
