"""Auto-encoders of 28 by 28 images; `fit(loss="reconstruction")` trains them."""

from digitcompress._arguments import as_integer
from digitcompress.layers import Conv2d, ConvTranspose2d, Dense, Flatten, ReLU, Sigmoid, TiedDense
from digitcompress.network import Input, Network

__all__ = ["autoencoder", "conv_autoencoder", "tied_autoencoder"]


def autoencoder(hidden: int = 400, *, initializer: str = "glorot_uniform", seed: int = 0) -> Network:
    """Return the auto-encoder 784 - 400 (sigmoid) - 784 with 628,384 parameters.

    The source trains it by mean squared error with Adam, batches of 128, for 10 epochs.

    Parameters
    ----------
    hidden : int, default=400
        Units of the code.
    initializer : str, default="glorot_uniform"
        See ``Network.initializers()``.
    seed : int, default=0
        Same seed, same bits.

    Returns
    -------
    Network
        Its output has the 784 values of the image.

    Raises
    ------
    DataError
        If `hidden` is below 1 or the initializer is unknown.

    References
    ----------
    .. [1] F. Yu, "Handwritten digits classification using an auto-encoder and network pruning technique", section 3.3.

    Examples
    --------
    >>> autoencoder().parameter_count
    628384
    """
    layers = [Flatten(), Dense(as_integer("autoencoder: hidden", hidden, 1)), Sigmoid(), Dense(784)]
    return Network(Input(1, 28, 28), layers, initializer=initializer, seed=seed)


def tied_autoencoder(hidden: int = 400, *, initializer: str = "glorot_uniform", seed: int = 0) -> Network:
    """Return the auto-encoder whose decoder is the transpose of its encoder: 314,784 parameters.

    What [1]_ leaves as future work.

    Parameters
    ----------
    hidden : int, default=400
        Units of the code.
    initializer : str, default="glorot_uniform"
        See ``Network.initializers()``.
    seed : int, default=0
        Same seed, same bits.

    Returns
    -------
    Network
        Its output has the 784 values of the image.

    Raises
    ------
    DataError
        If `hidden` is below 1 or the initializer is unknown.

    References
    ----------
    .. [1] F. Yu, "Handwritten digits classification using an auto-encoder and network pruning technique", section 5.

    Examples
    --------
    >>> tied_autoencoder().parameter_count
    314784
    """
    layers = [Flatten(), Dense(as_integer("tied_autoencoder: hidden", hidden, 1)), Sigmoid(), TiedDense(784, node="fc1")]
    return Network(Input(1, 28, 28), layers, initializer=initializer, seed=seed)


def conv_autoencoder(*, initializer: str = "he_uniform", seed: int = 0) -> Network:
    """Return a convolutional auto-encoder with a code of 8 maps of 7 by 7 values: 2,633 parameters.

    Two convolutions of stride 2 go down, two transposed ones come up. What [1]_ leaves as future work; the layout is ours, with 392
    values about as many in the code as `autoencoder` has.

    Parameters
    ----------
    initializer : str, default="he_uniform"
        See ``Network.initializers()``.
    seed : int, default=0
        Same seed, same bits.

    Returns
    -------
    Network
        Its output has the 784 values of the image.

    Raises
    ------
    DataError
        If the initializer is unknown.

    References
    ----------
    .. [1] F. Yu, "Handwritten digits classification using an auto-encoder and network pruning technique", section 5.

    Examples
    --------
    >>> conv_autoencoder().parameter_count
    2633
    """
    down = [Conv2d(16, kernel=3, stride=2, padding=1), ReLU(), Conv2d(8, kernel=3, stride=2, padding=1), ReLU()]
    first, last = (ConvTranspose2d(channels, kernel=3, stride=2, padding=1, output_padding=1) for channels in (16, 1))
    return Network(Input(1, 28, 28), [*down, first, ReLU(), last], initializer=initializer, seed=seed)
