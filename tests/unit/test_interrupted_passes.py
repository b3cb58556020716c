"""Ctrl-C during a single pass over many images."""

import time

import numpy as np
import pytest

import ctrl_c
import digitcompress as dc

# Each takes more than a second if it is let.
PASSES = {
    "gradients": lambda data: dc.gradients(dc.models.squeezenet(seed=0), data),
    "evaluate": lambda data: dc.evaluate(dc.models.resnet18(seed=0), data),
    "predict": lambda data: dc.models.resnet18(seed=0).predict(data[0]),
}


def seconds_to_stop(name):
    data = np.full((8192, 28, 28), 100, dtype=np.uint8), np.zeros(8192, dtype=np.int64)
    with ctrl_c.pressed_after(0.4) as pressed:
        with pytest.raises(KeyboardInterrupt):
            PASSES[name](data)
        return time.monotonic() - pressed[0]


@pytest.mark.parametrize("name", PASSES)
def test_ctrl_c_ends_a_pass_within_half_a_second(name):
    assert seconds_to_stop(name) < 0.5
