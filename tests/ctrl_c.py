"""Ctrl-C for this process, at a time."""

import contextlib
import os
import signal
import threading
import time


@contextlib.contextmanager
def pressed_after(seconds):
    """Press Ctrl-C so late, unless the block ends before; yields the list of the times it was pressed."""
    pressed = []

    def press():
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(seconds, press)
    timer.start()
    try:
        yield pressed
    finally:
        timer.cancel()
