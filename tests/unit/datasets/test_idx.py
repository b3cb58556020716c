"""IDX files: what is read, and how everything else is refused."""

import gzip
import struct

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import digitcompress as dc
from digitcompress import _core
from digitcompress.datasets import load_idx, read_idx
from reference.idx import read_idx as reference_read
from reference.idx import write_idx

DTYPES = ("u1", "i1", "i2", "i4", "f4", "f8")
arrays = st.sampled_from(DTYPES).flatmap(lambda name: hnp.arrays(name, hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5)))
IMAGES = np.arange(3 * 784, dtype=np.uint32).astype(np.uint8).reshape(3, 28, 28)
LABELS = np.array([7, 0, 9], np.uint8)


def header(magic, *dimensions):
    return struct.pack(f">{1 + len(dimensions)}I", magic, *dimensions)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("idx") / "file"


@settings(deadline=None)
@given(array=arrays, compress=st.booleans())
def test_array_survives_the_round_trip(scratch, array, compress):
    content = write_idx(array)
    scratch.write_bytes(gzip.compress(content) if compress else content)
    found = read_idx(scratch)
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)
    np.testing.assert_array_equal(found, reference_read(content))


@settings(deadline=None)
@given(content=st.binary(max_size=64) | st.binary(max_size=32).map(lambda tail: header(0x00000803, 2, 3, 4) + tail))
@example(content=b"")
def test_garbage_is_read_or_refused(scratch, content):
    scratch.write_bytes(content)
    try:
        found = read_idx(scratch)
    except dc.FormatError:
        return
    assert write_idx(found) == content


def test_array_outlives_the_buffer_and_is_writable(tmp_path):
    buffer = bytearray(write_idx(IMAGES))
    array = _core.decode_idx(buffer, "buffer")
    buffer[:] = bytes(len(buffer))
    np.testing.assert_array_equal(array, IMAGES)
    array[0, 0, 0] = 255
    assert array.flags.c_contiguous


