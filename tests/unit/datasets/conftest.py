"""A machine without any copy of a data set, and a small published set to put there."""

import hashlib

import numpy as np
import pytest

from digitcompress.datasets import _loading
from digitcompress.datasets._registry import FILES, PublishedSet
from reference.idx import write_idx


@pytest.fixture
def bare_machine(tmp_path, monkeypatch):
    """An empty home and working directory; no variable points elsewhere."""
    for name in ("DIGITCOMPRESS_DATA", "KERAS_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home" / ".cache"))
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


@pytest.fixture
def arrays():
    """Images and labels of five images for training and three for testing."""
    generator = np.random.default_rng(5)
    train, test = (generator.integers(0, 256, (count, 28, 28), dtype=np.uint8) for count in (5, 3))
    return dict(zip(FILES, (train, np.arange(5, dtype=np.uint8), test, np.arange(3, dtype=np.uint8)), strict=True))


@pytest.fixture
def contents(arrays):
    """The IDX files of the small set."""
    return {name: write_idx(array) for name, array in arrays.items()}


@pytest.fixture
def published(contents, monkeypatch):
    """The small set, published as "mnist" by mirrors that a test may set."""
    digests = tuple(hashlib.sha256(contents[name]).hexdigest() for name in FILES)
    # Nothing listens on port 9 of this machine, so an unwanted download fails at once.
    small = PublishedSet(name="mnist", digests=digests, mirrors=("http://127.0.0.1:9/",), torchvision_name="MNIST")
    monkeypatch.setattr(_loading, "PUBLISHED", {"mnist": small})
    return small
