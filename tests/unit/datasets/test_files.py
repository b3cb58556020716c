"""Files of every kind: compressed, damaged, hostile, or no files at all."""

import errno
import gzip
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

import digitcompress as dc
from digitcompress.datasets import load_csv, read_idx
from digitcompress.datasets._files import PIECE_BYTES, open_source
from reference.idx import write_idx

ARRAY = np.random.default_rng(0).integers(0, 256, (40, 28, 28), dtype=np.uint8)
CSV = b"\n".join(b"3," + b",".join(b"%d" % pixel for pixel in image.ravel()) for image in ARRAY)
READERS = {"idx": (read_idx, write_idx(ARRAY)), "csv": (load_csv, CSV)}
DESCRIPTORS = Path("/proc/self/fd")

pytestmark = pytest.mark.parametrize(("read", "content"), READERS.values(), ids=READERS)


def flip(content, place):
    damaged = bytearray(content)
    damaged[place] ^= 0xFF
    return bytes(damaged)


DAMAGED_GZIP = {
    "truncated": (lambda packed: packed[:-9], dc.IntegrityError, "must end with its checksum, got the end of the file"),
    "trailer_cut": (lambda packed: packed[:-1], dc.IntegrityError, "must end with its checksum"),
    "header_only": (lambda packed: packed[:10], dc.IntegrityError, "must end with its checksum, got the end of the file after 10 bytes"),
    "bad_crc": (lambda packed: flip(packed, -8), dc.IntegrityError, "incorrect data check"),
    "bad_length": (lambda packed: flip(packed, -4), dc.IntegrityError, "incorrect length check"),
    "bad_method": (lambda packed: flip(packed, 2), dc.IntegrityError, "unknown compression method"),
    "two_members": (lambda packed: packed + gzip.compress(b"x"), dc.FormatError, "got a second member behind it"),
    "garbage_behind": (lambda packed: packed + b"garbage", dc.FormatError, "got other bytes behind it"),
    "zeros_behind": (lambda packed: packed + bytes(512), dc.FormatError, "got other bytes behind it"),
    "nested": (gzip.compress, dc.FormatError, "magic must be|text must"),
}


@pytest.mark.parametrize(("damage", "kind", "message"), DAMAGED_GZIP.values(), ids=DAMAGED_GZIP)
def test_damaged_gzip_is_refused(tmp_path, read, content, damage, kind, message):
    path = tmp_path / "digits.gz"
    path.write_bytes(damage(gzip.compress(content)))
    with pytest.raises(kind, match=message):
        read(path)


@pytest.mark.parametrize(("name", "compress"), [("plain.gz", False), ("packed", True)])
def test_content_decides_not_the_name(tmp_path, read, content, name, compress):
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if compress else content)
    plain = tmp_path / "plain"
    plain.write_bytes(content)
    found, expected = ((value.train.images if isinstance(value, dc.datasets.Dataset) else value) for value in (read(path), read(plain)))
    np.testing.assert_array_equal(found, ARRAY)
    np.testing.assert_array_equal(expected, ARRAY)


def test_gzip_bomb_is_refused(tmp_path, read, content):
    bomb = write_idx(np.zeros((1 << 10, 1 << 14), np.uint8)) if read is read_idx else (b"0" + b",0" * 784 + b"\n") * (1 << 14)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bomb))
    with pytest.raises(dc.LimitError, match="must expand at most 100-fold"):
        read(path)


def test_gzip_is_capped_by_what_the_content_declares(tmp_path, read, content):
    path = tmp_path / "long.gz"
    path.write_bytes(gzip.compress(content + b"\n\nx" + np.random.default_rng(1).bytes(5 * PIECE_BYTES)))
    with pytest.raises(dc.FormatError, match=r"long.gz: .*(must have 31376 bytes as its header declares, got at least|blank lines)"):
        read(path)


def zip_archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("train.csv", CSV)
    return file.getvalue()


OTHER_FORMATS = {
    "zip": (zip_archive(), "a zip archive"),
    "png": (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    "npy": (b"\x93NUMPY\x01\x00", "a NumPy file"),
    "html": (b"<!DOCTYPE html><html>", "a web page"),
}


@pytest.mark.parametrize(("other", "kind"), OTHER_FORMATS.values(), ids=OTHER_FORMATS)
def test_other_format_is_named(tmp_path, read, content, other, kind):
    path = tmp_path / "digits"
    path.write_bytes(other)
    with pytest.raises(dc.FormatError, match=f"digits: .* got {kind}"):
        read(path)


def test_missing_file_and_directory_keep_errno_and_name(tmp_path, read, content):
    with pytest.raises(FileNotFoundError) as missing:
        read(tmp_path / "missing")
    assert (missing.value.errno, missing.value.filename) == (errno.ENOENT, str(tmp_path / "missing"))
    with pytest.raises(IsADirectoryError) as directory:
        read(tmp_path)
    assert (directory.value.errno, directory.value.filename) == (errno.EISDIR, str(tmp_path))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_unreadable_file_keeps_errno(tmp_path, read, content):
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(0)
    with pytest.raises(PermissionError):
        read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_fifo_is_refused_without_waiting(tmp_path, read, content):
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(dc.DataError, match="fifo: must be a regular file"):
        read(tmp_path / "fifo")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_endless_device_is_refused(read, content):
    with pytest.raises(dc.DataError, match="/dev/zero: must be a regular file"):
        read("/dev/zero")


def test_growing_file_is_read_as_it_was_when_opened(tmp_path, read, content):
    path = tmp_path / "growing"
    path.write_bytes(content)
    with open_source(path) as source, path.open("ab") as more:
        more.write(content)
        more.flush()
        assert b"".join(map(bytes, source.pieces)) == content


def test_shrinking_file_is_refused_or_its_prefix(tmp_path, read, content):
    path = tmp_path / "shrinking"
    path.write_bytes(content)
    with open_source(path) as source:
        os.truncate(path, 1000)
        prefix = b"".join(map(bytes, source.pieces))
    assert prefix == content[:1000]
    with pytest.raises(dc.FormatError):
        read(path)


@pytest.mark.parametrize("name", ["tab\there", "line\nbreak", "escape\x1b[31m", "x" * 250])
def test_message_is_short_and_printable_whatever_the_name(tmp_path, read, content, name):
    path = tmp_path / name
    path.write_bytes(b"\x01\x02\x1b[31m\xff\0" * 100)
    with pytest.raises(dc.FormatError) as refusal:
        read(path)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) <= 500


def test_no_descriptor_is_left(tmp_path, read, content):
    path = tmp_path / "digits"
    path.write_bytes(gzip.compress(content)[:-9])
    if not DESCRIPTORS.is_dir():
        pytest.skip("needs /proc")
    before = len(list(DESCRIPTORS.iterdir()))
    for _ in range(5):
        with pytest.raises(dc.IntegrityError):
            read(path)
    assert len(list(DESCRIPTORS.iterdir())) == before
