"""Auto-encoders of 28 by 28 images; `fit(loss="reconstruction")` trains them."""

from digitcompress._arguments import as_integer
from digitcompress.layers import Dense, Flatten, Sigmoid
from digitcompress.network import Input, Network

__all__ = ["autoencoder"]


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
