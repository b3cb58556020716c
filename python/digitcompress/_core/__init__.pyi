"""
Compiled core of digitcompress; use the public names of the digitcompress package.
"""

from __future__ import annotations

import typing

import numpy
import typing_extensions

class CsvReader:
    """
    Reads Kaggle's digit-recognizer format piece by piece.
    """
    def __init__(
        self,
        source: str,
        *,
        labels: bool,
        label_last: bool,
        max_rows: typing.SupportsInt | typing.SupportsIndex,
        expected_bytes: typing.SupportsInt | typing.SupportsIndex,
    ) -> None: ...
    def feed(self, piece: typing_extensions.Buffer) -> None:
        """
        Take the next bytes of the text.
        """
    def finish(self) -> tuple[numpy.ndarray, numpy.ndarray]:
        """
        The images and the labels (empty without labels) of all rows.
        """

def decode_idx(buffer: typing_extensions.Buffer, source: str) -> numpy.ndarray:
    """
    The array in the bytes of a whole IDX file.
    """

def default_threads() -> int:
    """
    Threads a call uses unless told otherwise.
    """

def idx_file_bytes(prefix: typing_extensions.Buffer, source: str) -> int:
    """
    Size of the IDX file that begins with `prefix`, as its header declares it.
    """

IDX_LONGEST_HEADER: int
compiler: str
eigen_version: str
level: str

LEVELS: tuple[str, ...]

def best_level() -> str:
    """Best processor level of this machine."""
