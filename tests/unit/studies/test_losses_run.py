"""The whole study on small data."""

import numpy as np
import pytest

import digitcompress as dc
from digitcompress.studies import losses
from digitcompress.studies.losses._job import run_job
from digitcompress.studies.losses._plan import Counts, TrainingJob
from digitcompress.studies.losses._start import draw_start

joblib = pytest.importorskip("joblib", reason="needs the extra 'study'")
TIMED = "microseconds_per_image"


@pytest.fixture(scope="module")
def data():
    generator = np.random.default_rng(0)
    labels = np.arange(150) % 10
    images = (generator.random((150, 8, 8)) < 0.15 + 0.5 * (np.arange(64).reshape(8, 8) // 7 == labels[:, None, None])) * 200
    return dc.datasets.Dataset("planted", "the test", dc.datasets.Split(images.astype(np.uint8), labels)).take(development=50)


def run(data, **changes):
    return losses.run(data, **({"quick": True, "losses": ["cross_entropy", "focal"], "progress": False} | changes))


def untimed(table):
    return [{name: value for name, value in row.items() if name != TIMED} for row in table.rows]


def same(left, right):
    return all(
        a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) or a[k] != a[k] for k in a) for a, b in zip(left, right, strict=True)
    )


@pytest.fixture(scope="module")
def table(data):
    return run(data)


@pytest.mark.parametrize("mode", ["faithful", "correct"])
@pytest.mark.parametrize("compression", ["none", "quantized", "pruned", "both"])
@pytest.mark.parametrize("iterations", [30, 75])
def test_a_shorter_run_is_the_beginning_of_a_longer_one(data, mode, compression, iterations):
    quantizes, prunes = compression in {"quantized", "both"}, compression in {"pruned", "both"}
    job = TrainingJob(
        mode, compression, ("focal",), 0.5, (30, 75), 4, (10,), 3 if quantizes else None, 0.2 if prunes else None, 7, Counts(50, 100, 0)
    )
    images = np.concatenate([data.validation.images, data.train.images])
    labels = np.concatenate([data.validation.labels, data.train.labels])
    record = run_job(job, images, labels, 1)
    cell = losses.train(
        *data.train,
        start=draw_start(64, seed=4),
        learning_rate=0.5,
        iterations=iterations,
        loss="focal",
        compression=compression,
        bits=3,
        rate=0.2,
        faithful=mode == "faithful",
        gradient_samples=150 if mode == "faithful" and quantizes else None,
        record_every=7,
        seed=4,
    )
    for index, array in enumerate(cell.weights):
        assert np.array_equal(record.arrays[f"weights.{iterations}.{index}"], array)
    steps = cell.history.columns["step"]
    assert np.array_equal(record.arrays["step"][: len(steps)], steps)
    assert record.arrays["loss.focal"][: len(steps)] == pytest.approx(cell.history.columns["loss"])


def test_accuracy_is_that_of_the_development_images(data, table):
    for row in table.rows:
        assert row["accuracy_low"] <= row["accuracy"] <= row["accuracy_high"]
        assert row["accuracy"] * 50 == pytest.approx(round(row["accuracy"] * 50))
    key, job = next((key, job) for key, job in table.jobs.items() if (job.mode, job.compression) == ("correct", "none"))
    weights = [table.records[key].arrays[f"weights.{job.checkpoints[-1]}.{index}"] for index in range(4)]
    hidden = np.maximum(data.validation.images.reshape(50, 64) / 255 @ weights[0].T + weights[1].T, 0)
    predicted = (hidden @ weights[2].T + weights[3].T).argmax(axis=1)
    assert table.records[key].values["checkpoints"][-1]["accuracy"] == np.mean(predicted == data.validation.labels)


def test_sizes_are_those_of_the_codes(table):
    sizes = {(row["mode"], row["compression"]): row["size_bytes"] for row in table.rows}
    weights, biases = 10 * 64 + 10 * 10, 20
    assert sizes["faithful", "none"] == sizes["faithful", "pruned"] == sizes["correct", "none"] == 4 * (weights + biases)
    assert sizes["faithful", "quantized"] == sizes["faithful", "both"] == 10 * 64 * 9 // 8 + -(-10 * 10 * 9 // 8) + 4 * biases
    assert weights + 4 * biases <= sizes["correct", "quantized"] <= weights + 4 * biases + 16
    assert sizes["correct", "pruned"] < 4 * (weights + biases)


def test_the_same_seed_gives_the_same_table(data, table):
    assert same(untimed(run(data)), untimed(table))


@pytest.mark.parametrize("choice", [{"jobs": 2}, {"threads": 1}])
def test_how_it_is_computed_does_not_matter(data, table, choice):
    assert same(untimed(run(data, **choice)), untimed(table))


def test_a_dask_cluster_gives_the_same_table(data, table):
    distributed = pytest.importorskip("distributed", reason="needs dask's distributed, from the extra 'sweep'")
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, distributed.Client(cluster), joblib.parallel_config("dask"):
        assert same(untimed(run(data)), untimed(table))


def test_rows_of_a_seed_share_their_start(data):
    table = run(data, seeds=[0, 7], losses=["mse"])
    first = {}
    for row in table.rows:
        if row["mode"] == "faithful" and row["compression"] in {"none", "pruned"}:
            first.setdefault(row["seed"], set()).add(row["train_loss"])
    assert set(first) == {0, 7}


WRONG = {
    "faithful": ({"faithful": "yes"}, dc.DataError, "faithful must be True, False or 'both', got 'yes'"),
    "hidden": ({"hidden": (10, 10, 10)}, dc.DataError, "hidden must be the sizes of one or two layers"),
    "seeds": ({"seeds": []}, dc.DataError, "seeds must be at least one, got none"),
    "no losses": ({"losses": []}, dc.DataError, "losses must name at least one loss, got none"),
    "loss": ({"losses": ["mse", "huber"]}, dc.DataError, "unknown loss 'huber'; known: none"),
    "every": ({"every": 0}, dc.DataError, "every must be at least 1, got 0"),
    "jobs": ({"jobs": 0}, dc.DataError, "jobs must be at least 1, got 0"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_refused(data, name):
    changes, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        run(data, **changes)


def test_data_must_be_a_data_set():
    with pytest.raises(TypeError, match="data must be a Dataset, a name or the path of a CSV file or of a folder, got ndarray"):
        run(np.zeros((3, 28, 28)))
