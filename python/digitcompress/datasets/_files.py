"""Bytes of files of digits, gzip undone with bounded memory."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from os import PathLike

from digitcompress._files import display_name, kind_of_content, open_regular
from digitcompress.errors import FormatError, IntegrityError, LimitError

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


@contextmanager
def open_source(path: str | PathLike[str]) -> Iterator[Source]:
    """Open a plain or gzip-compressed file; the content decides which it is, not the name."""
    name = display_name(path)
    with open_regular(path) as (file, size):
        first = file.read(8)
        file.seek(0)
        _refuse_other_formats(first, name)
        if first.startswith(GZIP_MAGIC):
            yield Source(name, None, _gunzip(file, name))
        else:
            yield Source(name, size, _read(file, size))


def _refuse_other_formats(first: bytes, name: str) -> None:
    if kind := kind_of_content(first):
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
