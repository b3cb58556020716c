"""The structure of a network as plain data, for files, pickles and copies; read back with every doubt a file deserves."""

import dataclasses
import numbers
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitcompress import layers
from digitcompress._arguments import as_integer
from digitcompress.errors import DataError, Error, FormatError, LimitError
from digitcompress.pruning import Pruning
from digitcompress.quantization import Quantization

__all__ = ["KIND", "VERSION", "NodeRecord", "Structure", "check_arrays", "check_nodes", "describe", "read_structure"]

KIND = "digitcompress.network"
VERSION = 1

MAX_ITEMS = 4096
_LONGEST_NAME = 200
# Fields later than the format are left out where they change nothing: old readers need not know them.
_YOUNGER = {"MaxPool2d": {"ceil_mode": False}}
_NEVER_NEGATIVE = (".range", ".running_variance")
_PASSES = {each.__name__: each for each in (Pruning, Quantization)}
_TRANSFORMS = {
    "prune": {"parameter": str, "criterion": str, "sparsity": float},
    "quantize": {"parameter": str, "scheme": str, "weight_bits": int, "gradient_bits": int, "seed": int},
}


class NodeRecord(NamedTuple):
    """One layer in its place: what it is called, the nodes it reads ("input" is the network's own), how much a loss of its own weighs."""

    name: str
    layer: Any
    inputs: tuple[str, ...]
    loss_weight: float = 0.0


class Structure(NamedTuple):
    """All of a network but its numbers."""

    input_shape: tuple[int, int, int]
    nodes: tuple[NodeRecord, ...]
    transforms: tuple[tuple[Any, ...], ...]
    compression: tuple[Any, ...]


def describe(structure: Structure) -> dict[str, Any]:
    """Return a structure as JSON can hold it."""
    return {
        "input_shape": list(structure.input_shape),
        "nodes": [_describe_node(node) for node in structure.nodes],
        "transforms": [{"kind": kind, **_plain(dict(zip(_TRANSFORMS[kind], row, strict=True)))} for kind, *row in structure.transforms],
        "compression": [{"pass": type(item).__name__, **_plain(dataclasses.asdict(item))} for item in structure.compression],
    }


def _describe_node(node: NodeRecord) -> dict[str, Any]:
    if not _is_plain_name(node.name):
        message = f"Network: a node that is saved must have a printable name of at most {_LONGEST_NAME} characters, got {node.name!r:.100}"
        raise DataError(message)
    kind, fields = type(node.layer).__name__, _plain(node.layer.to_dict())
    news = _YOUNGER.get(kind, {})
    fields = {field: value for field, value in fields.items() if field not in news or value != news[field]}
    record = {"name": node.name, "layer": kind, "fields": fields, "inputs": list(node.inputs)}
    return record | ({"loss_weight": float(node.loss_weight)} if node.loss_weight else {})


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_number(value) for name, value in values.items()}


