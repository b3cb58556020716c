"""How the rounds are run, with contenders that only sleep."""

import os
import time
from dataclasses import replace

import pytest

from benchmarks.small_workloads import SMALL
from digitcompress.benchmarks import _race, run
from digitcompress.benchmarks._company import company
from digitcompress.benchmarks._digitcompress import OURS
from digitcompress.benchmarks._race import race
from digitcompress.benchmarks._task import Contender, Task
from digitcompress.benchmarks._workloads import WORKLOADS, training_multiply_adds
from digitcompress.errors import DataError


class Sleeper:
    def __init__(self, seconds, turns, name):
        self._seconds, self._turns, self._name = seconds, turns, name

    def run(self, epochs):
        self._turns.append(self._name)
        time.sleep(self._seconds * epochs)

    def parameters(self):
        return {}


@pytest.fixture
def task(digits):
    return Task(SMALL[0], SMALL[0].network(), digits[0][:128], digits[1][:128], threads=1, batch_size=64)


@pytest.fixture
def sleepers(monkeypatch):
    """Two contenders of 4 and 8 ms a pass, and the order in which they ran."""
    monkeypatch.setattr(_race, "REST", 0.0)
    monkeypatch.setattr(_race, "ROUND_SECONDS", 0.008)
    turns = []
    contenders = [
        Contender(name, lambda _, n=name, s=s: Sleeper(s, turns, n), {"numpy": "numpy"}) for name, s in (("a", 4e-3), ("b", 8e-3))
    ]
    return contenders, turns


def test_rounds_are_interleaved_and_rotated(sleepers, task):
    contenders, turns = sleepers
    race(task, contenders, {}, rounds=3)
    warm_up, rounds = turns[:4], turns[4:]
    assert warm_up == ["a", "a", "b", "b"]
    assert rounds == ["a", "b", "b", "a", "a", "b"]


def test_the_figure_is_the_time_of_a_step(sleepers, task):
    found = race(task, sleepers[0], {}, rounds=3)
    steps = [each.step_microseconds for each in found.measurements]
    assert 2_000 <= steps[0] < 4_000 <= steps[1] < 8_000
    assert len(found.measurements[0].rounds) == 3
    assert found.peak_flops > 1e8
    assert found.round_trips == ()  # one thread has nobody to ask


def test_the_distance_between_threads_is_measured_between_the_rounds(sleepers, task):
    found = race(replace(task, threads=2), sleepers[0][:1], {}, rounds=3)
    assert len(found.round_trips) <= 3  # the second thread may come too late
    assert all(1e-9 < each < 1e-3 for each in found.round_trips)


def test_the_clock_of_the_processor_does_not_see_others(sleepers, task):
    found = race(task, sleepers[0][:1], {}, rounds=2, clock=time.process_time)
    assert found.measurements[0].step_microseconds < 2_000
    assert found.measurements[0].others == (0.0, 0.0)


def test_who_cannot_come_is_left_out_with_the_reason(sleepers, task):
    first, second = sleepers[0]
    without_relu = Contender("c", first.start, {}, kinds=frozenset({"Dense", "Flatten"}))
    found = race(task, [first, second, without_relu], {"b": "torch is not installed"}, rounds=1)
    assert [each.contender for each in found.measurements] == ["a"]
    assert found.left_out == {"b": "torch is not installed", "c": "has no ReLU"}


def test_a_peer_that_fails_ends_no_race_but_we_do(sleepers, task):
    def fail(_):
        message = "no such kernel"
        raise RuntimeError(message)

    first = sleepers[0][0]
    found = race(task, [first, Contender("c", fail, {})], {}, rounds=1)
    assert found.left_out == {"c": "failed: RuntimeError: no such kernel"}
    with pytest.raises(RuntimeError, match="no such kernel"):
        race(task, [first, Contender(OURS.name, fail, {})], {}, rounds=1)


def test_multiply_adds_of_training():
    # Forward and weight gradients of both layers, input gradients of the second one only.
    assert training_multiply_adds(SMALL[0].network()) == 2 * (784 * 12 + 12 * 10) + 12 * 10


PUBLISHED = {
    "lenet5": 61_706,
    "mlp128": 101_770,
    "mlp10": 7_960,
    "cnn": 21_840,
    "tiny": 707,
    "resnet18": 11_175_370,
    "googlenet": 9_954_366,
    "squeezenet": 45_362,
    "capsnet": 161_824,
    "autoencoder": 628_384,
}


@pytest.mark.parametrize("name", WORKLOADS)
def test_workloads_are_the_published_networks_in_whole_batches(name):
    workload = WORKLOADS[name]
    assert workload.images % workload.batch_size == 0
    assert workload.network().parameter_count == PUBLISHED[name]


def test_bits_are_the_same_in_any_company():
    met = list(company(WORKLOADS["mlp10"], threads=2, rounds=1, tell=lambda _: None))
    assert len(met) == 4
    assert all(each.same_bits for each in met)
    assert all(each.together_seconds > 0 for each in met)


@pytest.mark.parametrize(
    ("arguments", "message"), [({"workloads": ["mlp11"]}, "mlp10"), ({"threads": 0}, "threads"), ({"rounds": 0}, "rounds")]
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises((DataError, ValueError), match=message):
        run(**arguments)


def test_processors_are_given_back():
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("this system has no processor affinity")
    before = os.sched_getaffinity(0)
    run(["mlp10"], peers=False, quick=True, rounds=1, threads=1)
    assert os.sched_getaffinity(0) == before
