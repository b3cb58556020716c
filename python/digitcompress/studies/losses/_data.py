"""The images of the study: which are trained on, which decide."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import datasets
from digitcompress.errors import DataError
from digitcompress.studies._splits import loaded
from digitcompress.studies.losses._plan import Counts

DEVELOPMENT = 1_000
FULL_SETS = {"mnist", "fashion-mnist"}
# As many as Kaggle's file has, which is what the source read.
FULL_COUNT = 42_000
EXAMPLES = 10


@dataclass(frozen=True, eq=False)
class StudyData:
    """Development, training and test images in this order, in one array that all jobs share."""

    description: str
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    counts: Counts

    @property
    def examples(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The first development image of each digit."""
        places = example_places(self.labels[: self.counts.development])
        return self.images[places], self.labels[places]


def example_places(labels: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return where the first image of each digit is."""
    _, places = np.unique(labels, return_index=True)
    return places


def study_data(data: Any) -> StudyData:
    """Return the images of a data set, of a name or of a file as the study uses them."""
    source = loaded(data)
    if isinstance(data, str) and data in FULL_SETS:
        source = source.take(FULL_COUNT, development=DEVELOPMENT, seed=0)
    if source.validation is None:
        count = 0 if source.train is None else len(source.train)
        source = source.take(development=min(DEVELOPMENT, max(1, count // 5)), seed=0)
    return _arranged(source)


def _arranged(data: datasets.Dataset) -> StudyData:
    parts = [part for part in (data.validation, data.train, data.test) if part is not None]
    if any(part.labels is None for part in parts):
        message = f"data: every image must have a label, got {data!r}"
        raise DataError(message)
    if len({part.images.shape[1:] for part in parts}) > 1:
        message = f"data: all images must have the same size, got {data!r}"
        raise DataError(message)
    counts = Counts(*(0 if part is None else len(part) for part in (data.validation, data.train, data.test)))
    images = np.concatenate([part.images for part in parts])
    labels = np.concatenate([part.labels for part in parts if part.labels is not None])
    sizes = f"{counts.train:,} training, {counts.development:,} development and {counts.test:,} test images"
    return StudyData(f"{data.name} from {data.source}: {sizes}", images, labels, counts)
