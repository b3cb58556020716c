"""Child processes after threads have run: fork, spawn, and both at once."""

import functools
import multiprocessing
import os
import signal
import sys
import time
import warnings

import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from reference import synthetic_digits

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="fork is POSIX only")

SECONDS = 30


TRAIN = functools.partial(dc.fit, data=synthetic_digits.make(200), epochs=20, batch_size=None, progress=False, record_every=1, threads=4)


def losses(seed=0):
    return TRAIN(dc.models.mlp([784, 10, 10], seed=seed)).columns["loss"]


def forked(work):
    """Exit code of a forked child that runs `work`; a child that hangs is killed and fails the test."""
    with warnings.catch_warnings():
        # Python 3.12, and JAX if another test loaded it, warn about every fork with threads around; that the pool survives is tested here.
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        code = 3
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return wait(child)


def wait(child):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    pytest.fail("the forked child hangs")


def test_a_forked_child_computes_what_its_parent_does():
    expected = losses()
    assert forked(lambda: assert_array_equal(losses(), expected)) == 0
    assert_array_equal(losses(), expected)


def test_a_grandchild_computes_too():
    expected = losses()

    def child():
        assert_array_equal(losses(), expected)
        assert forked(lambda: assert_array_equal(losses(), expected)) == 0

    assert forked(child) == 0


def test_a_failing_child_is_seen():
    expected = losses() + 1
    assert forked(lambda: assert_array_equal(losses(), expected)) == 3


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_process_pool_computes_what_its_parent_does(method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} on this system")
    expected = [losses(seed) for seed in range(3)]
    networks = [dc.models.mlp([784, 10, 10], seed=seed) for seed in range(3)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with multiprocessing.get_context(method).Pool(2) as pool:
            histories = pool.map_async(TRAIN, networks).get(timeout=SECONDS)
    for history, curve in zip(histories, expected, strict=True):
        assert_array_equal(history.columns["loss"], curve)
