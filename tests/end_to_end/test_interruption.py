"""Ctrl-C on the real study: how soon it is obeyed, and that the next run goes on where it stopped."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

for package in ("joblib", "matplotlib", "mlxtend", "pandas"):
    pytest.importorskip(package, reason="needs the extra 'study'")

pytestmark = pytest.mark.slow

AIM = 0.5  # seconds from the signal to the program's last word
MOMENTS = (0.0, 0.13, 0.29)  # seconds after a cell was finished, so that the signal meets different parts of the next


@dataclass(frozen=True)
class Interruption:
    """Seconds from the signal to the last word, and to the end of the process, whose difference is the interpreter's own exit."""

    to_message: float
    to_exit: float
    exit_code: int
    words: str


def finished_cells(out):
    return {path.name: path.stat().st_mtime_ns for path in (out / "cells").glob("*.json")}


def start(out, study, *options):
    command = [sys.executable, "-m", "digitcompress", "study", study, "--out", str(out), *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)


def wait_for_new_cell(process, out):
    known, deadline = len(finished_cells(out)), time.monotonic() + 120
    while len(finished_cells(out)) == known:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def interrupt(out, moment, study, *options):
    """Start the study, wait until it works on a cell, press Ctrl-C and listen."""
    process = start(out, study, *options)
    wait_for_new_cell(process, out)
    time.sleep(moment)
    sent = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    with process.stderr as stream:
        words = ""
        while "interrupted" not in words and (line := stream.readline()):
            words += line
        to_message = time.monotonic() - sent
        words += stream.read()
    exit_code = process.wait(timeout=60)
    return Interruption(to_message, time.monotonic() - sent, exit_code, words)


def interruptions(out, study, *options):
    """Interrupt a study and its continuations; what is finished before must be untouched after."""
    results = []
    for moment in MOMENTS:
        kept = finished_cells(out)
        results.append(interrupt(out, moment, study, *options))
        assert finished_cells(out).items() > kept.items()
    return results


def check(results):
    for result in results:
        print(f"\nlast word after {result.to_message:.3f} s, exit after {result.to_exit:.3f} s", end="")
        assert result.exit_code == 130
        # joblib's own processes may be met anywhere, and then say so; nothing of ours does.
        *others, last = result.words.strip().splitlines()
        assert last == "interrupted"
        assert [line for line in others if "digitcompress/" in line] == []
    # A busy machine can only add to the time: the least of the three is ours.
    assert min(result.to_message for result in results) <= AIM


@pytest.mark.parametrize("mode", ["--correct", "--faithful"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_study_on_bundled_digits_stops_within_half_a_second(jobs, mode, tmp_path):
    check(interruptions(tmp_path, "losses", "--quick", "--seeds", "50", "--jobs", jobs, mode))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_study_of_the_smallest_network_stops_within_half_a_second(jobs, tmp_path):
    check(interruptions(tmp_path, "smallest", "--quick", "--seeds", "50", "--networks", "cnn_8_8", "--no-search", "--jobs", jobs))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_study_on_the_full_mnist_stops_within_half_a_second(jobs, tmp_path):
    if not (Path(os.environ.get("DIGITCOMPRESS_DATA", "")) / "mnist").is_dir():
        pytest.skip("DIGITCOMPRESS_DATA does not name a folder with MNIST")
    check(interruptions(tmp_path, "losses", "--data", "mnist", "--quick", "--correct", "--jobs", jobs))
