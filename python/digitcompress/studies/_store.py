"""Finished jobs, kept as files so that a study can be stopped and taken up again."""

import hashlib
import io
import json
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._files import write_atomically
from digitcompress.errors import IntegrityError
from digitcompress.studies._files import write_text
from digitcompress.studies._record import Record

_READ_ERRORS = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)


def fingerprint(*arrays: NDArray[Any]) -> str:
    """Return a digest of arrays: their types, shapes and contents."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def job_key(config: Mapping[str, Any], *context: str) -> str:
    """Return the name under which the outcome of a job is kept."""
    text = json.dumps([config, *context], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class RecordStore:
    """A directory of finished jobs, each a pair of files: ``<key>.npz`` and then, as its seal, ``<key>.json``."""

    def __init__(self, directory: Path | None) -> None:
        self.directory = directory
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)

    def save(self, key: str, record: Record) -> None:
        """Keep the outcome of a job."""
        if self.directory is None:
            return
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **record.arrays)  # type: ignore[arg-type]
        content = buffer.getvalue()
        write_atomically(self.directory / f"{key}.npz", lambda stream: stream.write(content))
        seal = {"sha256": hashlib.sha256(content).hexdigest(), "values": record.values}
        write_text(self.directory / f"{key}.json", json.dumps(seal, indent=1))

    def load(self, key: str) -> Record | None:
        """Return the outcome of a job, or None when it has to be computed.

        A damaged pair of files counts as missing, with a warning.
        """
        if self.directory is None or not (self.directory / f"{key}.json").exists():
            return None
        try:
            return self._read(self.directory / f"{key}.json", self.directory / f"{key}.npz")
        except _READ_ERRORS as error:
            warnings.warn(
                f"{self.directory / key}: a damaged file of a finished job, computed again ({error})", RuntimeWarning, stacklevel=2
            )
            return None

    def _read(self, seal_path: Path, arrays_path: Path) -> Record:
        seal = json.loads(seal_path.read_bytes())
        content = arrays_path.read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if found != seal["sha256"]:
            message = f"{arrays_path.name}: must have the SHA-256 {seal['sha256']}, got {found}"
            raise IntegrityError(message)
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return Record(dict(seal["values"]), {name: archive[name] for name in archive.files})
