"""Arithmetic, files and tables of the benchmarks, on figures chosen here."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from digitcompress.benchmarks import Results
from digitcompress.benchmarks._figures import scaling_figure
from digitcompress.benchmarks._page import page
from digitcompress.benchmarks._results import Encounter, Goal, undisturbed
from digitcompress.benchmarks._text import comparison_title, missed, terminal_text
from digitcompress.cli import main
from digitcompress.errors import FormatError
from unit.benchmarks.recorded import comparison, measurement, results


@pytest.fixture
def stored(tmp_path):
    path = tmp_path / "results.json"
    path.write_text(json.dumps(results().as_json()))
    return path


def bench(*arguments):
    return CliRunner().invoke(main, ["bench", *map(str, arguments)])


def test_ratios_are_to_the_fastest_framework_or_to_the_one_named():
    raced = results().comparisons[0]
    assert raced.ratio_to() == 4.0
    assert raced.ratio_to("PyTorch") == 5.0
    assert raced.ratio_to("NumPy") == 2.0
    assert raced.ratio_to("somebody else") is None


def test_rates_follow_from_step_and_batch():
    raced = results().comparisons[0]
    ours = raced.measurements[0]
    assert raced.images_per_second(ours) == pytest.approx(640_000)
    # A million multiply-adds are two million operations: 1.28e12 of 6.4e10 a second.
    assert raced.share_of_peak(ours) == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("trips", "end"), [((), "64 GFLOP/s"), ((1.1e-7, 1.1e-7), "64 GFLOP/s, round trip 110 ns"), ((4.2e-7, 9e-8), "trip 90 to 420 ns")]
)
def test_the_title_tells_how_far_processors_were_apart(trips, end):
    raced = replace(results().comparisons[0], round_trips=trips)
    assert comparison_title(raced).endswith(end)
    assert Results.from_json(json.loads(json.dumps(replace(results(), comparisons=(raced,)).as_json()))).comparisons == (raced,)


def test_without_a_framework_there_is_no_ratio():
    raced = comparison(measurement("digitcompress", 100.0), measurement("NumPy", 300.0), limits={"ratio": 2.0})
    assert raced.reached() == {"ratio": None}
    assert missed(Results({}, (raced,), (), ())) == []


def test_only_limits_that_were_measured_and_not_kept_are_missed():
    assert missed(results()) == ["MLP 784-10-10, ratio: 4.0x, must be 5.0x"]


@pytest.mark.parametrize(
    ("together", "limit", "same_bits", "fine"),
    [(2.2, 2.3, True, True), (2.4, 2.3, True, False), (9.0, None, True, True), (1.0, None, False, False)],
)
def test_company_is_fine_with_the_same_bits_and_within_its_limit(together, limit, same_bits, fine):
    met = Encounter("a fork", 1.0, together, limit, same_bits=same_bits)
    assert met.is_fine == fine
    assert len(missed(results(company=[met]))) == (1 if fine else 2)


ACCURACY = Goal("LeNet-5: test accuracy", 0.9912, "share", 0.99, at_most=False, detail="99.05% to 99.20%")


@pytest.mark.parametrize(
    ("value", "limit", "at_most", "fine"),
    [(0.98, 0.99, False, False), (0.99, 0.99, False, True), (3.0, 2.0, True, False), (3.0, None, True, True)],
)
def test_goals_are_kept_at_their_limit(value, limit, at_most, fine):
    goal = Goal("a goal", value, "s", limit, at_most=at_most)
    assert goal.is_fine == fine
    assert len(missed(results(goals=[goal]))) == (1 if fine else 2)


@pytest.mark.parametrize("show", [terminal_text, lambda found: page([found])], ids=["terminal", "page"])
def test_tables_show_goals_with_their_limits(show):
    text = show(results(goals=[ACCURACY]))
    for expected in ("99.12%", "at least 99.00%", "99.05% to 99.20%"):
        assert expected in text


def test_results_survive_json():
    whole = results(goals=[ACCURACY])
    assert Results.from_json(json.loads(json.dumps(whole.as_json()))) == whole


@pytest.mark.parametrize(
    "spoil",
    [lambda c: c.update(version=9), lambda c: c.pop("facts"), lambda c: c["scaling"][0].pop("axis")],
    ids=["version", "part", "field"],
)
def test_other_json_is_refused(spoil):
    content = json.loads(json.dumps(results().as_json()))
    spoil(content)
    with pytest.raises(FormatError, match="benchmark results"):
        Results.from_json(content)


@pytest.mark.parametrize("show", [terminal_text, lambda found: page([found])], ids=["terminal", "page"])
def test_tables_name_the_figures_the_absent_and_the_disturbed(show):
    text = show(results())
    for expected in ("5.0x", "640,000", "scikit-learn is not installed", "JAX, scan ~", "must be 5.0x", "1.20", "Some Processor"):
        assert expected in text
    assert "PyTorch ~" not in text
    assert text.index("100.0") < text.index("200.0") < text.index("400.0") < text.index("500.0")


def test_scaling_figure_shows_every_point():
    pytest.importorskip("matplotlib", reason="needs the extra 'plot'")
    figure = scaling_figure(results().scaling)
    panels = [panel for panel in figure.axes if panel.lines]
    assert [panel.get_xlabel() for panel in panels] == ["batch size", "threads"]
    assert [line.get_ydata().tolist() for line in panels[1].lines] == [[1e3, 4e3]] * 2


def test_command_writes_the_page_from_earlier_results(stored, tmp_path):
    done = bench("--from", stored, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert terminal_text(results()) in done.stdout
    assert (tmp_path / "out" / "benchmarks.md").read_text().startswith("# Benchmarks")


def test_command_prints_json(stored, tmp_path):
    done = bench("--from", stored, "--out", tmp_path, "--json", "--quiet")
    assert json.loads(done.stdout) == json.loads(stored.read_text())
    assert done.stderr == ""


def test_gate_tells_what_was_missed_and_exits_with_3(stored, tmp_path):
    done = bench("--from", stored, "--out", tmp_path, "--gate")
    assert done.exit_code == 3
    assert "missed: MLP 784-10-10, ratio: 4.0x, must be 5.0x" in done.stderr


def test_a_file_that_is_no_results_is_one_sentence(tmp_path):
    path = tmp_path / "other.json"
    path.write_text("{")
    done = bench("--from", path, "--out", tmp_path)
    assert done.exit_code == 1
    assert "must be JSON" in done.stderr


def test_an_unknown_workload_is_a_usage_error():
    assert bench("--workload", "resnet").exit_code == 2


@pytest.mark.parametrize(
    ("others", "counted"), [((0.0, 0.05, 0.5), [1.0, 2.0]), ((0.2, 0.3, 0.5), [1.0, 2.0, 3.0]), ((float("nan"), 0.5, 0.5), [1.0])]
)
def test_only_undisturbed_times_count_if_there_are_any(others, counted):
    assert list(undisturbed([1.0, 2.0, 3.0], others)) == counted
