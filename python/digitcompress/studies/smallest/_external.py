"""Pictures of the user's own: what the trained networks see in them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from digitcompress import datasets
from digitcompress._files import display_name
from digitcompress.errors import DataError
from digitcompress.network import from_bytes
from digitcompress.studies._record import Record
from digitcompress.studies.smallest._cells import Cell

# So many are kept in the results, to be drawn.
DRAWN = 20


@dataclass(frozen=True, eq=False)
class ExternalImages:
    """Labelled pictures, centred as MNIST's, and the files that could not be read with the reason."""

    folder: str
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    failures: dict[str, str] = field(default_factory=dict)

    def predictions(self, cell: Cell, record: Record) -> NDArray[np.int64]:
        """Return what the finished network of a training sees."""
        images = datasets.deslant(self.images) if cell.recipe.deslanted else self.images
        return np.asarray(from_bytes(record.arrays["network"].tobytes()).predict(images), dtype=np.int64)

    def accuracy(self, cell: Cell, record: Record) -> float:
        """Return the share that the finished network of a training gets right."""
        return float(np.mean(self.predictions(cell, record) == self.labels))

    def results(self) -> dict[str, Any]:
        """Return what the results keep of the pictures, as plain values."""
        drawn = {"labels": self.labels[:DRAWN].tolist(), "images": self.images[:DRAWN].tolist()}
        return {"folder": self.folder, "count": len(self.labels), "failures": self.failures, **drawn}


def read_external(folder: str | Path) -> ExternalImages:
    """Read a folder of pictures; a file that cannot be read is listed and does not stop the others."""
    place = Path(folder)
    if not place.is_dir():
        message = f"images: {str(folder)!r} must be a folder of pictures, got {'a file' if place.exists() else 'nothing of that name'}"
        raise DataError(message)
    data = datasets.load_images(place)
    images, labels = cast("datasets.Split", data.train)
    failures = {
        str(Path(path).relative_to(place)): str(error).removeprefix(f"{display_name(path)}: ") for path, error in data.failures.items()
    }
    return ExternalImages(place.resolve().name, images, labels, failures)
