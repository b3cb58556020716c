"""The files of a study: table, facts and figures."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from digitcompress._extras import import_extra
from digitcompress._files import write_atomically
from digitcompress.studies._files import write_text


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


def write_files(directory: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files into a directory, made when missing."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_atomically(directory / name, lambda stream, content=content: stream.write(content))  # type: ignore[misc]
    return [directory / name for name in contents]
