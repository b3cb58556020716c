from dataclasses import dataclass

from digitcompress._described import Described

@dataclass(frozen=True)
class Dense(Described):
    """
    Fully connected layer: ``weight @ x + bias``.

    Parameters
    ----------
    units : int, default=10
        Output features, at least 1.
    bias : bool, default=True
        Whether to add a bias.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.Dense()
    Dense(units=10, bias=True)
    """

    units: int = 10
    bias: bool = True

@dataclass(frozen=True)
class TiedDense(Described):
    """
    Fully connected layer with the transposed weight of a Dense: ``weight.T @ x + bias``.

    Parameters
    ----------
    units : int, default=784
        Output features: the input features of that Dense.
    node : str, default='fc1'
        Name of the Dense whose weight it uses; its units are the input features here.
    bias : bool, default=True
        Whether to add a bias of its own.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.TiedDense()
    TiedDense(units=784, node='fc1', bias=True)
    """

    units: int = 784
    node: str = "fc1"
    bias: bool = True

@dataclass(frozen=True)
class Conv2d(Described):
    """
    Convolution (cross-correlation) over images, with zero padding.

    Parameters
    ----------
    channels : int, default=8
        Output channels, at least 1.
    kernel : int, default=3
        Side of the square kernel, in 1..64.
    stride : int, default=1
        Step between windows, in 1..64.
    padding : int, default=0
        Zeros around the image, in 0..kernel - 1.
    groups : int, default=1
        Groups of channels that do not see each other; the input's channels: depth-wise.
    bias : bool, default=True
        Whether to add a bias for each channel.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.Conv2d()
    Conv2d(channels=8, kernel=3, stride=1, padding=0, groups=1, bias=True)
    """

    channels: int = 8
    kernel: int = 3
    stride: int = 1
    padding: int = 0
    groups: int = 1
    bias: bool = True

@dataclass(frozen=True)
class ConvTranspose2d(Described):
    """
    Transposed convolution: each input value adds its kernel to the output (Dumoulin and Visin 2016).

    Parameters
    ----------
    channels : int, default=8
        Output channels, at least 1.
    kernel : int, default=3
        Side of the square kernel, in 1..64.
    stride : int, default=1
        Step between kernels in the output, in 1..64.
    padding : int, default=0
        Rows and columns cut off around the output, in 0..kernel - 1.
    output_padding : int, default=0
        Rows and columns added at the end, below the stride.
    bias : bool, default=True
        Whether to add a bias for each channel.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.ConvTranspose2d()
    ConvTranspose2d(channels=8, kernel=3, stride=1, padding=0, output_padding=0, bias=True)
    """

    channels: int = 8
    kernel: int = 3
    stride: int = 1
    padding: int = 0
    output_padding: int = 0
    bias: bool = True

@dataclass(frozen=True)
class MaxPool2d(Described):
    """
    Largest value of each window; the first of equals gets the gradient.

    Parameters
    ----------
    kernel : int, default=2
        Side of the square window, in 1..64.
    stride : int, default=0
        Step between windows; 0: the kernel.
    padding : int, default=0
        Ignored places around the image, at most half of the kernel.
    ceil_mode : bool, default=False
        Whether a last window may reach beyond the image, as PyTorch has it.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.MaxPool2d()
    MaxPool2d(kernel=2, stride=0, padding=0, ceil_mode=False)
    """

    kernel: int = 2
    stride: int = 0
    padding: int = 0
    ceil_mode: bool = False

@dataclass(frozen=True)
class AvgPool2d(Described):
    """
    Mean of each window; padding counts as zeros.

    Parameters
    ----------
    kernel : int, default=2
        Side of the square window, in 1..64.
    stride : int, default=0
        Step between windows; 0: the kernel.
    padding : int, default=0
        Zeros around the image, at most half of the kernel.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.AvgPool2d()
    AvgPool2d(kernel=2, stride=0, padding=0)
    """

    kernel: int = 2
    stride: int = 0
    padding: int = 0

@dataclass(frozen=True)
class GlobalAvgPool(Described):
    """
    Mean of each channel: a flat vector of channels.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.GlobalAvgPool()
    GlobalAvgPool()
    """

@dataclass(frozen=True)
class Upsample(Described):
    """
    Repeats each place ``factor`` times in both directions (nearest neighbour).

    Parameters
    ----------
    factor : int, default=2
        Repetitions, in 1..64.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.Upsample()
    Upsample(factor=2)
    """

    factor: int = 2

