"""Write files so that a reader finds the old content or the new one, never a part."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

# What open() would give; a temporary file is private otherwise.
_UMASK = os.umask(0)
os.umask(_UMASK)


def write_atomically(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Replace a file by what `write` puts into the stream it is handed."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_UMASK)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Replace a file by a text in UTF-8."""
    write_atomically(path, lambda stream: stream.write(text.encode("utf-8")))