def _plain_number(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    return int(value) if isinstance(value, numbers.Integral) else float(value)


def read_structure(description: Mapping[str, Any], name: str) -> Structure:
    """Return what a description says.

    Parameters
    ----------
    description : mapping
        From `describe`, or from a file that says so.
    name : str
        What to call it in messages.

    Raises
    ------
    FormatError
        If a part is missing, unknown or out of range; LimitError if there are too many.
    """
    where = f"{name}: description"
    content = _fields(description, {"input_shape": list, "nodes": list, "transforms": list, "compression": list}, where)
    shape = content["input_shape"]
    if len(shape) != 3 or any(type(extent) is not int for extent in shape):
        message = f"{where}: input_shape must be three integers, got {shape!r:.100}"
        raise FormatError(message)
    return Structure(
        tuple(shape),
        _each(content["nodes"], _read_node, f"{where}: nodes"),
        _each(content["transforms"], _read_transform, f"{where}: transforms"),
        _each(content["compression"], _read_pass, f"{where}: compression"),
    )


def _each(items: list[Any], read: Callable[[Any, str], Any], where: str) -> tuple[Any, ...]:
    if len(items) > MAX_ITEMS:
        message = f"{where} must be at most {MAX_ITEMS:,}, got {len(items):,}"
        raise LimitError(message)
    return tuple(read(item, f"{where}[{index}]") for index, item in enumerate(items))


def _fields(value: Any, types: Mapping[str, type], where: str) -> dict[str, Any]:
    """Return a JSON object's values if it has these names and types."""
    if set(_object(value, where)) != set(types):
        message = f"{where} must have {', '.join(types)}, got {', '.join(map(repr, value))!s:.200}"
        raise FormatError(message)
    return {name: _typed(value[name], kind, f"{where}: {name}") for name, kind in types.items()}


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    message = f"{where} must be a JSON object, got {value!r:.100}"
    raise FormatError(message)


def _is_plain_name(value: Any) -> bool:
    """Whether a value is a text that messages can show."""
    return isinstance(value, str) and value.isprintable() and len(value) <= _LONGEST_NAME


def _typed(value: Any, kind: type, where: str) -> Any:
    if type(value) is kind and (kind is not str or _is_plain_name(value)):
        return value
    if kind is float and type(value) is int and abs(value) < 1 << 53:
        return float(value)
    message = f"{where} must be of the type {kind.__name__}, got {value!r:.100}"
    raise FormatError(message)


def _read_node(value: Any, where: str) -> NodeRecord:
    head = {"loss_weight": float} if "loss_weight" in _object(value, where) else {}
    node = _fields(value, {"name": str, "layer": str, "fields": dict, "inputs": list, **head}, where)
    if not all(_is_plain_name(name) for name in node["inputs"]):
        message = f"{where}: inputs must be names, got {node['inputs']!r:.100}"
        raise FormatError(message)
    kind = getattr(layers, _known(node["layer"], layers.names(), f"{where}: layer"))
    defaults = kind().to_dict()  # also of the fields that are younger than the file
    types = {name: type(default) for name, default in defaults.items() if name in node["fields"]}
    fields = _fields(node["fields"], types, f"{where}: fields of {node['layer']}")
    return NodeRecord(node["name"], _made(kind, fields, where), tuple(node["inputs"]), node.get("loss_weight", 0.0))


def _known(name: Any, known: Iterable[str], where: str) -> str:
    if isinstance(name, str) and name in known:
        return name
    message = f"{where} must be one of {', '.join(known)}, got {name!r:.100}"
    raise FormatError(message)


def _made(kind: Any, values: Mapping[str, Any], where: str) -> Any:
    try:
        return kind(**values)
    except Error as error:
        message = f"{where}: {error!s:.300}"
        raise FormatError(message) from error
    except (TypeError, ValueError, OverflowError) as error:
        message = f"{where}: values must suit {kind.__name__}, got {dict(values)!r:.200}"
        raise FormatError(message) from error


def _read_transform(value: Any, where: str) -> tuple[Any, ...]:
    kind = _known(_object(value, where).get("kind"), _TRANSFORMS, f"{where}: kind")
    fields = _fields(value, {"kind": str, **_TRANSFORMS[kind]}, where)
    if kind == "prune":
        _made(Pruning, {name: fields[name] for name in ("sparsity", "criterion")}, where)
    else:
        bits = {"weights": fields["weight_bits"] or None, "gradients": fields["gradient_bits"] or None}
        _made(Quantization, {"scheme": fields["scheme"], **bits}, where)
        _made(as_integer, {"name": "seed", "value": fields["seed"], "low": 0}, where)
    return (kind, *(fields[name] for name in _TRANSFORMS[kind]))


def _read_pass(value: Any, where: str) -> Any:
    kind = _known(_object(value, where).get("pass"), _PASSES, f"{where}: pass")
    return _made(_PASSES[kind], {name: field for name, field in value.items() if name != "pass"}, where)


def check_nodes(described: Sequence[NodeRecord], built: Sequence[NodeRecord], name: str) -> None:
    """Require each node to be called and to read what its description says."""
    for record, node in zip(described, built, strict=True):
        if (record.name, record.inputs) != (node.name, node.inputs):
            message = (
                f"{name}: node must be {node.name!r} that reads {node.inputs}, got {record.name!r:.100} that reads {record.inputs!r:.100}"
            )
            raise FormatError(message)


def check_arrays(arrays: Mapping[str, NDArray[Any]], shapes: Mapping[str, tuple[int, ...]], name: str) -> None:
    """Require the arrays of a file to be the parameters of the network it describes.

    Raises
    ------
    FormatError
        If one is missing, unknown, of another shape or not float32, or if a range or a variance is negative.
    """
    if set(arrays) != set(shapes):
        missing, unknown = sorted(set(shapes) - set(arrays)), sorted(set(arrays) - set(shapes))
        message = f"{name}: arrays must be the network's parameters, got {_listed('missing', missing)}{_listed('unknown', unknown)}"
        raise FormatError(message.removesuffix(", "))
    for key, shape in shapes.items():
        array = arrays[key]
        if array.shape != shape or array.dtype != np.float32:
            message = f"{name}: {key} must be float32 of the shape {shape}, got {array.dtype} of {array.shape}"
            raise FormatError(message)
        if key.endswith(_NEVER_NEGATIVE) and (array < 0).any():
            message = f"{name}: {key} must not be negative, got {array.min()}"
            raise FormatError(message)


def _listed(what: str, names: list[str]) -> str:
    return f"{what} {', '.join(map(repr, names))!s:.150}, " if names else ""
