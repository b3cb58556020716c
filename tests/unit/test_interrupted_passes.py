"""Ctrl-C during a single pass over many images."""

import os
import signal
import threading
import time

import numpy as np
import pytest

import digitcompress as dc

# Each takes more than a second if it is let.
PASSES = {
    "gradients": lambda data: dc.gradients(dc.models.squeezenet(seed=0), data),
    "evaluate": lambda data: dc.evaluate(dc.models.resnet18(seed=0), data),
    "predict": lambda data: dc.models.resnet18(seed=0).predict(data[0]),
}


@pytest.mark.parametrize("name", PASSES)
def test_ctrl_c_ends_a_pass_within_half_a_second(name):
    data, sent = (np.full((8192, 28, 28), 100, dtype=np.uint8), np.zeros(8192, dtype=np.int64)), []

    def press():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.4, press)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            PASSES[name](data)
        assert time.monotonic() - sent[0] < 0.5
    finally:
        timer.cancel()
