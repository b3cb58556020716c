"""A damaged file is refused: every bit flip, every truncation, torn writes, other formats, and bytes at random."""

import io
import pickle
import time
import zipfile

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import digitcompress as dc
from digitcompress._sealed import MAX_HEADER_BYTES
from digitcompress.network import from_bytes, to_bytes

SMALL = to_bytes(dc.prepare(dc.models.mlp([3, 2], seed=1), [dc.Pruning(0.5), dc.Quantization(weights=3)]))
START = 8 + int.from_bytes(SMALL[:8], "little")
LARGE = to_bytes(dc.models.mlp([784, 30, 10], seed=1))
BLOCK = 4096


def refused(content, kind=dc.FormatError):
    with pytest.raises(kind) as refusal:
        from_bytes(content, "net")
    assert str(refusal.value).startswith("net: ")
    assert len(str(refusal.value)) <= 500
    assert str(refusal.value).isprintable()
    return refusal.value


def test_the_undamaged_file_is_read():
    assert from_bytes(SMALL).node_names == ("flatten1", "fc1")


def test_every_truncation_is_refused():
    for length in range(len(SMALL)):
        error = refused(SMALL[:length])
        assert isinstance(error, dc.IntegrityError)


def test_every_flip_of_a_bit_is_refused():
    damaged = bytearray(SMALL)
    for place in range(len(SMALL)):
        for bit in range(8):
            damaged[place] ^= 1 << bit
            refused(bytes(damaged))
            damaged[place] ^= 1 << bit


@pytest.mark.parametrize("place", range(START, len(SMALL), 4))
def test_damage_in_the_arrays_is_named_as_such(place):
    error = refused(SMALL[:place] + bytes([SMALL[place] ^ 1]) + SMALL[place + 1 :], dc.IntegrityError)
    assert "arrays must match their SHA-256 checksum" in str(error)


def test_damage_in_the_structure_is_named_as_such():
    place = SMALL.index(b"Pruning")
    error = refused(SMALL[:place] + b"p" + SMALL[place + 1 :], dc.IntegrityError)
    assert "header must match its SHA-256 checksum" in str(error)


@pytest.mark.parametrize("first", range(0, len(LARGE), BLOCK))
def test_torn_writes_are_refused(first):
    last = min(first + BLOCK, len(LARGE))
    refused(LARGE[:first] + bytes(last - first) + LARGE[last:])
    other = (first + BLOCK) % (len(LARGE) // BLOCK * BLOCK)
    if first + BLOCK <= len(LARGE) and other != first:
        swapped = bytearray(LARGE)
        swapped[first:last], swapped[other : other + BLOCK] = LARGE[other : other + BLOCK], LARGE[first:last]
        refused(bytes(swapped))


@pytest.mark.parametrize("more", [b"\0", b"x" * 100, SMALL], ids=["zero", "garbage", "a second file"])
def test_bytes_behind_the_file_are_refused(more):
    refused(SMALL + more, dc.IntegrityError)


def zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("net", SMALL)
    return file.getvalue()


OTHERS = {
    "empty": (b"", "got the end of the file after 0 bytes"),
    "pickle": (pickle.dumps({"weight": [1.0, 2.0, 3.0]}), "got a pickle, which is never loaded"),
    "zip": (zipped(), "got a zip archive"),
    "numpy": (b"\x93NUMPY\x01\0v\0{'descr'", "got a NumPy file"),
    "gzip": (b"\x1f\x8b\x08\0\0\0\0\0\0\x03abc", "got a gzip file"),
    "program": (b"\x7fELF\2\1\1\0\0\0\0\0", "got a program"),
    "csv": (b"label,pixel0,pixel1\n3,0,0\n", "got a text"),
    "onnx": (b"\x08\x07\x12\x0cbackend-test:\xb2\x01", "got bytes that begin with 08 07 12"),
    "zeros": (bytes(100), "got bytes that begin with 00 00"),
}


@pytest.mark.parametrize(("content", "telling"), OTHERS.values(), ids=OTHERS)
def test_another_format_is_named(content, telling):
    assert telling in str(refused(content))


@pytest.mark.parametrize("length", [MAX_HEADER_BYTES + 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1])
def test_a_header_that_declares_too_much_takes_no_memory(length):
    assert f"got a file that declares {length:,}" in str(refused(length.to_bytes(8, "little") + b'{"a":1}   ', dc.LimitError))


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "net"
    with path.open("wb") as file:
        file.truncate(5 << 30)
    with pytest.raises(dc.LimitError, match=r"net: must have at most 2,147,483,648 bytes, got 5,368,709,120"):
        dc.load(path)
    path.write_bytes(SMALL)
    with pytest.raises(dc.LimitError, match=f"must have at most 100 bytes, got {len(SMALL):,}"):
        dc.load(path, max_bytes=100)
    assert dc.load(path, max_bytes=len(SMALL)).node_names == ("flatten1", "fc1")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_several_changed_bytes_never_pass_for_another_network(changes):
    damaged = bytearray(SMALL)
    for place, value in changes:
        damaged[place] = value
    if bytes(damaged) != SMALL:
        refused(bytes(damaged))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
@example(b"\x02" + bytes(7) + b"{}")
@example(b"\x02" + bytes(7) + b"{]")
def test_random_bytes_are_refused(content):
    refused(content)
    refused(SMALL[:8] + content)
    refused(len(content).to_bytes(8, "little") + content)
    refused((len(content) + 1).to_bytes(8, "little") + b"{" + content)


@pytest.mark.parametrize("text", [b"[" * 500_000, b'{"a":' * 200_000, b'{"a":' + b"9" * 500_000 + b"}", b'{"' + b"x" * 900_000])
def test_hostile_json_is_refused_soon(text):
    content = b"{" + text[1:] if text[:1] == b"{" else b'{"a":' + text
    start = time.perf_counter()
    refused(len(content).to_bytes(8, "little") + content)
    assert time.perf_counter() - start < 1


def test_a_random_float_in_the_arrays_is_not_loaded():
    """What safetensors alone would let through: other numbers of the right size."""
    other = np.frombuffer(SMALL[START:], np.float32) + np.float32(0.25)
    refused(SMALL[:START] + other.tobytes(), dc.IntegrityError)
