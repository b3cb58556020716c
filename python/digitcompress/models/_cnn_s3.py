"""The convolutional classifier that a study of distinctiveness pruning trained."""

from digitcompress.layers import Conv2d, Dense, Flatten, LogSoftmax, MaxPool2d, ReLU
from digitcompress.network import Input, Network

__all__ = ["cnn_s3"]


def cnn_s3(*, initializer: str = "he_uniform", seed: int = 0) -> Network:
    """Return a network of two convolutions (10 and 20 maps) and 50 hidden units that ends in log-probabilities: 21,840 parameters.

    The source trains it by negative log-likelihood with SGD, batches of 128, for 10 epochs.

    Parameters
    ----------
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
        If the initializer is unknown.

    References
    ----------
    .. [1] F. Yu, "Handwritten digits classification using an auto-encoder and network pruning technique", section 3.2.

    Examples
    --------
    >>> cnn_s3().parameter_count
    21840
    """
    maps = [Conv2d(10, kernel=5), MaxPool2d(2), ReLU(), Conv2d(20, kernel=5), MaxPool2d(2), ReLU()]
    dense = [Dense(50), ReLU(), Dense(10), LogSoftmax()]
    return Network(Input(1, 28, 28), [*maps, Flatten(), *dense], initializer=initializer, seed=seed)
