"""What other processes take of the processors while something is measured."""

import os
import time
from pathlib import Path

_STATISTICS = Path("/proc/stat")


class OtherLoad:
    """Share of the processors that other processes used since this was made; nan where the system does not tell."""

    def __init__(self) -> None:
        self._start = _reading()

    def share(self) -> float:
        """Return the share in 0..1, all processors of the machine being 1."""
        start, end = self._start, _reading()
        if start is None or end is None:
            return float("nan")
        wall, busy, own = (last - first for first, last in zip(start, end, strict=True))
        return max(0.0, (busy - own) / (wall * (os.cpu_count() or 1))) if wall > 0 else 0.0


def _reading() -> tuple[float, float, float] | None:
    """Return seconds of the clock, of all processors busy, and of this process."""
    try:
        columns = [int(text) for text in _STATISTICS.read_text().partition("\n")[0].split()[1:9]]
    except (OSError, ValueError):
        return None
    idle = columns[3] + columns[4]
    return time.perf_counter(), (sum(columns) - idle) / os.sysconf("SC_CLK_TCK"), time.process_time()
