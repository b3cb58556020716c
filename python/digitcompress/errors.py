"""Exceptions of digitcompress: each says where, what must hold, and what was found."""

from typing import Any

__all__ = [
    "AccuracyDropError",
    "DataError",
    "DivergenceError",
    "Error",
    "FormatError",
    "IntegrityError",
    "LimitError",
    "MissingExtraError",
    "ShapeError",
    "StateError",
    "VersionError",
]


class Error(Exception):
    """Base class of every error that digitcompress raises on purpose."""


class FormatError(Error, ValueError):
    """A file does not follow its format."""


class VersionError(FormatError):
    """A file was written by a newer, unknown version of its format."""


class IntegrityError(FormatError):
    """A file is damaged: a checksum or a length does not match."""


class LimitError(FormatError):
    """A declared size exceeds a documented limit."""


class DataError(Error, ValueError):
    """A value (pixel, label, parameter) is outside what is allowed."""


class ShapeError(Error, ValueError):
    """Shapes do not fit together."""


class DivergenceError(Error, RuntimeError):
    """Training produced a non-finite loss or parameter; the network is back at its last recorded finite state.

    Attributes
    ----------
    step : int or None
        The updates behind that state.
    history : History or None
        What had been recorded until then.
    """

    step: int | None = None
    history: Any = None


class StateError(Error, RuntimeError):
    """An object is used in a state that does not allow it."""


class AccuracyDropError(Error, RuntimeError):
    """A compression cost more accuracy than its gate allows."""


class MissingExtraError(Error, ImportError):
    """A feature needs an optional package; the message has the exact pip line."""
