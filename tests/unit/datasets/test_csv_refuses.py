"""Kaggle's CSV: what is refused, with the place of the fault."""

import gzip
import os

import pytest

import digitcompress as dc
import peak_memory
from digitcompress.datasets import load_csv
from unit.datasets.csv_writer import HEADER, NAMES, lines, row

PIXELS = ",".join(NAMES[1:])


def good(count):
    return [row()] * count


NO_ROWS = {"empty": b"", "header_only": lines(HEADER), "only_newlines": b"\n\n\r\n", "only_a_byte_order_mark": b"\xef\xbb\xbf"}


@pytest.mark.parametrize("content", NO_ROWS.values(), ids=NO_ROWS)
def test_file_without_rows_is_refused(tmp_path, content):
    (tmp_path / "train.csv").write_bytes(content)
    with pytest.raises(dc.DataError, match=r"train.csv: file must hold at least one row of pixels, got no rows"):
        load_csv(tmp_path / "train.csv")


FORM_FAULTS = {
    "duplicate_column": (lines(HEADER.replace("pixel7,", "pixel6,"), row()), "row 1, column 9: .* each column once, got 'pixel6' again"),
    "duplicate_label": (lines(HEADER.replace("pixel7,", "LABEL,"), row()), "row 1, column 9: .* each column once, got 'LABEL' again"),
    "unknown_column": (lines(HEADER.replace("pixel7,", "pixel784,"), row()), "row 1, column 9: header must name .* got 'pixel784'"),
    "unnamed_column": (lines("," + HEADER, "0," + row()), "row 1, column 1: header must name .* got ''"),
    "grid_out_of_range": (lines(HEADER.replace("pixel7,", "29x1,"), row()), "row 1, column 9: header must name .* got '29x1'"),
    "header_short": (lines(HEADER.replace(",pixel783", ""), row()), "row 1: header must name 784 pixels, got 783"),
    "header_without_label": (lines(PIXELS, *good(2)), "row 1: header must name a label column, got none; pass labels=False"),
    "headerless_without_label": (lines(row().partition(",")[2]), "row 1 must have 785 fields, got 784; pass labels=False"),
    "headerless_wrong_width": (lines("1,2,3"), "row 1 must have 785 fields, got 3"),
    "row_short": (lines(HEADER, row(), row()[:-2], row()), "row 3 must have 785 fields, got 784"),
    "row_long": (lines(HEADER, row(), row() + ",0", row()), "row 3 must have 785 fields, got 786"),
    "row_short_among_many": (lines(HEADER, *good(9), row()[:-2], *good(9)), "row 11 must have 785 fields, got 784"),
    "row_long_among_many": (lines(HEADER, *good(9), row() + ",0", *good(9)), "row 11 must have 785 fields, got 786"),
    "trailing_comma": (lines(HEADER, *good(3), row() + ",", *good(9)), "row 5 must have 785 fields, got 786"),
    "last_row_cut": (lines(HEADER, *good(3)) + row()[:699].encode(), "row 5 must have 785 fields, got 350"),
    "blank_line_in_the_middle": (lines(HEADER, *good(4), "", *good(9)), "row 6: blank lines must be at the end only"),
    "spaces_in_the_middle": (lines(HEADER, *good(4), " \t", "", *good(9)), "row 6: blank lines must be at the end only"),
    "blank_line_at_the_front": (lines("", HEADER, row()), "row 1: blank lines must be at the end only"),
    "nul": (lines(HEADER, *good(4), row(pixel_2="\0"), *good(9)), "row 6: text must hold no NUL byte, got one at byte 7"),
    "nul_in_header": (lines(HEADER.replace("pixel7", "pix\0l7"), row()), "row 1: text must hold no NUL byte"),
    "invalid_utf8": (lines(HEADER, row()) + b"5,\xff" + lines(row()[3:]), r"row 3: text must be UTF-8, got '\\xff' at byte 3"),
    "overlong_utf8": (lines(HEADER, row()) + b"5,\xc0\xb0" + lines(row()[3:]), r"row 3: text must be UTF-8, got '\\xc0' at byte 3"),
    "surrogate_utf8": (lines(HEADER, row()) + b"5,\xed\xa0\x80" + lines(row()[3:]), r"row 3: text must be UTF-8, got '\\xed'"),
    "utf16": (HEADER.encode("utf-16"), "row 1: text must"),
    "unterminated_quote": (lines(HEADER, row(pixel_1='"0'), *good(9)), "row 2, column 3: quote must be closed on its line"),
    "quote_over_lines": (lines(HEADER, row(pixel_783='"0'), '"'), "row 2, column 785: quote must be closed on its line"),
    "text_behind_quote": (lines(HEADER, row(pixel_1='"0"1')), "row 2, column 3: closing quote must end the field, got '1,0,"),
    "semicolons": (lines(HEADER.replace(",", ";"), row().replace(",", ";")), "row 1, column 1: header must name .* got 'label;pixel0;"),
}


