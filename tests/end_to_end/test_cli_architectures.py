"""``digitcompress study architectures``, as a user meets it."""

import json
import signal
import subprocess
import sys
import time

import pytest

pytest.importorskip("pandas", reason="needs the extra 'study'")
pytest.importorskip("matplotlib", reason="needs the extra 'study'")
pytest.importorskip("joblib", reason="needs the extra 'study'")
from click.testing import CliRunner

from digitcompress.cli import main

SMALL = ("--models", "mlp", "--rates", "0.01,0.0002", "--no-further", "--no-tsne")


def invoke(*arguments):
    return CliRunner().invoke(main, ["study", "architectures", *map(str, arguments)])


@pytest.fixture
def no_figures(monkeypatch):
    monkeypatch.setattr("digitcompress.studies.architectures._figures.draw_figures", lambda table: {})


def test_a_quick_study_prints_its_tables_and_writes_its_files(tmp_path, no_figures):
    result = invoke("--quick", *SMALL, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    assert "Table 4: 2 epochs at learning rate 0.0002" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100
    assert "--data mnist" in result.stderr
    assert {path.name for path in tmp_path.iterdir()} >= {"results.csv", "results.json", "report.html", "cells"}


def test_json_is_what_the_file_holds(tmp_path, no_figures):
    result = invoke("--quick", *SMALL, "--json", "--quiet", "--out", tmp_path)
    assert json.loads(result.stdout) == json.loads((tmp_path / "results.json").read_text())
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--models", "vgg"), "unknown network 'vgg'; known: mlp, lenet5"),
        (("--rates", "0.1,x"), "must be numbers separated by commas"),
        (("--rates", "0"), "must be numbers above 0"),
        (("--rates", "nan"), "must be numbers above 0"),
        (("--seeds", "0"), "0 is not in the range"),
    ],
)
def test_usage_errors_say_what_is_wrong(options, message, tmp_path):
    result = invoke(*options, "--out", tmp_path)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_study_stopped_at_any_moment_goes_on(end, tmp_path):
    command = [sys.executable, "-m", "digitcompress", "study", "architectures", *SMALL, "--seeds", "4", "--quiet", "--out", str(tmp_path)]
    for _ in range(3):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        before = len(list((tmp_path / "cells").glob("*.json")))
        limit = time.monotonic() + 120
        while process.poll() is None and len(list((tmp_path / "cells").glob("*.json"))) == before and time.monotonic() < limit:
            time.sleep(0.01)
        process.send_signal(end)
        process.communicate(timeout=60)
    kept = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "cells").iterdir() if path.suffix == ".json"}
    assert kept
    subprocess.run(command, check=True, timeout=300, stdout=subprocess.DEVNULL)
    assert kept.items() <= {path.name: path.stat().st_mtime_ns for path in (tmp_path / "cells").iterdir()}.items()
    interrupted = json.loads((tmp_path / "results.json").read_text())
    subprocess.run([*command[:-1], str(tmp_path / "undisturbed")], check=True, timeout=300, stdout=subprocess.DEVNULL)
    undisturbed = json.loads((tmp_path / "undisturbed" / "results.json").read_text())
    for name in ("curves", "learning_rate", "seed"):
        assert [cell[name] for cell in interrupted["cells"]] == [cell[name] for cell in undisturbed["cells"]]
