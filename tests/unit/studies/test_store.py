"""Finished jobs on disk."""

import numpy as np
import pytest

from digitcompress.studies._record import Record
from digitcompress.studies._store import RecordStore, fingerprint, job_key


@pytest.fixture
def record():
    return Record({"accuracy": 0.25, "note": None}, {"step": np.arange(5), "loss": np.array([1.5, np.nan])})


@pytest.fixture
def store(tmp_path):
    return RecordStore(tmp_path / "cells")


def test_a_record_comes_back_as_it_was(store, record):
    store.save("0a", record)
    assert store.load("0a").equals(record)


def test_an_unknown_key_is_missing(store):
    assert store.load("0a") is None


def test_arrays_without_their_seal_are_missing(store, record):
    store.save("0a", record)
    (store.directory / "0a.json").unlink()
    assert store.load("0a") is None


def truncate(path):
    path.write_bytes(path.read_bytes()[:-3])


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path):
    path.write_bytes(b"")


def swap_for_a_list(path):
    path.write_bytes(b"[1]")


@pytest.mark.parametrize("suffix", ["npz", "json"])
@pytest.mark.parametrize("damage", [truncate, empty, swap_for_a_list, lambda path: path.unlink()], ids=["short", "empty", "list", "gone"])
def test_a_damaged_record_is_missing_with_a_warning(store, record, suffix, damage, recwarn):
    store.save("0a", record)
    path = store.directory / f"0a.{suffix}"
    damage(path)
    if suffix == "json" and not path.exists():
        assert store.load("0a") is None
        return
    with pytest.warns(RuntimeWarning, match="0a: a damaged file of a finished job, computed again"):
        assert store.load("0a") is None


def test_a_flipped_bit_in_the_arrays_is_seen(store, record):
    store.save("0a", record)
    flip_a_bit(store.directory / "0a.npz")
    with pytest.warns(RuntimeWarning, match="SHA-256"):
        assert store.load("0a") is None


def test_a_record_can_be_saved_again_over_a_damaged_one(store, record):
    store.save("0a", record)
    empty(store.directory / "0a.npz")
    store.save("0a", record)
    assert store.load("0a").equals(record)


def test_saving_leaves_no_other_files(store, record):
    store.save("0a", record)
    assert sorted(path.name for path in store.directory.iterdir()) == ["0a.json", "0a.npz"]


def test_a_failed_write_keeps_the_old_file(tmp_path):
    from digitcompress._files import write_atomically
    from digitcompress.studies._files import write_text

    path = tmp_path / "note.txt"
    write_text(path, "old")

    def fail(stream):
        stream.write(b"half")
        message = "no space"
        raise OSError(message)

    with pytest.raises(OSError, match="no space"):
        write_atomically(path, fail)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.parametrize("other", [np.arange(6).reshape(2, 3), np.arange(6.0), np.arange(7), np.arange(6)[::-1]])
def test_the_fingerprint_sees_type_shape_and_values(other):
    assert fingerprint(np.arange(6)) != fingerprint(other)
    assert fingerprint(np.arange(6)) == fingerprint(np.arange(12)[:6])


def test_the_key_depends_on_config_and_context():
    keys = {job_key({"a": 1}), job_key({"a": 2}), job_key({"a": 1}, "x"), job_key({"b": 1})}
    assert len(keys) == 4
    assert job_key({"a": 1, "b": 2}) == job_key({"b": 2, "a": 1})
