"""All of MNIST, where the user has it."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from digitcompress.datasets import _search, load, load_csv
from digitcompress.datasets._registry import FILES
from reference.idx import read_idx

ROOT = os.environ.get("DIGITCOMPRESS_DATA")

pytestmark = pytest.mark.skipif(
    ROOT is None or not (Path(ROOT) / "mnist").is_dir(), reason="needs MNIST in the directory that DIGITCOMPRESS_DATA names"
)


@pytest.fixture(scope="module")
def mnist():
    return load("mnist", fetch_missing=False)


def reference_array(name):
    content = _search.find_idx_file(Path(ROOT) / "mnist", name).read_bytes()
    return read_idx(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content)


def test_all_images_and_labels_are_read(mnist):
    arrays = (*mnist.train, *mnist.test)
    for name, array in zip(FILES, arrays, strict=True):
        np.testing.assert_array_equal(array, reference_array(name))
    assert mnist.source.startswith("DIGITCOMPRESS_DATA (")


def test_the_study_s_draw_is_one_expression(mnist):
    study = mnist.take(42_000, development=1_000, seed=0)
    assert (len(study.train), len(study.validation), len(study.test)) == (41_000, 1_000, 10_000)
    assert np.bincount(study.train.labels, minlength=10).min() > 3_000


def test_csv_of_real_digits_is_read_back(mnist, tmp_path):
    images, labels = mnist.train[slice(2_000)]
    np.savetxt(tmp_path / "train.csv", np.column_stack([labels, images.reshape(-1, 784)]), fmt="%d", delimiter=",")
    found = load_csv(tmp_path / "train.csv").train
    np.testing.assert_array_equal(found.images, images)
    np.testing.assert_array_equal(found.labels, labels)
