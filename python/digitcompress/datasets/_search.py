"""Copies of the published data sets that users already have, in the order in which they are tried."""

import errno
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from digitcompress._files import display_name
from digitcompress.datasets._dataset import Dataset
from digitcompress.datasets._idx import find_idx_file, read_idx_bytes
from digitcompress.datasets._keras_archive import read_keras_archive
from digitcompress.datasets._registry import FILES, PublishedSet
from digitcompress.errors import Error

logger = logging.getLogger("digitcompress.datasets")

ENVIRONMENT_VARIABLE = "DIGITCOMPRESS_DATA"
TORCHVISION_ROOTS = ("data", "datasets", "~/data", "~/datasets", "~/.torch/datasets", "~/.cache/torch/datasets")


@dataclass(frozen=True)
class Place:
    """Where a copy may be; a damaged copy is an error where the user asked for it, and is passed over elsewhere."""

    owner: str
    path: Path
    explicit: bool = False

    def __str__(self) -> str:
        return f"{self.owner} ({display_name(self.path)})"

    def exists(self) -> bool:
        """Whether all files of a copy are there; an unreadable directory holds none."""
        try:
            if self.path.suffix == ".npz":
                return self.path.is_file()
            return all(find_idx_file(self.path, name) for name in FILES)
        except OSError:
            return False

    def read(self, published: PublishedSet) -> Dataset:
        """Read and verify the copy."""
        if self.path.suffix == ".npz":
            contents = read_keras_archive(self.path)
        else:
            contents = {name: read_idx_bytes(find_idx_file(self.path, name) or self.path / name) for name in FILES}
        for name, content in contents.items():
            published.verify(name, content, str(self))
        return published.assemble(contents, str(self))


def cache_directory(name: str) -> Path:
    """Return our own cache; it is where pooch would put it, even when pooch is not installed."""
    try:
        from pooch import os_cache
    except ModuleNotFoundError:
        return Path("~/.cache/digitcompress").expanduser() / name
    return Path(os_cache("digitcompress")) / name


def places(published: PublishedSet, data_dir: Path | None) -> Iterator[Place]:
    """Yield every place to look at, the most explicit first."""
    name = published.name
    if data_dir is not None:
        yield Place("data_dir", data_dir / name, explicit=True)
        yield Place("data_dir", data_dir, explicit=True)
        return
    if root := os.environ.get(ENVIRONMENT_VARIABLE):
        yield Place(ENVIRONMENT_VARIABLE, Path(root) / name, explicit=True)
    yield Place("cache", cache_directory(name))
    for root in TORCHVISION_ROOTS:
        yield Place("torchvision", Path(root).expanduser() / published.torchvision_name / "raw")
    keras = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"
    yield Place("Keras", keras / f"{name}.npz")
    yield Place("Keras", keras / name)
    yield Place("system", Path("/usr/share/datasets") / name)


def find_copy(published: PublishedSet, data_dir: Path | None) -> Dataset | None:
    """Return the first intact copy on this machine, or None.

    Raises
    ------
    IntegrityError
        If the copy in `data_dir` or in $DIGITCOMPRESS_DATA is not the published one.
    FileNotFoundError
        If `data_dir` holds no copy.
    """
    for place in places(published, data_dir):
        if not place.exists():
            continue
        try:
            return place.read(published)
        except (Error, OSError) as error:
            if place.explicit:
                raise
            logger.warning("passing over a damaged copy of %s: %s", published.name, error)
    if data_dir is not None:
        raise FileNotFoundError(errno.ENOENT, f"no complete copy of {published.name}", str(data_dir))
    return None
