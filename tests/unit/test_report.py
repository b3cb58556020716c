"""A report shows itself as a line, as text, as HTML, as a frame and as JSON, and comes back from JSON."""

import json
from dataclasses import fields
from html.parser import HTMLParser

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from digitcompress.evaluation import _evaluate


@pytest.fixture(scope="module")
def report(digits):
    """Of a network that has learnt a little, on digits without sixes."""
    images, labels = digits
    net = dc.models.mlp([784, 10, 10], seed=1)
    dc.fit(net, digits, epochs=20, batch_size=None, progress=False)
    return dc.evaluate(net, (images[labels != 6], labels[labels != 6]))


class Cells(HTMLParser):
    """Texts of the cells of each table, row by row; every tag that is opened is closed."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.open = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in {"td", "th"}:
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1] in {"td", "th"}:
            self.tables[-1][-1][-1] += data


def test_the_line_has_accuracy_interval_and_costs(report):
    low, high = report.accuracy_interval
    parts = [f"accuracy {report.accuracy:.1%} ({low:.1%}..{high:.1%})", f"{report.size_bytes:,} bytes", f"{784 * 10 + 100:,} multiply-adds"]
    assert [part for part in parts if part not in repr(report)] == []
    assert "\n" not in repr(report)


def test_the_text_has_a_row_for_each_class(report):
    lines = report.text().splitlines()
    rows = [line.split() for line in lines[lines.index("") + 2 :]]
    assert [int(row[0]) for row in rows] == list(range(10))
    assert [int(row[1]) for row in rows] == report.confusion.sum(axis=1).tolist()
    assert rows[6] == ["6", "0", *(["0.0%", "-", "0.000", "-"] if report.confusion[:, 6].any() else ["-", "-", "-", "-"])]
    assert rows[3][3] == f"{report.recall[3]:.1%}"


def test_html_shows_classes_and_confusion(report):
    page = report._repr_html_()
    classes, confusion = Cells(page.partition("</style>")[2]).tables
    assert [row[0] for row in classes[1:]] == [str(c) for c in range(10)]
    assert classes[4][3] == f"{report.recall[3]:.1%}"
    assert [[int(cell or 0) for cell in row[1:]] for row in confusion[1:]] == report.confusion.tolist()
    assert f"{report.accuracy:.2%}" in page
    assert "nan" not in page


def test_html_shades_what_is_right_and_what_is_wrong_differently(report):
    cells = report._repr_html_().partition('<table class="dc-confusion')[2].split("<td style=")[1:]
    assert len(cells) == 100
    assert {index for index, cell in enumerate(cells) if "rgba(0, 114, 178" in cell} == set(range(0, 100, 11))


def test_html_has_no_colour_that_a_dark_page_would_hide(report):
    """Text inherits its colour; backgrounds are translucent."""
    page = report._repr_html_()
    assert "#" not in page
    assert [part for part in page.split("rgb")[1:] if not part.startswith("a(")] == []


def test_of_many_classes_no_confusion_matrix_is_shown():
    net = dc.models.mlp([4, 40], seed=1)
    report = dc.evaluate(net, (np.eye(4, dtype=np.float32), [0, 1, 2, 39]))
    assert len(Cells(report._repr_html_().partition("</style>")[2]).tables) == 1


def test_the_report_comes_back_from_json(report):
    text = report.to_json()
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    again = dc.Report.from_json(text)
    for field in fields(report):
        value, copy = getattr(report, field.name), getattr(again, field.name)
        assert type(value) is type(copy)
        assert_array_equal(value, copy, strict=True)
    assert np.isnan(again.recall[6])
    assert again.to_json() == text


BROKEN = {
    "no JSON": "accuracy 98 %",
    "no object": "[1, 2]",
    "empty": "{}",
    "a field is missing": '{"count": 1}',
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_what_is_no_report_is_refused(text):
    with pytest.raises(dc.FormatError, match=r"from_json.* got"):
        dc.Report.from_json(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [("colour", 1), ("count", "many"), ("confusion", [1, 2]), ("confusion", [[1, 2]]), ("recall", 3), ("accuracy_interval", [0.5])],
)
def test_a_field_that_does_not_fit_is_refused(report, name, value):
    with pytest.raises(dc.FormatError, match=r"from_json.* got"):
        dc.Report.from_json(json.dumps(json.loads(report.to_json()) | {name: value}))


def test_the_frame_has_a_row_for_each_class(report):
    pytest.importorskip("pandas", reason="needs pandas, from the extra 'study'")
    frame = report.frame()
    assert frame.index.tolist() == list(range(10))
    assert frame["samples"].tolist() == report.confusion.sum(axis=1).tolist()
    for name in ("precision", "recall", "f1", "class_loss"):
        assert_array_equal(frame[name], getattr(report, name))


class Clock:
    """Stands in for `time`: the pass number n takes n seconds, or a fixed time."""

    def __init__(self, seconds):
        self.readings = iter(np.cumsum([0, *seconds]))
        self.now = 0.0

    def perf_counter(self):
        return next(self.readings)


class Passes:
    """Stands in for a network: counts its passes."""

    count = 0

    def forward(self, images, threads=None):
        self.count += 1


@pytest.mark.parametrize(
    ("seconds", "rounds"),
    [([0.001, 0.003, 0.002, 0.05, 0.001, 0.002, 0.004, 0.001, 0.003], 9), ([0.2, 0.4, 0.1], 3), ([0.15, 0.15, 0.1, 0.2], 4)],
)
def test_the_time_is_the_median_of_the_passes(seconds, rounds, monkeypatch):
    """Reading the clock before and after each pass, nothing else in between."""
    steps = [step for duration in seconds for step in (duration, 0.0)]
    monkeypatch.setattr(_evaluate, "time", Clock(steps))
    network = Passes()
    found = _evaluate._time_per_image(network, np.zeros((10, 784), dtype=np.uint8), None)
    assert network.count == rounds + 1
    assert found == pytest.approx(1e6 * np.median(seconds) / 10)