@pytest.mark.parametrize(("content", "message"), FORM_FAULTS.values(), ids=FORM_FAULTS)
@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gz"])
def test_wrong_form_is_a_format_error(tmp_path, content, message, compress):
    (tmp_path / "train.csv").write_bytes(gzip.compress(content) if compress else content)
    with pytest.raises(dc.FormatError, match=r"train.csv: " + message) as refusal:
        load_csv(tmp_path / "train.csv")
    assert len(str(refusal.value)) <= 500
    assert str(refusal.value).isprintable()


BAD_PIXELS = {
    "negative": "-1", "above": "256", "999": "999", "exponent": "1e3", "exponent_overflow": "4e492493924924", "hexadecimal": "0x10",
    "nan": "nan", "inf": "inf", "fraction": "1.5", "plus": "+7", "empty": "", "only_spaces": "  ", "quoted_empty": '""',
    "four_digits": "0001", "400_digits": "1" * 400, "space_within": "1 2", "letters": "x",
}  # fmt: skip


@pytest.mark.parametrize("rows_below", [0, 9])
@pytest.mark.parametrize("text", BAD_PIXELS.values(), ids=BAD_PIXELS)
def test_bad_pixel_is_a_data_error_with_its_place(tmp_path, text, rows_below):
    (tmp_path / "train.csv").write_bytes(lines(HEADER, *good(2), row(pixel_12=text), *good(rows_below)))
    with pytest.raises(dc.DataError, match=r"train.csv: row 4, column 14 \(pixel12\) must be an integer in 0..255, got '") as refusal:
        load_csv(tmp_path / "train.csv")
    assert text.strip(' "')[:40] in str(refusal.value)


@pytest.mark.parametrize("text", ["٣", "\uff17", "\u00b3"], ids=["arabic_indic", "full_width", "superscript"])
def test_digits_of_other_scripts_are_refused(tmp_path, text):
    (tmp_path / "train.csv").write_bytes(lines(HEADER, row(pixel_12=text)))
    escaped = "".join(rf"\\x{byte:02x}" for byte in text.encode())
    with pytest.raises(dc.DataError, match=rf"row 2, column 14 \(pixel12\) .* got '{escaped}'"):
        load_csv(tmp_path / "train.csv")


def test_decimal_comma_is_a_field_too_many(tmp_path):
    (tmp_path / "train.csv").write_bytes(lines(HEADER, row(pixel_12="1,5")))
    with pytest.raises(dc.FormatError, match="row 2 must have 785 fields, got 786"):
        load_csv(tmp_path / "train.csv")


@pytest.mark.parametrize("rows_below", [0, 9])
@pytest.mark.parametrize("text", ["10", "255", "-1", "3.0", "x", "", "007e"])
def test_bad_label_is_a_data_error_with_its_row(tmp_path, text, rows_below):
    (tmp_path / "train.csv").write_bytes(lines(HEADER, *good(2), row(text), *good(rows_below)))
    with pytest.raises(dc.DataError, match=rf"train.csv: row 4, column 1 \(label\) must be an integer in 0..9, got '{text}'"):
        load_csv(tmp_path / "train.csv")


