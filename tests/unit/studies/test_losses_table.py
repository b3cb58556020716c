"""The table: what it says is what the trainings gave."""

import csv
import json
import re

import numpy as np
import pytest

from digitcompress.studies.losses._digits import digit_changes
from digitcompress.studies.losses._published import ROWS, SETTINGS
from unit.studies.planted_table import planted_table


@pytest.fixture(scope="module")
def table():
    return planted_table()


def planted_accuracies(table, mode, compression, loss, setting):
    return [
        100 * values["accuracy"]
        for key, job in table.jobs.items()
        if (job.mode, job.compression, job.learning_rate) == (mode, compression, setting.learning_rate) and loss in job.losses
        for values in table.records[key].values["checkpoints"]
        if values["iterations"] == setting.iterations
    ]


@pytest.mark.parametrize("mode", ["faithful", "correct"])
def test_summary_is_mean_and_range_over_the_seeds(table, mode):
    summary = table.summary(mode)
    assert len(summary) == 13
    for entry in summary:
        for setting, cell in zip(SETTINGS, entry["cells"], strict=True):
            values = planted_accuracies(table, mode, entry["compression"], entry["loss"], setting)
            assert len(values) == cell["seeds"] == 3
            assert (cell["mean"], cell["low"], cell["high"]) == pytest.approx((np.mean(values), min(values), max(values)))


def test_summary_has_every_published_number(table):
    summary = table.summary("faithful")
    published = {(entry["model"], entry["loss"]): tuple(cell["published"] for cell in entry["cells"]) for entry in summary}
    assert published == {(row.model, row.loss): row.accuracies for row in ROWS}
    assert [entry["compression"] for entry in summary if entry["model"] == "classical"] == ["none", "pruned"]


def test_everything_lists_each_training_once(table):
    entries = table.summary("correct", everything=True)
    assert len(entries) == 24
    assert len({entry["title"] for entry in entries}) == 24


@pytest.mark.parametrize("changes", [{}, {"seeds": (0,)}, {"quick": True}, {"losses": ("focal",)}, {"modes": ("correct",)}])
def test_text_fits_100_columns_and_is_aligned(changes):
    text = planted_table(**changes).text()
    assert max(map(len, text.splitlines())) <= 100
    for block in text.split("\n\n"):
        assert len({len(line) for line in block.splitlines() if " · " in line}) == 1


def test_text_has_ours_beside_the_published(table):
    (line,) = [line for line in table.text().split("\n\n")[0].splitlines() if line.startswith("pruned · focal")]
    cells = table.summary("faithful")[11]["cells"]
    numbers = re.findall(r"(\d+\.\d)\|(\d+\.\d)±(\d+\.\d)", line)
    assert [float(published) for published, _, _ in numbers] == [58.2, 86.9, 84.2, 88.4, 79.2]
    assert [float(mean) for _, mean, _ in numbers] == pytest.approx([cell["mean"] for cell in cells], abs=0.051)
    assert [float(half) for _, _, half in numbers] == pytest.approx([(cell["high"] - cell["low"]) / 2 for cell in cells], abs=0.051)


def test_a_quick_table_shows_no_published_number():
    table = planted_table(quick=True)
    assert {cell["published"] for entry in table.summary("correct") for cell in entry["cells"]} == {None}
    assert {row["published"] for row in table.rows} == {None}
    assert "|" not in table.text()
    assert "not comparable" in table.text()


def test_frame_has_one_row_for_each_cell(table):
    pytest.importorskip("pandas")
    frame = table.frame()
    assert len(frame) == 2 * 4 * 8 * 5 * 3
    assert not frame.duplicated(["mode", "compression", "loss", "learning_rate", "iterations", "seed"]).any()
    assert frame["published"].notna().sum() == 60 * 3 * 2
    classical = frame[(frame["compression"] == "none") & (frame["published"].notna())]
    assert set(classical["loss"]) == {"cross_entropy"}


def test_training_columns_are_those_of_the_last_record_before_the_checkpoint(table):
    key, job = next((key, job) for key, job in table.jobs.items() if job.checkpoints == (500, 1500))
    rows = {
        row["iterations"]: row
        for row in table.rows
        if (row["mode"], row["seed"]) == (job.mode, job.seed)
        and (row["compression"], row["learning_rate"], row["loss"]) == (job.compression, job.learning_rate, job.losses[0])
    }
    accuracy = table.records[key].arrays["accuracy"]
    assert rows[500]["train_accuracy"] == accuracy[49]
    assert rows[1500]["train_accuracy"] == accuracy[149]


def test_faithful_losses_differ_only_in_what_is_reported(table):
    rows = [row for row in table.rows if row["mode"] == "faithful" and row["compression"] == "quantized" and row["seed"] == 0]
    by_setting = {}
    for row in rows:
        by_setting.setdefault((row["learning_rate"], row["iterations"]), []).append(row)
    for group in by_setting.values():
        assert len({row["accuracy"] for row in group}) == 1
        assert len({row["train_loss"] for row in group}) > 1


@pytest.fixture(scope="module")
def saved(table, tmp_path_factory):
    pytest.importorskip("matplotlib")
    pytest.importorskip("jinja2")
    out = tmp_path_factory.mktemp("results")
    assert all(path.stat().st_size > 0 for path in table.save(out))
    return out


def test_saved_files_hold_the_table(table, saved):
    content = json.loads((saved / "results.json").read_text())
    assert len(content["rows"]) == len(table.rows)
    assert content["design"]["seeds"] == [0, 1, 2]
    with (saved / "results.csv").open(newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert [float(line["accuracy"]) for line in lines] == [row["accuracy"] for row in table.rows]
    names = {path.name for path in (saved / "figures").iterdir()}
    assert len([name for name in names if re.match(r"figure_\d\d_\w+\.(svg|png)", name)]) == 20


def test_report_is_one_file_that_fetches_nothing(saved):
    page = (saved / "report.html").read_text(encoding="utf-8")
    sources = re.findall(r'(?:src|href)="([^"]{0,30})', page)
    assert len(sources) == 11
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert all(f"Figure {number}." in page for number in range(1, 11))
    assert page.count("<table>") >= 4
    assert "58.19 | " in page


def test_digits_are_compared_where_the_float_network_has_learnt(table):
    changes = digit_changes(table)
    rows = table.rows
    plain = {
        (row["loss"], row["learning_rate"], row["iterations"], row["seed"]): row
        for row in rows
        if (row["mode"], row["compression"]) == ("correct", "none") and row["accuracy"] >= 0.8
    }
    differences = [
        100 * (row["recall[3]"] - plain[cell]["recall[3]"])
        for row in rows
        if (row["mode"], row["compression"]) == ("correct", "pruned")
        and (cell := (row["loss"], row["learning_rate"], row["iterations"], row["seed"])) in plain
    ]
    assert 0 < len(plain) < 8 * 5 * 3
    assert changes["correct · pruned"][3] == pytest.approx(np.mean(differences))
    assert len(changes) == 6
