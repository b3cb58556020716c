"""
Compiled core of digitcompress; use the public names of the digitcompress package.
"""

from __future__ import annotations

def default_threads() -> int:
    """
    Threads a call uses unless told otherwise.
    """

compiler: str
eigen_version: str
level: str

LEVELS: tuple[str, ...]

def best_level() -> str:
    """Best processor level of this machine."""