@dataclass(frozen=True)
class BatchNorm(Described):
    """
    Batch normalization of each channel (Ioffe and Szegedy 2015).

    Parameters
    ----------
    momentum : float, default=0.1
        Share of the newest batch in the running averages, in 0..1.
    epsilon : float, default=1e-05
        Added to the variance, positive.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.BatchNorm()
    BatchNorm(momentum=0.1, epsilon=1e-05)
    """

    momentum: float = 0.1
    epsilon: float = 1e-05

@dataclass(frozen=True)
class ReLU(Described):
    """
    Rectified linear unit: ``max(x, 0)``; its slope at 0 is 0.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.ReLU()
    ReLU()
    """

@dataclass(frozen=True)
class LeakyReLU(Described):
    """
    ``x`` where positive, else ``slope * x``.

    Parameters
    ----------
    slope : float, default=0.01
        Slope for negative inputs, in 0..1.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.LeakyReLU()
    LeakyReLU(slope=0.01)
    """

    slope: float = 0.01

@dataclass(frozen=True)
class Sigmoid(Described):
    """
    Logistic function: ``1 / (1 + exp(-x))``.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.Sigmoid()
    Sigmoid()
    """

@dataclass(frozen=True)
class Tanh(Described):
    """
    Hyperbolic tangent.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.Tanh()
    Tanh()
    """

@dataclass(frozen=True)
class Softmax(Described):
    """
    Probabilities ``exp(x) / sum(exp(x))`` over the features. Losses take the logits before it.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.Softmax()
    Softmax()
    """

@dataclass(frozen=True)
class LogSoftmax(Described):
    """
    Log-probabilities ``x - log(sum(exp(x)))`` over the features, for the loss ``nll``.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.LogSoftmax()
    LogSoftmax()
    """

@dataclass(frozen=True)
class Dropout(Described):
    """
    Drops values while training (Srivastava et al. 2014), scaling the others by ``1 / (1 - rate)``.

    Parameters
    ----------
    rate : float, default=0.5
        Share of values dropped, in [0, 1); to 1/65536.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.Dropout()
    Dropout(rate=0.5)
    """

    rate: float = 0.5

@dataclass(frozen=True)
class Flatten(Described):
    """
    Channels, rows and columns become one flat vector, in this order.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.Flatten()
    Flatten()
    """

@dataclass(frozen=True)
class Reshape(Described):
    """
    The same values as channels, rows and columns, in this order.

    Parameters
    ----------
    channels : int, default=1
        Channels, at least 1.
    height : int, default=1
        Rows, at least 1.
    width : int, default=1
        Columns, at least 1.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.Reshape()
    Reshape(channels=1, height=1, width=1)
    """

    channels: int = 1
    height: int = 1
    width: int = 1

@dataclass(frozen=True)
class Add(Described):
    """
    Sum of its inputs, which have one shape: the join of a residual network.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.Add()
    Add()
    """

@dataclass(frozen=True)
class Concat(Described):
    """
    Channels of its inputs one after the other; rows and columns must agree.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.Concat()
    Concat()
    """

@dataclass(frozen=True)
class FakeQuantize(Described):
    """
    Rounds activations to ``2**bits`` levels; straight-through gradient.

    Parameters
    ----------
    bits : int, default=8
        Width of one code, in 1..16.
    signed : bool, default=False
        Whether codes lie symmetrically around 0 instead of from 0 up.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.FakeQuantize()
    FakeQuantize(bits=8, signed=False)
    """

    bits: int = 8
    signed: bool = False

@dataclass(frozen=True)
class PrimaryCapsules(Described):
    """
    Capsules from maps: a depth-wise convolution as large as the maps, and a squash (Mazzia et al. 2021).

    Parameters
    ----------
    size : int, default=8
        Values of a capsule, in 1..4096; it divides the channels.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.PrimaryCapsules()
    PrimaryCapsules(size=8)
    """

    size: int = 8

@dataclass(frozen=True)
class CapsuleRouting(Described):
    """
    Capsules from capsules, each channel being one, by self-attention routing without iterations (Mazzia et al. 2021).

    Parameters
    ----------
    capsules : int, default=10
        Output capsules, in 1..4096.
    size : int, default=16
        Values of each, in 1..4096.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.CapsuleRouting()
    CapsuleRouting(capsules=10, size=16)
    """

    capsules: int = 10
    size: int = 16

@dataclass(frozen=True)
class Length(Described):
    """
    Euclidean length of each channel, as of capsules: a flat vector of channels. Its gradient is 0 at 0.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.layers.Length()
    Length()
    """
