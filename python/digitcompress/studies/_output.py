"""The files of a study: table, facts and figures."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from digitcompress._extras import import_extra
from digitcompress._files import display_name, read_whole, write_atomically
from digitcompress.errors import FormatError
from digitcompress.studies._files import write_text

MAX_BYTES = 64 << 20


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: nan and infinity become None."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write a tidy table, one line for each row."""
    pandas = import_extra("pandas", extra="study", purpose="writing the table")
    write_text(path, pandas.DataFrame(list(rows)).to_csv(index=False, lineterminator="\n"))
    return path


def write_json(path: Path, content: Mapping[str, Any]) -> Path:
    """Write facts and results as JSON."""
    write_text(path, json.dumps(plain(content), indent=1, allow_nan=False) + "\n")
    return path


def read_results(path: str | Path, study: str) -> dict[str, Any]:
    """Return what a ``results.json``, or the one in a folder, holds of a study."""
    file = Path(path) / "results.json" if Path(path).is_dir() else path
    try:
        content: dict[str, Any] = json.loads(read_whole(file, MAX_BYTES))
        if content["study"] == study:
            return content
        found: Exception = ValueError(f"those of {content['study']!r:.50}")
    except (KeyError, TypeError, ValueError) as error:
        found = error
    raise no_results(file, study, found)


def no_results(path: str | Path, study: str, found: Exception) -> FormatError:
    """Return the error about a file that does not hold the results of a study."""
    return FormatError(f"{display_name(path)}: must be the results.json of the study {study!r}, got {type(found).__name__}: {found!s:.100}")


def write_files(directory: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files into a directory, made when missing."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_atomically(directory / name, lambda stream, content=content: stream.write(content))  # type: ignore[misc]
    return [directory / name for name in contents]
