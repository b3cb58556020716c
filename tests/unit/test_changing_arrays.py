"""Arrays that are written to or dropped while a call reads them: labels are those of the start, images may mix, nothing crashes."""

import gc
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from reference import synthetic_digits

COUNT = 512
EPOCHS = {"full batch": (None, 20), "mini-batches": (64, 5)}


def digits():
    images, labels = synthetic_digits.make(COUNT)
    return images.reshape(COUNT, 784).copy(), labels.astype(np.int64)


def train(data, kind, on_epoch_begin=None):
    net = dc.models.mlp([784, 10, 10], seed=0)
    batch_size, epochs = EPOCHS[kind]
    options = {"loss": "weighted_cross_entropy", "batch_size": batch_size, "epochs": epochs, "record_every": 1}
    callbacks = [dc.callbacks.LambdaCallback(on_epoch_begin=on_epoch_begin)]
    history = dc.fit(net, data, validation=data, progress=False, callbacks=callbacks, **options)
    return history.columns["val_confusion"], net.parameters["fc1.weight"]


@pytest.fixture(scope="module", params=EPOCHS)
def undisturbed(request):
    """A kind of training and its outcome."""
    return request.param, train(digits(), request.param)


def assert_equal_outcomes(found, expected):
    for left, right in zip(found, expected, strict=True):
        assert_array_equal(left, right)


def test_labels_are_those_at_the_start_of_the_call(undisturbed):
    kind, expected = undisturbed
    images, labels = digits()
    found = train((images, labels), kind, lambda epoch: labels.fill(2**40))
    assert labels[0] == 2**40
    assert_equal_outcomes(found, expected)


def test_arrays_that_the_caller_drops_live_until_the_end(undisturbed):
    kind, expected = undisturbed
    data, rubbish = list(digits()), []

    def drop(epoch):
        if data:
            data.clear()
            gc.collect()
        rubbish[:] = [np.full((COUNT, 784), 255, dtype=np.uint8) for _ in range(4)]

    found = train(data, kind, drop)
    assert data == []
    assert_equal_outcomes(found, expected)


WRITING = """
import sys
import threading

import numpy as np

import digitcompress as dc
from reference import synthetic_digits

images, labels = synthetic_digits.make(512)
images, labels = images.reshape(512, 784).astype(sys.argv[1]), labels.astype(np.int64)
good, stop, generator, writes = labels.copy(), threading.Event(), np.random.default_rng(0), []
places = [generator.permutation(512) for _ in range(8)]
pixels = [generator.integers(0, 256, images.shape).astype(images.dtype) for _ in range(2)] + [np.zeros_like(images)]


def write():
    while not stop.is_set():
        for pixel, place in zip(pixels * 3, places):
            images[place] = pixel
            labels[place[:256]] = generator.integers(-2**62, 2**62, 256)
            labels[...] = good
            writes.append(1)


writer = threading.Thread(target=write)
writer.start()
finished = 0
try:
    while finished < 12 or len(writes) < 50:
        net = dc.models.mlp([784, 10, 10], seed=finished)
        try:
            dc.fit(net, (images, labels), loss="weighted_cross_entropy", batch_size=(64, None)[finished % 2], epochs=20, progress=False)
            dc.evaluate(net, (images, labels))
        except dc.DataError:
            continue
        assert net.predict(images).shape == (512,)
        finished += 1
finally:
    stop.set()
    writer.join()
print(finished, len(writes))
"""


@pytest.mark.parametrize("dtype", ["uint8", "float32", "int32"])
def test_a_thread_that_writes_all_the_time_crashes_nothing(dtype, pytestconfig):
    """In a process of its own: what must not happen is a memory fault."""
    command, folder = [sys.executable, "-c", WRITING, dtype], pytestconfig.rootpath / "tests"
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=folder)
    assert done.returncode == 0, done.stderr[-2000:]
    finished, writes = map(int, done.stdout.split())
    assert finished >= 12
    assert writes >= 50
