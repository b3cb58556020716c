"""Fetching a published data set: mirror after mirror, until one delivers the very bytes."""

import logging
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, Literal

from digitcompress._extras import import_extra
from digitcompress._files import display_name
from digitcompress.datasets._idx import read_idx_bytes
from digitcompress.datasets._registry import FILES, PublishedSet
from digitcompress.errors import DataError, Error, IntegrityError, LimitError

logger = logging.getLogger("digitcompress.datasets")

MAX_DOWNLOAD_BYTES = 64 << 20
TIMEOUT_SECONDS = 20
Progress = Literal["auto"] | bool


class _BoundedFile:
    """A file that refuses to grow without end."""

    def __init__(self, file: BinaryIO, url: str) -> None:
        self._file, self._url = file, url

    def write(self, piece: bytes) -> int:
        if self._file.tell() + len(piece) > MAX_DOWNLOAD_BYTES:
            message = f"{self._url}: download must have at most {MAX_DOWNLOAD_BYTES} bytes, got more"
            raise LimitError(message)
        return self._file.write(piece)

    def flush(self) -> None:
        self._file.flush()


def download(published: PublishedSet, directory: Path, *, progress: Progress = "auto") -> None:
    """Put all files of a data set into `directory`; those that are already there and intact are kept."""
    if progress not in {"auto", True, False}:
        message = f"progress must be 'auto', True or False, got {progress!r}"
        raise DataError(message)
    show = progress is True or (progress == "auto" and sys.stderr is not None and sys.stderr.isatty())
    directory.mkdir(parents=True, exist_ok=True)
    for file in FILES:
        target = directory / f"{file}.gz"
        if not _is_intact(published, file, target):
            _download_file(published, file, target, show=show)


def _is_intact(published: PublishedSet, file: str, path: Path) -> bool:
    try:
        published.verify(file, read_idx_bytes(path), display_name(path))
    except (Error, OSError):
        return False
    return True


def _download_file(published: PublishedSet, file: str, target: Path, *, show: bool) -> None:
    pooch = import_extra("pooch", extra="data", purpose="downloading a data set")
    reasons: list[Exception] = []
    for mirror in published.mirrors:
        url = f"{mirror}{file}.gz"
        with tempfile.TemporaryDirectory(prefix=".download-", dir=target.parent) as folder:
            try:
                path = _retrieve(url, Path(folder) / target.name, pooch, show=show)
                published.verify(file, read_idx_bytes(path), url)
            except (Error, OSError) as error:
                logger.info("mirror %s failed: %s", url, error)
                reasons.append(error)
                continue
            path.replace(target)
            return
    kind = IntegrityError if any(isinstance(reason, Error) for reason in reasons) else ConnectionError
    attempts = ", ".join(f"{type(reason).__name__} from {mirror}" for mirror, reason in zip(published.mirrors, reasons, strict=True))
    by_hand = display_name(target.parent)
    message = f"{file} of {published.name} must come from a mirror, or be put into {by_hand} by hand, got {attempts}"
    raise kind(message) from reasons[-1]


def _retrieve(url: str, path: Path, pooch: ModuleType, *, show: bool) -> Path:
    responses: list[Any] = []
    hooks = {"response": lambda response, **_: responses.append(response)}
    fetch = pooch.HTTPDownloader(progressbar=show, chunk_size=1 << 16, timeout=TIMEOUT_SECONDS, hooks=hooks)
    try:
        with path.open("wb") as file:
            fetch(url, _BoundedFile(file, url), None)
    finally:
        # pooch leaves the connection of a failed download open.
        for response in responses:
            response.close()
    return path
