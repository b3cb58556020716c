"""Optional packages: imported where they are used, and asked for in one sentence when missing."""

import importlib
from collections.abc import Callable
from types import ModuleType

from digitcompress.errors import MissingExtraError


def import_extra(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional package, or say which pip line installs it.

    Parameters
    ----------
    module : str
        Dotted name of the module.
    extra : str
        The extra of digitcompress that brings it.
    purpose : str
        What needs it; begins the message.

    Returns
    -------
    ModuleType
        The module.

    Raises
    ------
    MissingExtraError
        If the package is not installed.

    Examples
    --------
    >>> import_extra("json", extra="data", purpose="reading the results").dumps(1)
    '1'
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        message = f'{purpose} needs the package {package}, which is not installed: pip install "digitcompress[{extra}]"'
        raise MissingExtraError(message) from error


def on_demand(package: str, *names: str) -> Callable[[str], ModuleType]:
    """Return the ``__getattr__`` of a package some of whose modules need an extra: they are imported when they are first asked for.

    Examples
    --------
    >>> on_demand("email", "message")("message").__name__
    'email.message'
    """

    def find(name: str) -> ModuleType:
        if name in names:
            return importlib.import_module(f"{package}.{name}")
        message = f"module {package!r} has no attribute {name!r}"
        raise AttributeError(message)

    return find