MALFORMED = {
    "empty": (b"", r"magic of 4 bytes, got 0 bytes"),
    "three_bytes": (b"\0\0\x08", "magic of 4 bytes, got 3 bytes"),
    "magic_not_zero": (header(0x01000801, 1) + b"\0", "got 0x01000801"),
    "type_00": (header(0x00000001, 1) + b"\0", "element type 08, 09, 0B, 0C, 0D or 0E.* got 0x00000001"),
    "type_0a": (header(0x00000A01, 1) + b"\0", "got 0x00000a01"),
    "type_0f": (header(0x00000F01, 1) + b"\0", "got 0x00000f01"),
    "no_dimensions": (header(0x00000800) + b"\0", r"1 to 4 dimensions, got 0 \(magic 0x00000800\)"),
    "five_dimensions": (header(0x00000805, 1, 1, 1, 1, 1) + b"\0", "1 to 4 dimensions, got 5"),
    "255_dimensions": (header(0x000008FF, 1), "1 to 4 dimensions, got 255"),
    "header_cut": (header(0x00000803, 1), "header must have 16 bytes, got 8"),
    "payload_short_by_one": (header(0x00000801, 30) + bytes(29), "must have 38 bytes as its header declares, got 37"),
    "payload_long_by_one": (header(0x00000801, 30) + bytes(31), "must have 38 bytes as its header declares, got 39"),
    "tiny_payload_long_by_one": (header(0x00000801, 2) + bytes(3), "must have 10 bytes as its header declares, got 11"),
}
HUGE = 2**32 - 1
OVERSIZED = {
    "product_wraps": (HUGE, HUGE, HUGE, HUGE),
    "product_wraps_to_four": (4194305, 4194305, 2**20, 2**20),
    "zero_hides_a_wrap": (0, HUGE, HUGE, HUGE),
    "more_than_the_cap": (3, 2**30),
}


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize(("content", "message"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_file_is_refused(tmp_path, content, message, compress):
    path = tmp_path / "bad"
    path.write_bytes(gzip.compress(content) if compress else content)
    with pytest.raises(
        dc.FormatError, match="bad: .*" + message.replace("got 39", "got (at least )?39").replace("got 11", "got (at least )?11")
    ):
        read_idx(path)


@pytest.mark.parametrize("shape", OVERSIZED.values(), ids=OVERSIZED)
@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gz"])
def test_oversized_declaration_is_refused_before_any_allocation(tmp_path, shape, compress):
    content = header(0x00000E00 | len(shape), *shape) + bytes(16)
    path = tmp_path / "huge"
    path.write_bytes(gzip.compress(content) if compress else content)
    with pytest.raises(dc.LimitError, match=r"huge: .*(must fit in memory|must have at most max_bytes=)"):
        read_idx(path)


def test_many_items_in_a_tiny_file_are_refused(tmp_path):
    path = tmp_path / "tiny"
    path.write_bytes(header(0x00000801, 2**31 - 100) + bytes(12))
    with pytest.raises(dc.FormatError, match="must have 2147483556 bytes as its header declares, got 20"):
        read_idx(path)


def test_max_bytes_can_be_lowered(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(write_idx(IMAGES))
    with pytest.raises(dc.LimitError, match="max_bytes=2000 bytes, got a header that declares 2368"):
        read_idx(path, max_bytes=2_000)


def write_pair(directory, images, labels, prefix="train", suffix=""):
    for name, array in (("images-idx3-ubyte", images), ("labels-idx1-ubyte", labels)):
        content = write_idx(array)
        (directory / f"{prefix}-{name}{suffix}").write_bytes(gzip.compress(content) if suffix else content)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_directory_is_loaded(tmp_path, suffix):
    write_pair(tmp_path, IMAGES, LABELS, suffix=suffix)
    write_pair(tmp_path, IMAGES[:2], LABELS[:2].astype(np.int32), "t10k", suffix)
    data = load_idx(tmp_path)
    np.testing.assert_array_equal(data.train.images, IMAGES)
    np.testing.assert_array_equal(data.train.labels, LABELS)
    np.testing.assert_array_equal(data.test.labels, LABELS[:2])
    assert data.test.labels.dtype == np.int64
    assert data.validation is None


def test_directory_may_have_one_pair_and_dotted_names(tmp_path):
    (tmp_path / "t10k-images.idx3-ubyte").write_bytes(write_idx(IMAGES))
    (tmp_path / "t10k-labels.idx1-ubyte").write_bytes(write_idx(LABELS))
    data = load_idx(tmp_path)
    assert data.train is None
    np.testing.assert_array_equal(data.test.images, IMAGES)


def test_validation_is_the_front_of_the_shuffle(tmp_path):
    write_pair(tmp_path, IMAGES, LABELS)
    data, whole = load_idx(tmp_path, validation=1, seed=4), load_idx(tmp_path).take(seed=4)
    np.testing.assert_array_equal(data.validation.images, whole.train.images[:1])
    np.testing.assert_array_equal(data.train.labels, whole.train.labels[1:])


UNFIT = {
    "images_given_as_labels": (IMAGES, IMAGES, dc.FormatError, "labels must be 0x00000801 .* got 0x00000803"),
    "labels_given_as_images": (LABELS, LABELS, dc.FormatError, "images must be 0x00000803, got 0x00000801"),
    "images_int32": (IMAGES.astype("i4"), LABELS, dc.FormatError, "images must be 0x00000803, got 0x00000c03"),
    "labels_float": (IMAGES, LABELS.astype("f4"), dc.FormatError, "labels must be 0x00000801 .* got 0x00000d01"),
    "counts_differ": (IMAGES, LABELS[:2], dc.FormatError, "got 3 images and 2 labels"),
    "no_items": (IMAGES[:0], LABELS[:0], dc.DataError, r"at least one image with pixels, got the shape \(0, 28, 28\)"),
    "no_pixels": (IMAGES[:, :0, :0], LABELS, dc.DataError, r"at least one image with pixels, got the shape \(3, 0, 0\)"),
    "other_size": (IMAGES[:, :20, :20], LABELS, dc.ShapeError, "must be 28 x 28, got 20 x 20; .*resize"),
    "label_above_nine": (IMAGES, LABELS + np.uint8(1), dc.DataError, "digits 0..9, got 10 at index 2"),
    "label_negative": (IMAGES, LABELS.astype("i1") - np.int8(1), dc.DataError, "digits 0..9, got -1 at index 1"),
}


@pytest.mark.parametrize(("images", "labels", "kind", "message"), UNFIT.values(), ids=UNFIT)
def test_unfit_pair_is_refused(tmp_path, images, labels, kind, message):
    write_pair(tmp_path, images, labels)
    with pytest.raises(kind, match=message):
        load_idx(tmp_path)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="train-images-idx3-ubyte"):
        load_idx(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(write_idx(IMAGES))
    with pytest.raises(FileNotFoundError, match="train-labels-idx1-ubyte"):
        load_idx(tmp_path)
