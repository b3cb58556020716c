"""Which trainings the table needs."""

import itertools

import pytest

from digitcompress.studies._store import job_key
from digitcompress.studies.losses._choices import COMPRESSIONS, LOSSES
from digitcompress.studies.losses._plan import training_jobs
from digitcompress.studies.losses._published import COMPRESSIONS_OF_MODEL, LOSS_TITLES, ROWS, SETTINGS, Setting, published_accuracy
from unit.studies.planted_table import COUNTS, planted_design

JOBS = list(training_jobs(planted_design(), COUNTS))


def cells(job):
    return [(job.mode, job.compression, loss, job.learning_rate, count, job.seed) for loss in job.losses for count in job.checkpoints]


def test_every_cell_is_computed_exactly_once():
    found = [cell for job in JOBS for cell in cells(job)]
    wanted = itertools.product(("faithful", "correct"), COMPRESSIONS, LOSSES, SETTINGS, (0, 1, 2))
    assert sorted(found) == sorted((mode, compression, loss, *setting, seed) for mode, compression, loss, setting, seed in wanted)


def test_faithful_losses_share_one_training():
    faithful = [job for job in JOBS if job.mode == "faithful"]
    assert len(faithful) == 3 * len(COMPRESSIONS) * 3
    assert {job.losses for job in faithful} == {LOSSES}


def test_losses_with_the_same_gradient_share_one_training():
    groups = {job.losses for job in JOBS if job.mode == "correct"}
    assert ("none", "one_hot", "cross_entropy") in groups
    assert len(groups) == 6


def test_shorter_runs_are_prefixes():
    assert {(job.learning_rate, job.checkpoints) for job in JOBS} == {(0.01, (1500,)), (0.1, (500, 1500)), (0.5, (100, 500))}


def keys(**changes):
    return {job_key(job.config()): job for job in training_jobs(planted_design(**changes), COUNTS)}


@pytest.mark.parametrize(
    ("changes", "untouched"),
    [({"bits": 4}, {"none", "pruned"}), ({"rate": 0.5}, {"none", "quantized"}), ({"every": 5}, set()), ({"hidden": (10, 10)}, set())],
)
def test_only_what_a_choice_touches_is_computed_again(changes, untouched):
    before, after = keys(), keys(**changes)
    assert len(before) == len(JOBS)
    assert {before[key].compression for key in before.keys() & after.keys()} == untouched


def test_a_quick_study_divides_the_iterations():
    assert {job.checkpoints for job in training_jobs(planted_design(quick=True), COUNTS)} == {(150,), (50, 150), (10, 50)}


def test_published_rows_have_a_place():
    assert len(ROWS) == 12
    assert all(row.loss in LOSS_TITLES and row.model in COMPRESSIONS_OF_MODEL for row in ROWS)
    assert all(len(row.accuracies) == 5 and all(8 < value < 92 for value in row.accuracies) for row in ROWS)


@pytest.mark.parametrize(
    ("compression", "loss", "setting", "published"),
    [
        ("none", "cross_entropy", (0.01, 1500), 73.5),
        ("quantized", "none", (0.5, 100), 23.3),
        ("quantized", "mse", (0.5, 500), 28.1),
        ("pruned", "hinge", (0.5, 100), 82.69),
        ("both", "hinge", (0.5, 100), None),
        ("none", "mse", (0.5, 100), None),
        ("pruned", "hinge", (0.5, 10), None),
    ],
)
def test_published_number_beside_a_training(compression, loss, setting, published):
    assert published_accuracy(compression, loss, Setting(*setting)) == published
