"""The command line, as a user meets it."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("pandas", reason="needs the extra 'study'")
pytest.importorskip("matplotlib", reason="needs the extra 'study'")
pytest.importorskip("joblib", reason="needs the extra 'study'")
from click.testing import CliRunner

import digitcompress
from digitcompress.cli import main
from digitcompress.studies.losses import _figures
from end_to_end.tiny_kaggle import write_tiny_kaggle

QUICK = ("study", "losses", "--quick", "--losses", "cross_entropy,mse")
TIMED = {"microseconds_per_image"}


def command(*arguments):
    return [sys.executable, "-m", "digitcompress", *map(str, arguments)]


def invoke(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def rows_of(out):
    with (out / "results.csv").open(newline="") as stream:
        return [{name: value for name, value in row.items() if name not in TIMED} for row in csv.DictReader(stream)]


def cell_times(out):
    return {path.name: path.stat().st_mtime_ns for path in sorted((out / "cells").iterdir())}


@pytest.fixture
def no_figures(monkeypatch):
    """Leave the slowest part out where a test looks at something else."""
    monkeypatch.setattr(_figures, "draw_figures", lambda table: {})


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_tiny_kaggle(tmp_path_factory.mktemp("data") / "train.csv")


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("finished")
    result = invoke(*QUICK, "--data", data, "--out", out)
    assert result.exit_code == 0, result.output
    return out, result


def test_a_quick_study_prints_the_table_and_says_how_to_go_on(finished):
    out, result = finished
    assert max(map(len, result.stdout.splitlines())) <= 100
    assert "quantized · MSE" in result.stdout
    assert "pruned · cross entropy" in result.stdout
    assert str(out / "report.html") in result.stderr
    assert "Leave --quick out" in result.stderr
    assert "--seeds 5" in result.stderr


def test_a_quick_study_writes_everything(finished):
    out, _ = finished
    assert len(rows_of(out)) == 2 * 4 * 2 * 5
    assert len(list((out / "figures").glob("figure_*.svg"))) == len(list((out / "figures").glob("figure_*.png"))) == 10
    facts = json.loads((out / "results.json").read_text())["facts"]
    assert facts["versions"]["digitcompress"] == digitcompress.__version__
    assert "208 training, 52 development and 0 test images" in facts["data"]


def test_the_second_run_takes_finished_trainings_over(finished, data, no_figures):
    out, first = finished
    before = cell_times(out)
    result = invoke(*QUICK, "--data", data, "--out", out)
    assert result.stdout == first.stdout
    assert cell_times(out) == before


def test_other_data_are_computed_anew(finished, tmp_path, no_figures):
    out, _ = finished
    before = set(cell_times(out))
    other = write_tiny_kaggle(tmp_path / "other.csv", seed=1)
    assert invoke(*QUICK, "--data", other, "--out", out, "--correct").exit_code == 0
    assert len(set(cell_times(out)) - before) == 2 * 2 * 4 * 3
    assert before <= set(cell_times(out))


def test_a_damaged_cell_is_computed_again_with_a_warning(data, tmp_path, no_figures):
    mine = tmp_path / "mine"
    invoke(*QUICK, "--data", data, "--out", mine, "--quiet")
    wanted = rows_of(mine)
    damaged = sorted((mine / "cells").glob("*.npz"))[3]
    damaged.write_bytes(damaged.read_bytes()[:100])
    result = invoke(*QUICK, "--data", data, "--out", mine, "--quiet")
    assert result.exit_code == 0
    assert f"warning: {damaged.with_suffix('')}: a damaged file of a finished job, computed again" in result.stderr
    assert rows_of(mine) == wanted
    assert damaged.stat().st_size > 100


def test_json_is_the_table(data, tmp_path, no_figures):
    result = invoke(*QUICK, "--data", data, "--out", tmp_path, "--faithful", "--json", "--quiet")
    content = json.loads(result.stdout)
    assert result.stderr == ""
    assert {row["mode"] for row in content["rows"]} == {"faithful"}
    assert content["design"]["losses"] == ["mse", "cross_entropy"]


def test_jobs_do_not_change_the_numbers(data, tmp_path, no_figures):
    tables = []
    for jobs in (1, 2):
        out = tmp_path / str(jobs)
        assert invoke(*QUICK, "--data", data, "--out", out, "--correct", "--jobs", jobs, "--hidden", "6,5", "--bits", 3).exit_code == 0
        tables.append(rows_of(out))
    assert tables[0] == tables[1]
    assert {row["hidden"] for row in tables[0]} == {"6,5"}


WRONG = {
    "unknown data": (("--data", "minst"), 2, "'minst' must be one of mnist, "),
    "bits": (("--bits", "17"), 2, "17 is not in the range 1<=x<=16"),
    "rate": (("--rate", "1"), 2, "is not in the range 0<=x<1"),
    "no rate": (("--rate", "much"), 2, "'much' is not a valid float"),
    "hidden": (("--hidden", "10,10,10"), 2, "must be one or two sizes of at least 1, such as 10 or 10,10"),
    "hidden zero": (("--hidden", "0"), 2, "must be one or two sizes of at least 1"),
    "seeds": (("--seeds", "0"), 2, "0 is not in the range x>=1"),
    "unknown option": (("--loses", "mse"), 2, "--losses"),
    "unknown loss": (("--losses", "focall"), 2, "unknown loss 'focall'; known: none, one_hot, mse, cross_entropy"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_option_is_named_in_one_sentence(name, tmp_path):
    options, code, telling = WRONG[name]
    result = invoke("study", "losses", "--out", tmp_path, *options)
    assert result.exit_code == code
    assert telling in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_a_bad_file_is_refused_in_one_sentence(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("label,pixel0\n7,300\n")
    result = invoke(*QUICK, "--data", path, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert result.stderr.startswith("digitcompress: ")
    assert len(result.stderr.splitlines()) == 1
    assert "bad.csv" in result.stderr


def test_debug_shows_where_an_error_arose(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("label,pixel0\n7,300\n")
    result = CliRunner().invoke(main, [*QUICK, "--data", str(path), "--debug"])
    assert isinstance(result.exception, digitcompress.FormatError)


@pytest.mark.parametrize("name", ["minst", "mnist-5k"])
def test_fetch_knows_what_can_be_fetched(name):
    result = invoke("fetch", name)
    assert result.exit_code == 2
    assert "'mnist', 'fashion-mnist'" in result.stderr


def test_info_tells_the_versions():
    assert json.loads(invoke("info", "--json").stdout) == digitcompress.versions()
    assert f"digitcompress      {digitcompress.__version__}" in invoke("info").stdout


def test_version():
    done = subprocess.run(command("--version"), capture_output=True, text=True, check=True)
    assert done.stdout == f"digitcompress {digitcompress.__version__}\n"


def test_without_a_terminal_nothing_but_the_words_at_the_end_is_said(data, tmp_path):
    """Standard output is closed besides, which is no error: the files are written, and nobody reads the table."""
    line = " ".join(command(*QUICK, "--data", data, "--out", tmp_path, "--faithful"))
    done = subprocess.run(["sh", "-c", f"{line} >&-"], capture_output=True, text=True, check=True)
    assert "%|" not in done.stderr
    assert done.stderr.strip().startswith("The report is ")
    assert (tmp_path / "report.html").exists()


def test_closed_standard_streams_are_no_error(data, tmp_path):
    line = " ".join(command("train", "lenet1", "--data", data, "--epochs", 1, "--out", tmp_path / "network.safetensors"))
    done = subprocess.run(["sh", "-c", f"{line} >&- 2>&-"], check=False)
    assert done.returncode == 0
    assert (tmp_path / "network.safetensors").exists()


def test_a_reader_that_goes_away_is_no_traceback():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command("info"), stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr == ""


@pytest.mark.parametrize("jobs", [1, 2])
def test_interruption_stops_soon_and_loses_nothing(data, tmp_path, jobs):
    """The aim is half a second; leaving the interpreter and a loaded machine are granted 1.5 s more."""
    arguments = ("study", "losses", "--data", data, "--out", tmp_path, "--seeds", 50, "--jobs", jobs)
    process = subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    cells = tmp_path / "cells"
    deadline = time.monotonic() + 60
    while len(list(cells.glob("*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    sent = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=30)
    assert time.monotonic() - sent < 2
    assert process.returncode == 130
    assert stdout == ""
    assert "interrupted" in stderr
    assert "Traceback" not in stderr
    kept = cell_times(tmp_path)
    assert len(list(cells.glob("*.json"))) >= 3
    assert all(name.endswith((".json", ".npz")) for name in kept)
