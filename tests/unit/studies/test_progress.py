"""The progress bar never raises, and is quiet away from a terminal."""

import io
import sys

import pytest

from digitcompress.studies._progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self):
        return True


class BrokenTerminal(Terminal):
    def write(self, text):
        message = "gone"
        raise OSError(message)


def advance(progress="auto"):
    with ProgressBar(10, unit="iteration", progress=progress) as bar:
        bar.advance(4, note="half")
        bar.advance(6)


def test_quiet_without_a_terminal(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    advance()
    assert stream.getvalue() == ""


def test_draws_on_a_terminal_with_the_time_left(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    advance()
    assert "iteration" in stream.getvalue()
    assert "/10.0 [00:00<" in stream.getvalue()


@pytest.mark.parametrize("progress", ["auto", True, False])
@pytest.mark.parametrize("stream", [None, BrokenTerminal(), io.StringIO()], ids=["none", "broken", "file"])
def test_never_raises(monkeypatch, progress, stream):
    monkeypatch.setattr(sys, "stderr", stream)
    advance(progress)


def test_a_closed_stream_is_no_terminal(monkeypatch):
    stream = Terminal()
    stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    advance()
