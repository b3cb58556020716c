"""Find entries of the core's registries by name."""

from collections.abc import Iterable, Mapping
from typing import Any

from digitcompress.errors import DataError

__all__ = ["by_class_name", "check_name", "chosen_names", "find"]


def check_name(kind: str, known: Mapping[str, Any], name: Any) -> str:
    """Return `name` if it is known; the error lists the known ones."""
    if not isinstance(name, str):
        message = f"{kind} must be one of {', '.join(known)}, got {name!r}"
        raise TypeError(message)
    if name not in known:
        message = f"unknown {kind} {name!r}; known: {', '.join(known)}"
        raise DataError(message)
    return name


def chosen_names(argument: str, kind: str, known: Mapping[str, Any], names: Iterable[str] | None) -> tuple[str, ...]:
    """Return known names, each once and in their own order: those asked for, all for None."""
    if names is None:
        return tuple(known)
    asked = {check_name(kind, known, name) for name in ([names] if isinstance(names, str) else names)}
    if not asked:
        message = f"{argument} must name at least one {kind}, got none"
        raise DataError(message)
    return tuple(name for name in known if name in asked)


def find(kind: str, known: Mapping[str, type], choice: Any) -> Any:
    """Return the object meant by a name or by itself."""
    if isinstance(choice, tuple(known.values())):
        return choice
    return known[check_name(kind, known, choice)]()


def by_class_name(known: Mapping[str, type]) -> dict[str, type]:
    """Return the classes of a registry, sorted by their own names."""
    return dict(sorted((each.__name__, each) for each in known.values()))