def test_place_of_a_reordered_pixel_is_the_file_s(tmp_path):
    swapped = HEADER.replace("pixel3,", "label,").replace("label,", "pixel3,", 1)
    (tmp_path / "train.csv").write_bytes(lines(swapped, *good(1), row(pixel_3="77"), *good(9)))
    with pytest.raises(dc.DataError, match=r"row 3, column 5 \(label\) must be an integer in 0..9, got '77'"):
        load_csv(tmp_path / "train.csv")


LIMITS = {
    "many_columns": (b"a," * 70_000 + b"\n", "row 1 must have at most 65536 fields, got 70001"),
    "ten_million_columns": (b"a," * 10_000_000, "row 1: a line must have at most 1048576 bytes"),
    "many_fields_in_a_row": (lines(HEADER) + b"0," * 70_000, "row 2 must have at most 65536 fields, got 70001"),
    "long_line": (lines(HEADER, row()) + b"x" * (3 << 20), "row 3: a line must have at most 1048576 bytes"),
    "long_quote": (lines(HEADER, row()) + b'"' + b"\t" * (3 << 20), "row 3: a line must have at most 1048576 bytes"),
    "long_line_of_spaces": (lines(HEADER, row()) + b" " * (3 << 20), "row 3: a line must have at most 1048576 bytes"),
}


@pytest.mark.parametrize(("content", "message"), LIMITS.values(), ids=LIMITS)
def test_excess_is_a_limit_error(tmp_path, content, message):
    (tmp_path / "train.csv").write_bytes(content)
    with pytest.raises(dc.LimitError, match=r"train.csv: " + message):
        load_csv(tmp_path / "train.csv")


REFUSED = """
import sys

import digitcompress as dc
from peak_memory import peak_bytes

before = peak_bytes()
try:
    dc.datasets.load_csv(sys.argv[1])
except dc.LimitError as error:
    print(peak_bytes() - before, error)
"""


def test_sparse_file_of_a_tebibyte_takes_no_memory(tmp_path):
    path = tmp_path / "train.csv"
    path.touch()
    os.truncate(path, 1 << 40)
    grown, *message = peak_memory.run(REFUSED, path)
    assert "row 1: a line must have at most 1048576 bytes" in " ".join(message)
    assert int(grown) < 64 << 20


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gz"])
def test_max_rows_is_a_limit(tmp_path, compress):
    content = lines(HEADER, *good(5))
    (tmp_path / "train.csv").write_bytes(gzip.compress(content) if compress else content)
    assert len(load_csv(tmp_path / "train.csv", max_rows=5).train) == 5
    with pytest.raises(dc.LimitError, match=r"train.csv: row 6: file must hold at most max_rows=4 rows"):
        load_csv(tmp_path / "train.csv", max_rows=4)


def test_labels_false_refuses_labels(tmp_path):
    (tmp_path / "train.csv").write_bytes(lines(HEADER, row()))
    with pytest.raises(dc.FormatError, match="row 1: header must name no label column with labels=False, got one; pass labels=True"):
        load_csv(tmp_path / "train.csv", labels=False)


ARGUMENTS = {
    "label_column": ({"label_column": "middle"}, "label_column must be 'first' or 'last', got 'middle'"),
    "max_rows_zero": ({"max_rows": 0}, "max_rows must be in 1..[0-9]+, got 0"),
    "max_rows_text": ({"max_rows": "9"}, "max_rows must be an integer, got '9'"),
    "development_without_labels": ({"labels": False, "development": 1}, "development must be None for a file without labels, got 1"),
    "development_all": ({"development": 2}, "development must be in 1..1, got 2"),
    "development_true": ({"development": True}, "development must be an integer, got True"),
    "seed_negative": ({"development": 1, "seed": -1}, "seed must be 0 or more, got -1"),
}


@pytest.mark.parametrize(("arguments", "message"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_bad_argument_is_named(tmp_path, arguments, message):
    (tmp_path / "train.csv").write_bytes(lines(HEADER, row(), row()))
    with pytest.raises(dc.DataError, match=message):
        load_csv(tmp_path / "train.csv", **arguments)
