"""The LeNets of LeCun et al., and what became of LeNet-5."""

from digitcompress.layers import AvgPool2d, Conv2d, Dense, Flatten, MaxPool2d, ReLU, Tanh
from digitcompress.models._choices import activation_layer, pooling_layer
from digitcompress.network import Input, Network

__all__ = ["lenet1", "lenet4", "lenet5", "lenet5_caffe"]


def lenet1(*, initializer: str = "lecun_uniform", seed: int = 0) -> Network:
    """Return LeNet-1 for 28 by 28 images: convolutions of 4 and 12 maps, 3,246 parameters.

    The source has 2,578: it connects each of the 12 maps to one or two of the 4 (20 of the 48 pairs) and gives every pooled map a
    factor and a bias. Here all maps are connected, and the mean is plain.

    Parameters
    ----------
    initializer : str, default="lecun_uniform"
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
    .. [1] Y. LeCun et al., "Handwritten digit recognition with a back-propagation network", 1990.
    .. [2] Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition", 1998, section III.C.

    Examples
    --------
    >>> lenet1().parameter_count
    3246
    """
    maps = [Conv2d(4, kernel=5), Tanh(), AvgPool2d(2), Conv2d(12, kernel=5), Tanh(), AvgPool2d(2)]
    return Network(Input(1, 28, 28), [*maps, Flatten(), Dense(10)], initializer=initializer, seed=seed)


def lenet4(*, initializer: str = "lecun_uniform", seed: int = 0) -> Network:
    """Return LeNet-4: convolutions of 4 and 16 maps, 120 hidden units, 51,050 parameters.

    The source pools the 4 maps into 8, two from each, connects the 16 maps to some of them, and gives pooled maps a factor and a
    bias; it speaks of about 17,000 parameters, fewer than 120 units on 16 maps of 5 by 5 have alone. Here all maps are connected, and
    the mean is plain.

    Parameters
    ----------
    initializer : str, default="lecun_uniform"
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
    .. [1] Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition", 1998, section III.C.

    Examples
    --------
    >>> lenet4().parameter_count
    51050
    """
    maps = [Conv2d(4, kernel=5, padding=2), Tanh(), AvgPool2d(2), Conv2d(16, kernel=5), Tanh(), AvgPool2d(2)]
    return Network(Input(1, 28, 28), [*maps, Flatten(), Dense(120), Tanh(), Dense(10)], initializer=initializer, seed=seed)


def lenet5(*, activation: str = "relu", pooling: str = "max", initializer: str = "he_uniform", seed: int = 0) -> Network:
    """Return LeNet-5 in today's form: convolutions of 6 and 16 maps, 120 and 84 hidden units, 61,706 parameters.

    ``lenet5(activation="sigmoid", pooling="average")`` is nearer to the source; its partial connection of the 16 maps, its trainable
    pooling and its radial basis functions at the end are left out in both.

    Parameters
    ----------
    activation : {"relu", "leaky_relu", "sigmoid", "tanh"}, default="relu"
        After each hidden layer.
    pooling : {"max", "average"}, default="max"
        Of 2 by 2 values.
    initializer : str, default="he_uniform"
        See ``Network.initializers()``.
    seed : int, default=0
        Same seed, same bits.

    Returns
    -------
    Network

    Raises
    ------
    DataError
        If a name is unknown.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition", 1998, section II.B.

    Examples
    --------
    >>> lenet5().parameter_count
    61706
    >>> lenet5(activation="sigmoid", pooling="average").node_names[:3]
    ('conv1', 'sigmoid1', 'avgpool1')
    """
    act, pool = activation_layer(activation), pooling_layer(pooling)
    maps = [Conv2d(6, kernel=5, padding=2), act(), pool(2), Conv2d(16, kernel=5), act(), pool(2)]
    dense = [Dense(120), act(), Dense(84), act(), Dense(10)]
    return Network(Input(1, 28, 28), [*maps, Flatten(), *dense], initializer=initializer, seed=seed)


def lenet5_caffe(*, initializer: str = "lecun_uniform", seed: int = 0) -> Network:
    """Return Caffe's LeNet, the one that papers on pruning call LeNet-5: 431,080 parameters.

    Its convolutions have no activation of their own. The default initializer is the filler that Caffe calls "xavier".

    Parameters
    ----------
    initializer : str, default="lecun_uniform"
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
    .. [1] Y. Jia et al., "Caffe: convolutional architecture for fast feature embedding", 2014; its example lenet.prototxt.
    .. [2] S. Han, H. Mao and W. J. Dally, "Deep Compression", ICLR 2016, section 5.1.

    Examples
    --------
    >>> lenet5_caffe().parameter_count
    431080
    """
    maps = [Conv2d(20, kernel=5), MaxPool2d(2), Conv2d(50, kernel=5), MaxPool2d(2)]
    return Network(Input(1, 28, 28), [*maps, Flatten(), Dense(500), ReLU(), Dense(10)], initializer=initializer, seed=seed)
