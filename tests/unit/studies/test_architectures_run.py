"""The study on small data: what it trains, keeps and takes up again."""

import json
import sys

import numpy as np
import pytest

import digitcompress as dc
from digitcompress.studies import architectures
from digitcompress.studies.architectures import _job

pytest.importorskip("joblib", reason="needs the extra 'study'")
pytest.importorskip("jinja2", reason="needs the extra 'study'")
pytest.importorskip("pandas", reason="needs the extra 'study'")
pytest.importorskip("matplotlib", reason="needs the extra 'study'")

TIMED = {"microseconds_per_image", "seconds", "fastest_epoch_seconds"}
RATES = (0.01, 0.0002)


def planted_split(count, seed):
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    bars = np.arange(28)[None, :, None] // 3 == labels[:, None, None]
    return dc.datasets.Split((generator.random((count, 28, 28)) < 0.1 + 0.5 * bars).astype(np.uint8) * 200, labels)


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Leave out the figures, which take longer than these trainings."""
    monkeypatch.setattr("digitcompress.studies.architectures._figures.draw_figures", lambda table: {})


@pytest.fixture(scope="module")
def data():
    return dc.datasets.Dataset("planted", "the test", *(planted_split(count, seed) for seed, count in enumerate((300, 60, 80))))


def run(data, **changes):
    options = {
        "models": ["mlp", "lenet5"],
        "learning_rates": RATES,
        "quick": True,
        "further": False,
        "embeddings": False,
        "progress": False,
    }
    return architectures.run(data, **(options | changes))


def untimed(table):
    """Return the rows without times; a class that was never predicted has no precision, and nan equals nothing."""
    return [{name: None if value != value else value for name, value in row.items() if name not in TIMED} for row in table.rows]


@pytest.fixture(scope="module")
def table(data):
    return run(data)


def test_rows_are_what_fit_and_evaluate_give(data, table):
    for epochs in (1, 2):
        network = dc.models.lenet5(seed=0)
        history = dc.fit(
            network, data.train, validation=data.validation, optimizer=dc.optimizers.Adam(0.0002), epochs=epochs, progress=False
        )
        report = dc.evaluate(network, data.test)
        (row,) = table.select("lenet5", "published", 0.0002, epochs)
        assert row["train_loss"] == history.columns["loss"][-1]
        assert row["validation_accuracy"] == history.columns["val_accuracy"][-1]
        assert (row["test_accuracy"], row["test_loss"]) == (report.accuracy, report.loss)
        assert [row[f"recall[{digit}]"] for digit in range(10)] == report.recall.tolist()


def test_the_further_recipe_is_a_cycle_on_shifted_images(data):
    network = dc.models.get("mlp")(seed=0)
    rules = {"optimizer": dc.optimizers.Adam(0.002), "schedule": "one_cycle", "augmentation": dc.augmentation.Shift(1)}
    dc.fit(network, data.train, **rules, epochs=1, progress=False)
    table = run(data, models=["mlp"], learning_rates=[0.01], further=True)
    (row,) = table.select("mlp", "further", 0.002, 1)
    assert row["test_loss"] == dc.evaluate(network, data.test).loss
    assert row["published_test"] is None
    assert "MLP, further" in table.text()


def test_rates_other_than_the_default_stop_early(table):
    assert [(row["network"], row["learning_rate"], row["epochs"]) for row in table.rows] == [
        (name, rate, epochs) for name in ("mlp", "lenet5") for rate, epochs in ((0.01, 1), (0.0002, 1), (0.0002, 2))
    ]


@pytest.mark.parametrize("choice", [{"jobs": 2}, {"threads": 1}, {}])
def test_how_it_is_computed_does_not_matter(data, table, choice):
    assert untimed(run(data, **choice)) == untimed(table)


def test_seconds_are_those_of_the_epochs(table):
    for cell in table.cells:
        assert len(cell.seconds) == cell.epochs == len(cell.curves["val_accuracy"])
        assert min(cell.seconds) > 0
    (row,) = table.select("mlp", "published", 0.0002, 2)
    assert row["seconds"] >= 2 * row["fastest_epoch_seconds"]


@pytest.fixture
def stopped_once(monkeypatch):
    """Press Ctrl-C in the evaluation after an epoch, once."""
    calls = []
    evaluate = _job.evaluate

    def interrupted(*arguments, **options):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return evaluate(*arguments, **options)

    monkeypatch.setattr(_job, "evaluate", interrupted)
    return calls


def test_a_stopped_study_goes_on_inside_its_training(data, table, tmp_path, monkeypatch, stopped_once):
    monkeypatch.setattr(_job, "CHECKPOINT_SECONDS", 0.0)
    # The third reading is the last cell's first one, the fourth comes after its second epoch.
    with pytest.raises(KeyboardInterrupt):
        run(data, models=["mlp"], learning_rates=[0.01, 0.02, 0.0002], out=tmp_path)
    assert len(list((tmp_path / "cells").glob("*.json"))) == 2
    assert len(list((tmp_path / "unfinished").glob("*/*"))) == 1
    resumed = run(data, models=["mlp"], learning_rates=[0.01, 0.02, 0.0002], out=tmp_path)
    assert len(stopped_once) == 5
    assert untimed(resumed)[-2:] == [row for row in untimed(table) if (row["network"], row["learning_rate"]) == ("mlp", 0.0002)]
    assert not (tmp_path / "unfinished").exists()


def test_a_study_can_be_made_piece_by_piece(data, table, tmp_path):
    run(data, models=["lenet5"], out=tmp_path)
    run(data, models=["mlp"], learning_rates=[0.0002], out=tmp_path)
    together = run(data, models=["mlp"], learning_rates=[0.01], out=tmp_path)
    assert untimed(together) == untimed(table)
    assert untimed(architectures.load(tmp_path)) == untimed(table)
    assert {cell.made["level"] for cell in together.cells} == {dc.versions()["level"]}


def test_results_of_other_data_are_not_mixed_in(data, tmp_path):
    run(data, models=["mlp"], learning_rates=[0.01], out=tmp_path)
    other = dc.datasets.Dataset("other", "the test", data.train[:-1], data.validation, data.test)
    with pytest.raises(
        dc.FormatError, match=r"architectures: results to put together must be of the same data and length, got other: 299 .*planted: 300"
    ):
        run(other, models=["mlp"], out=tmp_path)
    (tmp_path / "results.json").write_text("{}")
    with pytest.raises(dc.FormatError, match=r"must be the results\.json of the study 'architectures', got"):
        run(data, models=["mlp"], out=tmp_path)
    (tmp_path / "results.json").write_text("no JSON")
    with pytest.raises(dc.FormatError, match=r"must be the results\.json of the study 'architectures', got"):
        architectures.load(tmp_path)


def test_results_are_plain_json_and_come_back(table, tmp_path):
    table.save(tmp_path)
    content = json.loads((tmp_path / "results.json").read_text())
    assert {cell["made"]["level"] for cell in content["cells"]} == {dc.versions()["level"]}
    again = architectures.load(tmp_path / "results.json")
    assert untimed(again) == untimed(table)
    assert [cell.seconds for cell in again.cells] == [cell.seconds for cell in table.cells]
    assert again.text() == table.text()


def test_a_training_that_diverges_is_a_row_of_its_own(data, monkeypatch):
    monkeypatch.setattr(_job, "Adam", dc.optimizers.SGD)  # whose steps can be of any length
    table = run(data, models=["lenet5"], learning_rates=[1e6, 0.01])
    worst, good = table.rows
    assert worst["diverged"] is not None
    assert good["diverged"] is None
    assert np.isfinite(worst["test_accuracy"])
    assert "(diverged)" in table.text()


def test_pytorch_takes_the_same_steps(data, tmp_path):
    pytest.importorskip("torch", reason="needs PyTorch, from the extra 'peers'")
    table = run(data, models=["mlp"], learning_rates=[0.01], pytorch=True, out=tmp_path)
    (timing,) = table.timings
    assert set(timing.step_microseconds) == {"digitcompress", "PyTorch"}
    assert timing.ratio == timing.step_microseconds["PyTorch"] / timing.step_microseconds["digitcompress"]
    assert architectures.load(tmp_path).timings == (again := run(data, models=["mlp"], learning_rates=[0.01], out=tmp_path)).timings
    assert again.timings == table.timings


def test_a_missing_pytorch_is_told_before_any_training(data, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(dc.MissingExtraError, match=r"the comparison with PyTorch needs the package torch.*digitcompress\[peers\]"):
        run(data, pytorch=True)


WRONG = {
    "no rates": ({"learning_rates": []}, dc.DataError, "learning_rates must be at least one, got none"),
    "rate": ({"learning_rates": [0.0]}, dc.DataError, "learning_rates must be finite, above 0, got 0"),
    "model": ({"models": ["vgg"]}, dc.DataError, "unknown network 'vgg'"),
    "seeds": ({"seeds": 0}, dc.DataError, "seeds must be at least 1, got 0"),
    "jobs": ({"jobs": 0}, dc.DataError, "jobs must be at least 1, got 0"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_refused(data, name):
    changes, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        run(data, **changes)


def test_pictures_must_have_the_size_of_the_networks():
    small = dc.datasets.Split(np.ones((30, 8, 8), np.uint8), np.arange(30) % 10)
    with pytest.raises(dc.DataError, match=r"data: images must be 28 by 28, as the networks are, got \[\(8, 8\)\] in small"):
        run(dc.datasets.Dataset("small", "the test", small))
