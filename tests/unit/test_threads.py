"""Threads inside, Python threads around, processor levels: the same answers."""

import importlib.util
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from digitcompress import _core
from reference import synthetic_digits


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120, env=os.environ | environment
    )


def train(seed, digits, passes=()):
    net = dc.models.mlp([784, 10, 10], seed=seed)
    net = dc.prepare(net, list(passes), seed=seed) if passes else net
    history = dc.fit(net, digits, epochs=40, batch_size=None, progress=False, record_every=1)
    return history.columns["loss"], net.parameters["fc1.weight"].copy()


def in_threads(calls):
    results = [None] * len(calls)

    def work(index):
        results[index] = calls[index]()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    return results


def test_two_trainings_in_two_python_threads_are_those_of_one(digits):
    alone = [train(seed, digits) for seed in (0, 1)]
    together = in_threads([lambda seed=seed: train(seed, digits) for seed in (0, 1)])
    for expected, found in zip(alone, together, strict=True):
        assert_array_equal(found[0], expected[0])
        assert_array_equal(found[1], expected[1])


def test_many_threads_predict_with_one_network(digits):
    net = dc.models.mlp([784, 32, 10], seed=0)
    expected = net.forward(digits[0])
    for found in in_threads([lambda: net.forward(digits[0])] * 8):
        assert_array_equal(found, expected)


def test_training_lets_other_python_threads_run(digits):
    ticks = []
    training = threading.Thread(
        target=lambda: dc.fit(dc.models.mlp([784, 10, 10]), digits, epochs=2000, batch_size=None, progress=False, record_every=1000)
    )
    training.start()
    while training.is_alive():
        ticks.append(training.is_alive())
        training.join(timeout=0.001)
    assert len(ticks) > 5


@pytest.mark.parametrize("threads", [1, 2, 3, 16])
def test_predictions_do_not_depend_on_the_thread_count(threads, digits):
    images, labels = digits
    net = dc.models.mlp([784, 10, 10], seed=0)
    assert dc.evaluate(net, (images, labels), threads=threads).loss == dc.evaluate(net, (images, labels), threads=1).loss


@pytest.mark.parametrize("threads", [0, -1, 1.5, "two", 10**9])
def test_a_thread_count_is_a_positive_integer(threads, digits):
    with pytest.raises((ValueError, TypeError), match="threads"):
        dc.fit(dc.models.mlp([784, 10]), digits, threads=threads, progress=False)


@pytest.mark.parametrize("junk", ["0", "-2", "two", "1.5", "4 threads", "99999999999999999999"])
def test_a_junk_thread_count_in_the_environment_is_an_error(junk):
    code = (
        "import numpy as np, digitcompress as dc\n"
        "try:\n"
        "    dc.models.mlp([784, 10]).predict(np.zeros((1, 784), dtype=np.uint8))\n"
        "except dc.DataError as error:\n"
        "    print(error)\n"
    )
    done = run(code, DIGITCOMPRESS_NUM_THREADS=junk)
    assert done.returncode == 0, done.stderr
    assert "DIGITCOMPRESS_NUM_THREADS must be" in done.stdout
    assert f"'{junk}'" in done.stdout


LEVEL_RUN = """
import sys

import numpy as np

import digitcompress as dc

images, labels = np.load(sys.argv[1])["images"], np.load(sys.argv[1])["labels"]
net = dc.models.mlp([784, 10, 10], seed=0)
history = dc.fit(net, (images, labels), epochs=30, batch_size=None, record_every=1, progress=False)
np.savez(sys.argv[2], start=dc.models.mlp([784, 10, 10], seed=0).parameters["fc1.weight"], loss=history.columns["loss"],
         predictions=net.predict(images), proba=net.predict_proba(images), weight=net.parameters["fc1.weight"])
"""


def built_levels():
    return [level for level in _core.LEVELS if importlib.util.find_spec(f"digitcompress._core._core_{level}")]


def runnable_levels():
    names = list(_core.LEVELS)
    best = _core.best_level()
    return ["armv8"] if best == "armv8" else names[names.index(best) : names.index("armv8")]


@pytest.fixture(scope="module")
def level_results(tmp_path_factory):
    """A training run at every level that is built and runnable."""
    folder = tmp_path_factory.mktemp("levels")
    images, labels = synthetic_digits.make(300)
    np.savez(folder / "data.npz", images=images, labels=labels)
    results = {}
    for level in set(built_levels()) & set(runnable_levels()):
        out = folder / f"{level}.npz"
        code = [sys.executable, "-c", LEVEL_RUN, str(folder / "data.npz"), str(out)]
        subprocess.run(code, check=True, timeout=120, env=os.environ | {"DIGITCOMPRESS_ISA": level})
        results[level] = dict(np.load(out))
    return results


@pytest.mark.parametrize("level", _core.LEVELS)
def test_processor_levels_agree(level, level_results):
    if level not in built_levels():
        pytest.skip(f"the level {level} was left out of this build")
    if level not in runnable_levels():
        pytest.skip(f"this machine cannot run {level}")
    here, there = level_results[_core.level], level_results[level]
    assert_array_equal(there["start"], here["start"])
    assert_array_equal(there["predictions"], here["predictions"])
    assert_allclose(there["loss"], here["loss"], rtol=1e-4)
    assert_allclose(there["proba"], here["proba"], rtol=1e-3, atol=1e-5)
    assert_allclose(there["weight"], here["weight"], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("level", ["v9", "", "V3"])
def test_an_unknown_level_is_refused_with_the_known_ones(level):
    done = run("import digitcompress._core", DIGITCOMPRESS_ISA=level)
    assert done.returncode == 1
    assert "DIGITCOMPRESS_ISA must be one of" in done.stderr
    assert f"got {level!r}" in done.stderr
