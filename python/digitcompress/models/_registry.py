"""Models by name."""

from collections.abc import Callable

from digitcompress._registry import check_name
from digitcompress.models._autoencoders import autoencoder, conv_autoencoder, tied_autoencoder
from digitcompress.models._capsnet import capsnet
from digitcompress.models._cnn_s3 import cnn_s3
from digitcompress.models._googlenet import googlenet
from digitcompress.models._lenets import lenet1, lenet4, lenet5, lenet5_caffe
from digitcompress.models._perceptrons import lenet300, mlp
from digitcompress.models._resnet import resnet18
from digitcompress.models._squeezenet import squeezenet
from digitcompress.models._tiny_cnn import tiny_cnn
from digitcompress.network import Network

__all__ = ["get", "names"]

Model = Callable[..., Network]

_FAMILIES: tuple[Model, ...] = (
    mlp,
    lenet300,
    lenet1,
    lenet4,
    lenet5,
    lenet5_caffe,
    cnn_s3,
    tiny_cnn,
    autoencoder,
    tied_autoencoder,
    conv_autoencoder,
    resnet18,
    squeezenet,
    googlenet,
    capsnet,
)
_MODELS: dict[str, Model] = {model.__name__: model for model in _FAMILIES}


def names() -> tuple[str, ...]:
    """Return the names of all models.

    Examples
    --------
    >>> "lenet5" in names()
    True
    """
    return tuple(_MODELS)


def get(name: str) -> Model:
    """Return the function that makes the model of that name; each takes `initializer` and `seed`, and needs no argument.

    Parameters
    ----------
    name : str
        One of `names`.

    Returns
    -------
    callable
        Returns a `Network`.

    Raises
    ------
    DataError
        If there is no such model; the message lists those there are.
    TypeError
        If the name is no string.

    Examples
    --------
    >>> get("mlp")(seed=3).parameter_count
    105214
    """
    return _MODELS[check_name("model", _MODELS, name)]
