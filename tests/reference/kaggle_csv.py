"""Kaggle's digit-recognizer format, parsed slowly and plainly."""

import re

import numpy as np

FIELD = re.compile(r'[ \t]*(?:"([^"]*)"|([^",][^,]*)?)[ \t]*(?:,|$)')
PIXEL_NAMES = {f"pixel{i}": i for i in range(784)} | {f"{i // 28 + 1}x{i % 28 + 1}": i for i in range(784)}


def split_line(line):
    """Return the fields of a line; ValueError where a quote does not close, or does not end its field."""
    fields, end = [], 0
    while True:
        match = FIELD.match(line, end)
        if match is None:
            raise ValueError(line)
        fields.append((match[1] if match[1] is not None else match[2] or "").strip(" \t"))
        end = match.end()
        if not match[0].endswith(","):
            return fields


def number(field, largest):
    if not re.fullmatch("[0-9]{1,3}", field) or int(field) > largest:
        raise ValueError(field)
    return int(field)


def column_order(names):
    """Return the pixel (or "label") of each column."""
    order = ["label" if name.lower() == "label" else PIXEL_NAMES[name.lower()] for name in names]
    if len(order) != 785 or len(set(order)) != 785:
        raise ValueError(names)
    return order


def content_lines(content):
    """Return the lines above the blank ones at the end."""
    text = content.decode("utf-8").removeprefix("\ufeff")
    lines = re.split("\r\n|\n|\r", text)
    while lines and not lines[-1].strip(" \t"):
        lines.pop()
    if "\0" in text or not all(line.strip(" \t") for line in lines):
        raise ValueError
    return lines


def read_csv(content):
    """Return (images, labels) of a labelled file; ValueError or KeyError if it is not well-formed."""
    rows = [split_line(line) for line in content_lines(content)]
    numeric = bool(rows) and all(re.fullmatch("[0-9]+", field) for field in rows[0])
    order = ["label", *range(784)] if numeric else column_order(rows.pop(0) if rows else [])
    images, labels = np.zeros((len(rows), 784), np.uint8), np.zeros(len(rows), np.int64)
    for index, row in enumerate(rows):
        for place, field in zip(order, row, strict=True):
            if place == "label":
                labels[index] = number(field, 9)
            else:
                images[index, place] = number(field, 255)
    if not rows:
        raise ValueError
    return images.reshape(-1, 28, 28), labels
