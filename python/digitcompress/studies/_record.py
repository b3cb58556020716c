"""What one finished job of a study leaves behind."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Record:
    """The outcome of one job: plain values for JSON and named arrays."""

    values: dict[str, Any]
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)

    def equals(self, other: "Record") -> bool:
        """Return whether both hold the same values and the same arrays, bit for bit."""
        if self.values != other.values or self.arrays.keys() != other.arrays.keys():
            return False
        return all(np.array_equal(array, other.arrays[name], equal_nan=array.dtype.kind == "f") for name, array in self.arrays.items())
