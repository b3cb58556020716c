"""Find the best epoch by one of its values."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.errors import DataError


class Monitor:
    """Remembers the best value of a log; accuracies shall rise, everything else shall fall."""

    def __init__(self, where: str, name: Any, min_delta: float = 0.0) -> None:
        if not isinstance(name, str):
            message = f"{where}: monitor must be the name of a log, got {name!r}"
            raise TypeError(message)
        self._where, self._name, self._min_delta = where, name, min_delta
        self._sign = -1.0 if name.endswith("accuracy") else 1.0
        self.best: float | None = None

    def state(self) -> NDArray[np.float64]:
        """Return the best value as an array, which may be empty or infinite."""
        return np.array([] if self.best is None else [self.best], dtype=np.float64)

    def restore(self, state: NDArray[np.float64]) -> None:
        """Take a state over."""
        self.best = float(state[0]) if len(state) else None

    def improves(self, logs: Mapping[str, float]) -> bool:
        """Return whether an epoch is better than the best one by more than `min_delta`, and remember it then."""
        if self._name not in logs:
            hint = "; it needs validation data" if self._name.startswith("val_") else ""
            message = f"{self._where}: monitor must be one of {', '.join(logs)}, got {self._name!r}{hint}"
            raise DataError(message)
        value = logs[self._name]
        improved = value == value if self.best is None else self._sign * (self.best - value) > self._min_delta  # noqa: PLR0124  not nan
        if improved:
            self.best = value
        return improved
