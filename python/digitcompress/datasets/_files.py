"""Bytes of files that users hand over: regular files only, gzip undone with bounded memory."""

import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from os import PathLike

from digitcompress.errors import DataError, FormatError, IntegrityError, LimitError

KIND_OF_MAGIC = {
    b"PK\x03\x04": "a zip archive",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"\x93NUMPY": "a NumPy file",
    b"\x7fELF": "a program",
    b"%PDF": "a PDF document",
    b"<": "a web page",
}

PIECE_BYTES = 1 << 18
GZIP_MAGIC = b"\x1f\x8b"
# Digits compress about fivefold; whatever expands more than a hundredfold was made to fill the memory.
MAX_EXPANSION = 100
UNSUSPECTED_BYTES = 1 << 20


@dataclass(frozen=True)
class Source:
    """An open file: its name for messages, its pieces, and its size unless it is compressed."""

    name: str
    size: int | None
    pieces: Iterator[bytes | memoryview]


def display_name(path: str | PathLike[str]) -> str:
    """Return a path as messages show it: no control characters, and only the end of a very long one."""
    text = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in os.fspath(path))
    return text if len(text) <= 200 else f"...{text[-200:]}"


@contextmanager
def open_source(path: str | PathLike[str]) -> Iterator[Source]:
    """Open a plain or gzip-compressed file; the content decides which it is, not the name."""
    name = display_name(path)
    with open(path, "rb", buffering=0, opener=_open_without_waiting) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            message = f"{name}: must be a regular file, got a FIFO, a socket or a device"
            raise DataError(message)
        first = file.read(8)
        file.seek(0)
        _refuse_other_formats(first, name)
        if first.startswith(GZIP_MAGIC):
            yield Source(name, None, _gunzip(file, name))
        else:
            yield Source(name, status.st_size, _read(file, status.st_size))


def _open_without_waiting(path: str, flags: int) -> int:
    """Open a file; a FIFO that nobody writes to would otherwise wait for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _refuse_other_formats(first: bytes, name: str) -> None:
    for magic, kind in KIND_OF_MAGIC.items():
        if first.startswith(magic):
            message = f"{name}: must be a plain or gzip-compressed file of digits, got {kind}"
            raise FormatError(message)


def _read(file: FileIO, size: int) -> Iterator[memoryview]:
    """Read the file as it was when opened: whatever is appended meanwhile is left alone."""
    buffer = memoryview(bytearray(min(size, PIECE_BYTES)))
    while size > 0 and (count := file.readinto(buffer[: min(size, PIECE_BYTES)])):
        size -= count
        yield buffer[:count]


def _gunzip(file: FileIO, name: str) -> Iterator[bytes]:
    decompressor = zlib.decompressobj(wbits=31)
    consumed = produced = 0
    while not decompressor.eof and (block := file.read(PIECE_BYTES)):
        consumed += len(block)
        for piece in _decompress(decompressor, block, name):
            produced += len(piece)
            if produced > max(UNSUSPECTED_BYTES, MAX_EXPANSION * consumed):
                message = f"{name}: gzip data must expand at most {MAX_EXPANSION}-fold, got {produced} bytes from {consumed}"
                raise LimitError(message)
            yield piece
    if not decompressor.eof:
        message = f"{name}: gzip data must end with its checksum, got the end of the file after {consumed} bytes"
        raise IntegrityError(message)
    _require_end(decompressor.unused_data + file.read(len(GZIP_MAGIC)), name)


def _decompress(decompressor: "zlib._Decompress", block: bytes, name: str) -> Iterator[bytes]:
    piece = b""
    while (block or piece) and not decompressor.eof:
        try:
            piece = decompressor.decompress(block, PIECE_BYTES)
        except zlib.error as error:
            message = f"{name}: gzip data must be intact, got {error}"
            raise IntegrityError(message) from error
        block = decompressor.unconsumed_tail
        if piece:
            yield piece


def _require_end(rest: bytes, name: str) -> None:
    if rest:
        found = "a second member" if rest.startswith(GZIP_MAGIC) else "other bytes"
        message = f"{name}: gzip file must end after its first member, got {found} behind it"
        raise FormatError(message)
