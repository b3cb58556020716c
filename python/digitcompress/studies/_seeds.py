"""The random starts of a study."""

from collections.abc import Iterable

from digitcompress._arguments import as_integer
from digitcompress.errors import DataError


def as_seeds(seeds: int | Iterable[int]) -> tuple[int, ...]:
    """Return seeds, each once: as given, or the first so many."""
    if not isinstance(seeds, Iterable):
        return tuple(range(as_integer("seeds", seeds, 1)))
    chosen = tuple(dict.fromkeys(as_integer("seeds", seed, 0) for seed in seeds))
    if not chosen:
        message = "seeds must be at least one, got none"
        raise DataError(message)
    return chosen
