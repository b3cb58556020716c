"""The images of a study: which are trained on, which decide, which are only reported."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from digitcompress import datasets
from digitcompress.datasets import Dataset, Split
from digitcompress.errors import DataError
from digitcompress.studies._store import fingerprint

# Where a data set is small, so many of its images are held out at each turn.
HELD_OUT = 0.2


def loaded(data: Any) -> Dataset:
    """Return a data set as it is, or that of a name, of a CSV file or of a folder of IDX files."""
    if isinstance(data, Dataset):
        return data
    if not isinstance(data, (str, Path)):
        message = f"data must be a Dataset, a name or the path of a CSV file or of a folder, got {type(data).__name__}"
        raise TypeError(message)
    if isinstance(data, Path) or (data not in datasets.NAMES and Path(data).suffix):
        return datasets.load_idx(data) if Path(data).is_dir() else datasets.load_csv(data)
    return datasets.load(data)


@dataclass(frozen=True, eq=False)
class StudySplits:
    """Images to train on, images that choose, and images that are read once, at the end."""

    name: str
    source: str
    train: Split
    validation: Split
    test: Split

    @property
    def description(self) -> str:
        """The data in words."""
        counts = f"{len(self.train):,} training, {len(self.validation):,} validation and {len(self.test):,} test images"
        return f"{self.name} from {self.source}: {counts}"

    def digest(self) -> str:
        """Return a digest of all images and labels."""
        return fingerprint(*(array for part in (self.train, self.validation, self.test) for array in part))

    def first(self, train: int, *, test: int | None = None) -> "StudySplits":
        """Return at most so many images of each split: a fifth of `train` for validation."""
        most = {"train": train, "validation": max(1, train // 5), "test": train if test is None else test}
        return replace(self, **{name: getattr(self, name)[:count] for name, count in most.items()})

    def deslanted(self) -> "StudySplits":
        """Return the same digits without their slant."""
        return replace(self, train=self.train.deslanted(), validation=self.validation.deslanted(), test=self.test.deslanted())


def study_splits(data: Any, *, validation: int) -> StudySplits:
    """Return the three splits of a data set, of a name or of a path.

    Validation images come from the training images, `validation` of them and at most a fifth. A data set without test images lends
    its validation images to the test, or else another fifth.
    """
    given = loaded(data)
    if given.test is None:
        given = given if given.validation is not None else given.take(development=HELD_OUT)
        given = replace(given, validation=None, test=given.validation)
    if given.validation is None:
        available = 0 if given.train is None else len(given.train)
        given = given.take(development=max(1, min(validation, int(HELD_OUT * available))))
    parts = {"train": given.train, "validation": given.validation, "test": given.test}
    if any(part is None or part.labels is None for part in parts.values()):
        message = f"data: every image must have a label, got {given!r}"
        raise DataError(message)
    return StudySplits(given.name, given.source, **parts)  # type: ignore[arg-type]
