"""Write the files of a study."""

from pathlib import Path

from digitcompress._files import write_atomically


def write_text(path: Path, text: str) -> None:
    """Replace a file by a text in UTF-8."""
    write_atomically(path, lambda stream: stream.write(text.encode("utf-8")))
