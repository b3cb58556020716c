"""The tables: what they say is what the trainings gave."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from digitcompress import FormatError
from digitcompress.studies import architectures
from digitcompress.studies.architectures import ArchitectureTable
from digitcompress.studies.architectures._networks import ARCHITECTURES
from digitcompress.studies.architectures._published import BY_RATE, FINAL, LEARNING_RATES
from digitcompress.studies.architectures._summary import class_table, final_table, rate_table, rival_table
from unit.studies.planted_architectures import planted_report, planted_table


@pytest.fixture(scope="module")
def table():
    return planted_table()


def test_every_published_number_stands_beside_ours(table):
    shown = [re.findall(r"([\d.]+) \| ([\d.]+)", " ".join(row)) for row in rate_table(table).rows]
    published = [[float(left) for left, _ in row] for row in shown if row]
    names = [each.published for each in ARCHITECTURES.values() if each.published]
    assert published == [list(BY_RATE[name][rate]) for name in names for rate in LEARNING_RATES]
    ours = [[float(right) for _, right in row] for row in shown if row]
    rows = [row for row in table.rows if (row["epochs"], row["recipe"]) == (10, "published") and ARCHITECTURES[row["network"]].published]
    expected = [[100 * row[f"{part}_accuracy"] for part in ("train", "validation", "test")] for row in rows]
    assert np.allclose(ours, expected, atol=0.0501)


def test_table_4_has_time_and_cross_entropy(table):
    for row in final_table(table).rows:
        name = next(each.published for each in ARCHITECTURES.values() if row[0].startswith(each.title))
        numbers = [[float(number) for number in text.split(" | ")] for text in row[1:]]
        if name is not None:
            assert [pair[0] for pair in numbers] == [*FINAL[name].accuracies, FINAL[name].seconds, FINAL[name].loss]
        assert numbers[-1][-1] == pytest.approx(100 * 0.3 / 25, abs=0.0501)


def test_an_epoch_is_as_many_steps_as_its_batches(table):
    steps = -(-50_000 // 64)
    (row,) = rival_table(table).rows
    assert row == ["MLP", *(f"{microseconds * steps / 1e6:.2f}" for microseconds in (100, 450, 300)), "3.0"]


def test_several_seeds_are_mean_and_half_range():
    table = planted_table(["mlp"], seeds=(0, 1, 2))
    values = [100 * row["test_accuracy"] for row in table.select("mlp", "published", 0.01, 10)]
    text = next(row[-1] for row in rate_table(table).rows if row[0] == "MLP, 0.01")
    mean, half = re.fullmatch(r"97\.1 \| ([\d.]+)±([\d.]+)", text).groups()
    assert float(mean) == pytest.approx(np.mean(values), abs=0.051)
    assert float(half) == pytest.approx((max(values) - min(values)) / 2, abs=0.051)


@pytest.mark.parametrize("changes", [{}, {"networks": ("mlp",), "seeds": (0, 1, 2)}, {"quick": True}, {"rates": (0.02,)}])
def test_text_fits_100_columns(changes):
    assert max(map(len, planted_table(**changes).text().splitlines())) <= 100


def test_a_quick_table_shows_no_published_number():
    table = planted_table(quick=True)
    assert "|" not in table.text()
    assert {row[name] for row in table.rows for name in row if name.startswith("published")} == {None}


def test_the_classification_report_is_scikit_learns(table):
    metrics = pytest.importorskip("sklearn.metrics")
    report, (labels, predicted) = planted_report(np.random.default_rng(5), 0.3)
    cell = table.long_cell("mlp")
    cell.reports[25] = report
    expected = metrics.classification_report(labels, predicted, output_dict=True)
    rows = class_table(table, "mlp").rows
    for row, key in zip(rows, [*map(str, range(10)), "macro avg"], strict=True):
        wanted = [100 * expected[key][measure] for measure in ("precision", "recall", "f1-score")]
        assert [float(text) for text in row[1:4]] == pytest.approx(wanted, abs=0.00501)
        assert int(row[4]) == expected[key]["support"]


def test_figures_are_those_of_the_source(table):
    pytest.importorskip("matplotlib")
    names = list(table.figures())
    for wanted in ("figure_11", "tables_1_to_3", "figures_18_to_20_mlp", "figures_24_to_26_resnet18", "table_4", "figure_27"):
        assert any(name.startswith(wanted) for name in names), wanted


def test_bars_are_as_long_as_the_trainings_or_as_the_raced_steps(table):
    pytest.importorskip("matplotlib")
    widths = [patch.get_width() for patch in table.figures()["figure_27_training_time"].axes[0].patches]
    raced = {timing.network: timing for timing in table.timings}
    assert 0 < len(raced) < len(table.networks)
    for name in table.networks:
        row = table.long_rows(name)[0]
        if name not in raced:
            assert row["seconds"] in widths
            continue
        for contender in ("digitcompress", "PyTorch"):
            assert 25 * raced[name].seconds(contender, row["train_count"]) in widths
    assert {each.seconds for each in FINAL.values()} >= {width for width in widths if width in {235, 502, 908}} >= {235, 502}


def test_the_report_lists_where_numbers_come_from(table, tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("jinja2")
    table.save(tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert "Where the numbers come from" in page
    assert page.count("Classification report of") == len(ARCHITECTURES)
    assert len((tmp_path / "results.csv").read_text().splitlines()) == 1 + len(table.rows)
    assert json.loads((tmp_path / "results.json").read_text())["study"] == "architectures"


def test_a_part_of_the_study_is_shown_without_the_rest():
    table = replace(planted_table(["lenet5"], rates=(0.02,), further=False), timings=())
    assert len(table.text().split("\n\n")) == 1
    assert "tables_1_to_3_learning_rates" in table.figures()
    assert ArchitectureTable(()).text() == ""


@pytest.mark.parametrize(
    "change", [{"cells": [{}]}, {"cells": None}, {"embeddings": [{"count": 3}]}, {"facts": 3}, {"timings": [{}]}, {"study": "losses"}]
)
def test_damaged_results_are_refused(table, change, tmp_path):
    (tmp_path / "results.json").write_text(json.dumps(table.results() | change))
    with pytest.raises(FormatError, match=r"must be the results\.json of the study 'architectures', got"):
        architectures.load(tmp_path)
