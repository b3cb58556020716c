"""Networks in files: safetensors with the structure in its metadata, under checksums."""

import os
from os import PathLike

import numpy as np

from digitcompress._arguments import as_integer
from digitcompress._files import display_name, read_whole, write_atomically
from digitcompress.errors import DataError, FormatError
from digitcompress.network import Network, as_network, from_bytes, to_bytes

__all__ = ["load", "save"]

MAX_BYTES = 2 << 30


def save(network: Network, path: str | PathLike[str], *, allow_nonfinite: bool = False) -> None:
    """Write a network to a file.

    The file is safetensors: any reader of that format finds the parameters under their names. Its metadata hold the structure, the
    compression record and SHA-256 checksums. The same network gives the same bytes. A file of that name is replaced in one step, so
    that whoever reads it, even after a power cut, finds the old network or the new one; its permissions and a symbolic link to it stay.

    Parameters
    ----------
    network : Network
        Unchanged. A prepared one is saved as prepared, and goes on training after `load`.
    path : str or path-like
        By convention it ends in ``.safetensors``.
    allow_nonfinite : bool, default=False
        Whether parameters may be nan or infinite.

    Raises
    ------
    DataError
        If a parameter is not finite, or if `path` is a device or a FIFO.
    OSError
        If the file cannot be written; an old one is then untouched.

    Examples
    --------
    >>> import digitcompress as dc
    >>> net = dc.models.mlp([784, 10, 10], seed=7)
    >>> dc.save(net, "net.safetensors")
    >>> bool((dc.load("net.safetensors").parameters["fc1.weight"] == net.parameters["fc1.weight"]).all())
    True
    """
    as_network(network, "save")
    if not allow_nonfinite and (name := _first_nonfinite(network)):
        message = f"save: {name} must be finite, got nan or infinity; allow_nonfinite=True saves it all the same"
        raise DataError(message)
    content = to_bytes(network)
    write_atomically(os.fspath(path), lambda stream: stream.write(content))


def load(path: str | PathLike[str], *, allow_nonfinite: bool = False, max_bytes: int = MAX_BYTES) -> Network:
    """Read a network from a file that `save` wrote.

    Nothing in the file is run, and no other file is looked at. A file is either what was saved, bit for bit, or refused.

    Parameters
    ----------
    path : str or path-like
        The file.
    allow_nonfinite : bool, default=False
        Whether parameters may be nan or infinite.
    max_bytes : int, default=2 GiB
        A larger file is refused.

    Returns
    -------
    Network

    Raises
    ------
    FormatError
        If it is no such file or describes no valid network; IntegrityError if it is damaged, VersionError if a newer version wrote it,
        LimitError if it is too large.
    DataError
        If `path` is a device or a FIFO.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.save(dc.models.mlp([784, 10]), "net.safetensors")
    >>> dc.load("net.safetensors")
    Network(flatten1 -> fc1; 7,850 parameters)
    """
    name = display_name(path)
    network = from_bytes(read_whole(path, as_integer("load: max_bytes", max_bytes, 1)), name)
    if not allow_nonfinite and (parameter := _first_nonfinite(network)):
        message = f"{name}: {parameter} must be finite, got nan or infinity; allow_nonfinite=True loads it all the same"
        raise FormatError(message)
    return network


def _first_nonfinite(network: Network) -> str | None:
    return next((name for name, values in network.parameters.items() if not np.isfinite(values).all()), None)
