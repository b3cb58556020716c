"""Named arrays and a JSON description in one safetensors file, under checksums that every byte is part of."""

import hashlib
import json
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from digitcompress._files import kind_of_content
from digitcompress.errors import FormatError, IntegrityError, LimitError, VersionError

__all__ = ["seal", "unseal"]

Arrays = dict[str, NDArray[Any]]

MAX_HEADER_BYTES = 4 << 20
_LENGTH_BYTES = 8
_MAX_DIMENSIONS = 8
_ENTRY = "digitcompress"  # one entry alone: safetensors writes several in an order that changes from run to run
_NO_DIGEST = b"0" * 64
_TYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
    "I64": np.dtype("<i8"),
    "U8": np.dtype("u1"),
    "U64": np.dtype("<u8"),
}


def seal(kind: str, version: int, description: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return the bytes of a safetensors file; the same content gives the same bytes.

    Parameters
    ----------
    kind : str
        What the file is, such as ``"digitcompress.network"``.
    version : int
        Of the description, from 1.
    description : mapping
        What JSON can hold, without nan and infinities.
    arrays : mapping of str to ndarray
        float32, float64, int64, uint8 or uint64.
    """
    envelope = {
        "format": kind,
        "version": version,
        **dict.fromkeys(("data_sha256", "header_sha256"), _NO_DIGEST.decode()),
        "content": dict(description),
    }
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    content = save(contiguous, {_ENTRY: json.dumps(envelope, separators=(",", ":"), allow_nan=False)})
    start = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "little")
    header, data = content[:start], content[start:]
    header = header.replace(_NO_DIGEST, _digest(data), 1)
    return header.replace(_NO_DIGEST, _digest(header), 1) + data


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def unseal(content: bytes, name: str, kind: str, newest: int) -> tuple[dict[str, Any], Arrays]:
    """Return the description and the arrays of a sealed file; nothing in it is run, and no other file is looked at.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        What to call it in messages.
    kind : str
        What it must be.
    newest : int
        The last version that can be read.

    Raises
    ------
    FormatError
        If it is something else; IntegrityError if it is damaged, VersionError if it is newer, LimitError if its header is too large.
    """
    header = _header(content, name)
    envelope = _envelope(header, name)
    _check_digests(content, len(header), envelope, name)
    if envelope.get("format") != kind:
        message = f"{name}: format must be {kind}, got {_short(envelope.get('format'))}"
        raise FormatError(message)
    _check_version(envelope.get("version"), newest, name)
    description = envelope.get("content")
    if not isinstance(description, dict):
        message = f"{name}: content must be a JSON object, got {_short(description)}"
        raise FormatError(message)
    return description, _arrays(content, name)


def _header(content: bytes, name: str) -> bytes:
    first = content[_LENGTH_BYTES : _LENGTH_BYTES + 1]
    if first not in (b"{", b""):
        message = f"{name}: must be a safetensors file, got {_looks_like(content)}"
        raise FormatError(message)
    declared = int.from_bytes(content[:_LENGTH_BYTES], "little")
    if first and declared > MAX_HEADER_BYTES:
        message = f"{name}: header must have at most {MAX_HEADER_BYTES:,} bytes, got a file that declares {declared:,}"
        raise LimitError(message)
    present = len(content) - _LENGTH_BYTES
    if present < max(declared, 2):
        message = f"{name}: header must be whole, got the end of the file after {len(content):,} bytes"
        raise IntegrityError(message)
    return content[_LENGTH_BYTES : _LENGTH_BYTES + declared]


def _looks_like(content: bytes) -> str:
    if kind := kind_of_content(content[:_LENGTH_BYTES]):
        return kind
    if content.startswith(b"\x80") and content.rstrip().endswith(b"."):
        return "a pickle, which is never loaded because it could run code"
    if content.startswith(b"\x1f\x8b"):
        return "a gzip file"
    if content[:64].isascii() and content[:64].decode("ascii").replace("\r", "").replace("\n", "").replace("\t", "").isprintable():
        return "a text"
    return f"bytes that begin with {content[:16].hex(' ')}"


def _strict(text: bytes | str) -> Any:
    return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        message = "a name occurs twice"
        raise ValueError(message)
    return content


def _refuse_constant(constant: str) -> None:
    message = f"{constant} is no number of JSON"
    raise ValueError(message)


def _parse(text: bytes | str, name: str, part: str) -> dict[str, Any]:
    try:
        parsed = _strict(text)
    except (ValueError, RecursionError) as error:
        message = f"{name}: {part} must be intact JSON, got {_short(str(error))}"
        raise IntegrityError(message) from error
    if not isinstance(parsed, dict):
        message = f"{name}: {part} must be a JSON object, got {_short(parsed)}"
        raise FormatError(message)
    return parsed


def _envelope(header: bytes, name: str) -> dict[str, Any]:
    metadata = _parse(header, name, "header").get("__metadata__")
    text = metadata.get(_ENTRY) if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        message = f"{name}: must be written by digitcompress, got a safetensors file without its description"
        raise FormatError(message)
    return _parse(text, name, "description")


def _check_digests(content: bytes, header_bytes: int, envelope: Mapping[str, Any], name: str) -> None:
    start = _LENGTH_BYTES + header_bytes
    sealed, of_data = (str(envelope.get(key)).encode("ascii", "replace") for key in ("header_sha256", "data_sha256"))
    if content[:start].count(sealed) != 1 or _digest(content[:start].replace(sealed, _NO_DIGEST)) != sealed:
        message = f"{name}: header must match its SHA-256 checksum, got a damaged one"
        raise IntegrityError(message)
    if _digest(content[start:]) != of_data:
        message = f"{name}: arrays must match their SHA-256 checksum, got {len(content) - start:,} bytes with damage"
        raise IntegrityError(message)


def _check_version(version: Any, newest: int, name: str) -> None:
    if type(version) is not int or version < 1:
        message = f"{name}: version must be an integer of at least 1, got {_short(version)}"
        raise FormatError(message)
    if version > newest:
        message = f"{name}: version must be at most {newest}, got {_short(version)}; a newer digitcompress wrote it"
        raise VersionError(message)


def _arrays(content: bytes, name: str) -> Arrays:
    try:
        entries: list[tuple[str, dict[str, Any]]] = deserialize(content)  # type: ignore[no-untyped-call]
    except (SafetensorError, ValueError) as error:
        message = f"{name}: must be a valid safetensors file, got {_short(str(error))}"
        raise FormatError(message) from error
    return {key: _array(entry, f"{name}: {_short(key)}") for key, entry in sorted(entries, key=itemgetter(0))}


def _array(entry: dict[str, Any], where: str) -> NDArray[Any]:
    if entry["dtype"] not in _TYPES:
        message = f"{where} must be of the type {', '.join(_TYPES)}, got {entry['dtype']}"
        raise FormatError(message)
    if len(entry["shape"]) > _MAX_DIMENSIONS:
        message = f"{where} must have at most {_MAX_DIMENSIONS} dimensions, got {len(entry['shape'])}"
        raise FormatError(message)
    return np.frombuffer(entry["data"], _TYPES[entry["dtype"]]).reshape(entry["shape"])


def _short(value: Any) -> str:
    """Return a value as messages show it: without control characters, and not long."""
    text = value if isinstance(value, str) else repr(value)
    shown = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text[:100])
    return shown if len(text) <= 100 else f"{shown}..."
