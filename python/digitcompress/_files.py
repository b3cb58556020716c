"""Files that users hand over or ask for: regular ones only; a replaced file is the old one or the new one, never a part."""

import errno
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from os import PathLike
from pathlib import Path
from typing import IO, Any

from digitcompress.errors import DataError, LimitError

__all__ = ["KIND_OF_MAGIC", "display_name", "kind_of_content", "open_regular", "read_whole", "write_atomically"]

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

# What open() would give; a temporary file is private otherwise.
_UMASK = os.umask(0)
os.umask(_UMASK)


def display_name(path: str | PathLike[str]) -> str:
    """Return a path as messages show it: no control characters, and only the end of a very long one."""
    text = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in os.fspath(path))
    return text if len(text) <= 200 else f"...{text[-200:]}"


def kind_of_content(first: bytes) -> str | None:
    """Return what the first bytes of a file look like, in words, or None."""
    return next((kind for magic, kind in KIND_OF_MAGIC.items() if first.startswith(magic)), None)


@contextmanager
def open_regular(path: str | PathLike[str]) -> Iterator[tuple[FileIO, int]]:
    """Open a regular file for reading; yields it with its size."""
    with open(path, "rb", buffering=0, opener=_open_without_waiting) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise _not_regular(display_name(path))
        yield file, status.st_size


def _open_without_waiting(path: str, flags: int) -> int:
    """Open a file; a FIFO that nobody writes to would otherwise wait for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _not_regular(name: str) -> DataError:
    return DataError(f"{name}: must be a regular file, got a FIFO, a socket or a device")


def read_whole(path: str | PathLike[str], max_bytes: int) -> bytes:
    """Return the bytes of a regular file as it was when opened, at most so many."""
    with open_regular(path) as (file, size):
        if size > max_bytes:
            message = f"{display_name(path)}: must have at most {max_bytes:,} bytes, got {size:,}"
            raise LimitError(message)
        pieces, left = [], size
        while left > 0 and (piece := file.read(left)):
            left -= len(piece)
            pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def write_atomically(path: str | PathLike[str], write: Callable[[IO[bytes]], Any]) -> None:
    """Replace a file by what `write` puts into the stream it is handed; a symbolic link stays, a replaced file keeps its mode."""
    target = Path(os.path.realpath(path))
    mode = _mode_after(target, display_name(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target.parent))
    descriptor, name = tempfile.mkstemp(prefix=".digitcompress-", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_directory(target.parent)


def _mode_after(target: Path, name: str) -> int:
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return 0o666 & ~_UMASK
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not stat.S_ISREG(mode):
        raise _not_regular(name)
    return stat.S_IMODE(mode)


def _sync_directory(directory: Path) -> None:
    """Make the new name survive a power cut, where directories can be synchronised."""
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
