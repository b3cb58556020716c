"""A folder of checkpoints: written so that a kill at any moment leaves a good one."""

import fcntl
import os
import re
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from digitcompress._files import display_name, read_whole, write_atomically
from digitcompress._sealed import seal, unseal
from digitcompress.errors import DataError, FormatError, StateError, VersionError

KIND = "digitcompress.checkpoint"
VERSION = 1

_MAX_BYTES = 4 << 30
_KEPT = 2
_NAME = re.compile(r"checkpoint-(\d{12})\.safetensors")

Arrays = dict[str, NDArray[Any]]


class CheckpointFolder:
    """The checkpoints of one training, each a sealed file named by its step; the last two are kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._saved_step: int | None = None
        self._saved_at = time.monotonic()

    def seconds_since_save(self) -> float:
        """Return the age of the newest checkpoint of this process."""
        return time.monotonic() - self._saved_at

    def save(self, step: int, description: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Write the state after so many steps, and drop all checkpoints but it and the one before."""
        content = seal(KIND, VERSION, description, arrays)
        write_atomically(self.path / f"checkpoint-{step:012d}.safetensors", lambda stream: stream.write(content))
        self._saved_step, self._saved_at = step, time.monotonic()
        for old in self._files()[_KEPT:]:
            old.unlink(missing_ok=True)

    def load(self) -> tuple[dict[str, Any], Arrays] | None:
        """Return the newest good checkpoint, or None when there is none; a damaged one is passed over with a warning."""
        files = self._files()
        for path in files:
            try:
                return unseal(read_whole(path, _MAX_BYTES), display_name(path), KIND, VERSION)
            except VersionError:
                raise
            except FormatError as error:
                if path == files[-1]:
                    raise
                warnings.warn(f"fit: passed over a damaged checkpoint and took the one before ({error})", RuntimeWarning, stacklevel=4)
        return None

    def is_empty(self) -> bool:
        """Whether there is no checkpoint, good or bad."""
        return not self._files()

    def _files(self) -> list[Path]:
        """Return the checkpoints, the newest first."""
        return sorted((path for path in self.path.iterdir() if _NAME.fullmatch(path.name)), reverse=True)


@contextmanager
def open_folder(path: Any) -> Iterator[CheckpointFolder]:
    """Make a folder if need be and own it: a second training that wants it is refused.

    Raises
    ------
    DataError
        If it is no folder.
    StateError
        If another training uses it.
    OSError
        If it cannot be made or written to.
    """
    folder = Path(os.fspath(path))
    if folder.exists() and not folder.is_dir():
        message = f"fit: checkpoint must be a folder, got the file {display_name(folder)}"
        raise DataError(message)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system frees it when the process ends, however it does
        except BlockingIOError:
            message = f"fit: checkpoint must be a folder that no other training uses, got {display_name(folder)}"
            raise StateError(message) from None
        _sweep(folder)
        yield CheckpointFolder(folder)


def _sweep(folder: Path) -> None:
    """Remove what a killed training did not finish writing."""
    for rest in folder.glob(".digitcompress-*"):
        rest.unlink(missing_ok=True)
