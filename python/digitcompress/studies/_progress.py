"""A progress bar that never gets in the way."""

import sys
from types import TracebackType
from typing import Any, Literal, Self

Progress = Literal["auto"] | bool

_DRAWING_ERRORS = (OSError, ValueError)


def _is_terminal(stream: Any) -> bool:
    try:
        return stream is not None and bool(stream.isatty())
    except _DRAWING_ERRORS:
        return False


class ProgressBar:
    """A bar on standard error with the time left; drawing errors switch it off."""

    def __init__(self, total: int, *, unit: str, progress: Progress = "auto") -> None:
        show = _is_terminal(sys.stderr) if progress == "auto" else progress
        self._bar: Any = None
        if show and sys.stderr is not None:
            self._draw("__init__", total, unit)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._draw("close")

    def advance(self, amount: int, *, note: str = "") -> None:
        """Count finished work."""
        if self._bar is not None:
            self._draw("advance", amount, note)

    def _draw(self, action: str, *values: Any) -> None:
        try:
            if action == "__init__":
                from tqdm import tqdm

                self._bar = tqdm(total=values[0], unit=f" {values[1]}", unit_scale=True, dynamic_ncols=True, leave=False)
            elif action == "advance":
                self._bar.set_postfix_str(values[1], refresh=False)
                self._bar.update(values[0])
            else:
                self._bar.close()
        except _DRAWING_ERRORS:
            self._bar = None
