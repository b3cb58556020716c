"""Kaggle's CSV: the forms that are read, and agreement with a plain Python parser."""

import gzip
import locale
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import digitcompress as dc
from digitcompress import _core
from digitcompress.datasets import load_csv
from reference.kaggle_csv import read_csv as reference_read
from unit.datasets.csv_writer import GRID_NAMES, HEADER, NAMES, lines, row

RNG = np.random.default_rng(2)
TABLE = np.column_stack([RNG.integers(0, 10, 9), RNG.integers(0, 256, (9, 784)) * (RNG.random((9, 784)) < 0.3)])
ROWS = [",".join(map(str, values)) for values in TABLE]
GOOD = lines(HEADER, *ROWS)


def quoted(line):
    return ",".join(f'"{field}"' for field in line.split(","))


def spaced(line):
    return ",".join(f" \t{field} " for field in line.split(","))


def rotated(line, places):
    fields = line.split(",")
    return ",".join(fields[places:] + fields[:places])


FORMS = {
    "kaggle": GOOD,
    "headerless": lines(*ROWS),
    "crlf": lines(HEADER, *ROWS, end="\r\n"),
    "cr": lines(HEADER, *ROWS, end="\r"),
    "mixed_line_ends": lines(HEADER, *ROWS[:3]) + lines(*ROWS[3:5], end="\r") + lines(*ROWS[5:], end="\r\n"),
    "no_last_line_end": GOOD[:-1],
    "blank_lines_at_the_end": GOOD + b"\n\r\n \t\n\n",
    "byte_order_mark": b"\xef\xbb\xbf" + GOOD,
    "byte_order_mark_headerless": b"\xef\xbb\xbf" + lines(*ROWS),
    "quoted": lines(quoted(HEADER), *map(quoted, ROWS)),
    "spaces": lines(spaced(HEADER), *map(spaced, ROWS)),
    "quotes_and_spaces": lines(*(spaced(quoted(line)) for line in (HEADER, *ROWS))),
    "capital_label": lines(HEADER.replace("label", "Label"), *ROWS),
    "grid_names": lines(",".join(GRID_NAMES), *ROWS),
    "reordered": lines(rotated(HEADER, 300), *(rotated(line, 300) for line in ROWS)),
    "leading_zeros": lines(HEADER, *(line.replace(",0,", ",00,").replace(",7,", ",007,") for line in ROWS)),
}


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
def test_every_form_gives_the_same_table(tmp_path, content, compress):
    path = tmp_path / "train.csv"
    path.write_bytes(gzip.compress(content) if compress else content)
    images, labels = load_csv(path).train
    np.testing.assert_array_equal(images.reshape(-1, 784), TABLE[:, 1:])
    np.testing.assert_array_equal(labels, TABLE[:, 0])
    assert (images.dtype, labels.dtype) == (np.uint8, np.int64)


@pytest.mark.parametrize("header", [[",".join(NAMES[1:])], []], ids=["header", "headerless"])
def test_file_without_labels_becomes_the_test_split(tmp_path, header):
    (tmp_path / "test.csv").write_bytes(lines(*header, *(line.partition(",")[2] for line in ROWS)))
    data = load_csv(tmp_path / "test.csv", labels=False)
    np.testing.assert_array_equal(data.test.images.reshape(-1, 784), TABLE[:, 1:])
    assert data.test.labels is None
    assert data.train is None


def test_label_may_be_last_without_a_header(tmp_path):
    (tmp_path / "train.csv").write_bytes(lines(*(rotated(line, 1) for line in ROWS)))
    images, labels = load_csv(tmp_path / "train.csv", label_column="last").train
    np.testing.assert_array_equal(images.reshape(-1, 784), TABLE[:, 1:])
    np.testing.assert_array_equal(labels, TABLE[:, 0])


def test_development_is_the_front_of_the_shuffle(tmp_path):
    (tmp_path / "train.csv").write_bytes(GOOD)
    data, whole = load_csv(tmp_path / "train.csv", development=4, seed=3), load_csv(tmp_path / "train.csv").take(seed=3)
    np.testing.assert_array_equal(data.validation.images, whole.train.images[:4])
    np.testing.assert_array_equal(data.train.images, whole.train.images[4:])
    np.testing.assert_array_equal(data.train.labels, whole.train.labels[4:])


def test_every_value_is_read(tmp_path):
    values = np.arange(784) % 256
    (tmp_path / "train.csv").write_bytes(lines(*[",".join(["9", *map(str, values)])] * 5))
    images = load_csv(tmp_path / "train.csv").train.images
    np.testing.assert_array_equal(images.reshape(-1, 784), np.tile(values, (5, 1)))


def test_german_locale_changes_nothing(tmp_path):
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
    except locale.Error:
        pytest.skip("the locale de_DE.UTF-8 is not installed")
    try:
        (tmp_path / "train.csv").write_bytes(lines(HEADER, *ROWS, row(pixel_3="999")))
        with pytest.raises(dc.DataError, match=r"row 11, column 5 \(pixel3\) must be an integer in 0..255, got '999'"):
            load_csv(tmp_path / "train.csv")
    finally:
        locale.setlocale(locale.LC_ALL, before)


def read_in_pieces(content, cuts):
    reader = _core.CsvReader("file", labels=True, label_last=False, max_rows=100, expected_bytes=0)
    edges = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    for start, end in pairwise(edges):
        reader.feed(content[start:end])
    return reader.finish()


@settings(deadline=None)
@given(form=st.sampled_from(sorted(FORMS)), cuts=st.lists(st.integers(0, len(GOOD)), max_size=8))
def test_cuts_between_pieces_change_nothing(form, cuts):
    images, labels = read_in_pieces(FORMS[form], cuts)
    np.testing.assert_array_equal(images.reshape(-1, 784), TABLE[:, 1:])
    np.testing.assert_array_equal(labels, TABLE[:, 0])


ALPHABET = [b"0", b"7", b"255", b"256", b",", b"\n", b"\r", b"\r\n", b" ", b"\t", b'"', b"-", b".", b"x", b"\0", "٣".encode(), b"\xff", b""]


@settings(deadline=None)
@given(
    form=st.sampled_from(sorted(FORMS)),
    edits=st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 2), st.sampled_from(ALPHABET)), max_size=3),
    cuts=st.lists(st.integers(0, len(GOOD)), max_size=2),
)
def test_edited_file_is_judged_as_the_plain_parser_judges_it(form, edits, cuts):
    content = FORMS[form]
    for place, removed, inserted in edits:
        content = content[:place] + inserted + content[place + removed :]
    try:
        expected = reference_read(content)
    except (ValueError, KeyError):
        expected = None
    try:
        found = read_in_pieces(content, cuts)
    except (dc.FormatError, dc.DataError):
        found = None
    assert (found is None) == (expected is None)
    if found is not None:
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])


@settings(deadline=None)
@given(content=st.binary(max_size=300) | st.text(',0129 \n\r"x', max_size=3000).map(str.encode))
def test_garbage_is_refused(content):
    with pytest.raises((dc.FormatError, dc.DataError)):
        read_in_pieces(content, [])
