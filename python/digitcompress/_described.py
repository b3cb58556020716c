"""Structs that the core describes, as immutable values: layers, losses, optimizers, schedules, augmentations."""

from collections.abc import Callable, Mapping
from dataclasses import field, fields, make_dataclass
from typing import Any, ClassVar

__all__ = ["Described", "classes"]


class Described:
    """A value of a kind that the core knows: its fields have the types and lie in the ranges that the core wants.

    Raises
    ------
    DataError
        If a field is out of range.
    TypeError
        If a field is of another type.
    """

    _kind: ClassVar[str]
    _check: ClassVar[Callable[..., dict[str, Any]]]

    def __post_init__(self) -> None:
        for name, value in type(self)._check(self).items():
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), tuple(self.to_dict().values())

    def to_dict(self) -> dict[str, Any]:
        """Return the names and values of the fields."""
        return {each.name: getattr(self, each.name) for each in fields(self)}  # type: ignore[arg-type]  # every subclass is a dataclass


def classes(descriptions: Mapping[str, Mapping[str, Any]], base: type[Described], module: str) -> dict[str, type[Any]]:
    """Return a class for each description of a family, by its key; they are at home in a public module."""
    return {key: _made(description, base, module) for key, description in descriptions.items()}


def _made(description: Mapping[str, Any], base: type[Described], module: str) -> type[Any]:
    members = [(name, type(default), field(default=default)) for name, default, _ in description["fields"]]
    shared = {"_kind": description["name"], "_check": staticmethod(description["check"])}
    made = make_dataclass(description["name"], members, bases=(base,), namespace=shared, frozen=True)
    made.__module__ = module
    made.__doc__ = _documentation(description, f"dc.{module.rpartition('.')[2]}.{made.__name__}()", repr(made()))
    return made


def _documentation(description: Mapping[str, Any], call: str, result: str) -> str:
    parameters = [
        line
        for name, default, doc in description["fields"]
        for line in (f"{name} : {type(default).__name__}, default={default!r}", f"    {doc}")
    ]
    sections = (["", "Parameters", "----------", *parameters] if parameters else []) + ["", "Examples", "--------"]
    return "\n".join([description["doc"], *sections, ">>> import digitcompress as dc", f">>> {call}", result, ""])
