"""Callbacks: when they are called, what they are told, and what they can do."""

import csv

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import synthetic_digits

RECORD_RTOL = 1e-6


def network(seed=3):
    return dc.models.mlp([784, 10, 10], seed=seed)


def fit(net, data, **changes):
    settings = {"optimizer": dc.optimizers.SGD(0.1), "epochs": 4, "batch_size": 100, "progress": False}
    return dc.fit(net, data, **settings | changes)


def values_of(net):
    return {name: values.copy() for name, values in net.parameters.items()}


class Diary(dc.callbacks.Callback):
    """Writes down what it is told."""

    def __init__(self):
        self.entries, self.logs, self.parameters = [], [], []

    def on_train_begin(self):
        self.entries.append("train begins")

    def on_epoch_begin(self, epoch):
        self.entries.append(f"{epoch} begins")

    def on_epoch_end(self, epoch, logs):
        self.entries.append(f"{epoch} ends")
        self.logs.append(dict(logs))
        self.parameters.append(values_of(self.network))

    def on_train_end(self):
        self.entries.append("train ends")


@pytest.mark.parametrize("batch_size", [None, 100])
def test_the_order_of_calls(batch_size, digits):
    diary = Diary()
    fit(network(), digits, epochs=2, batch_size=batch_size, callbacks=[diary])
    assert diary.entries == ["train begins", "0 begins", "0 ends", "1 begins", "1 ends", "train ends"]


def test_callbacks_are_called_in_their_order(digits):
    order = []
    both = [dc.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs, name=name: order.append((epoch, name))) for name in "ab"]
    fit(network(), digits, epochs=2, callbacks=both)
    assert order == [(0, "a"), (0, "b"), (1, "a"), (1, "b")]


@pytest.mark.parametrize("batch_size", [None, 100, 64])
@pytest.mark.parametrize("record_every", [None, 1, 7])
def test_callbacks_that_only_look_change_nothing(batch_size, record_every, digits):
    watched, alone = network(), network()
    options = {"batch_size": batch_size, "record_every": record_every, "validation": digits}
    with_diary = fit(watched, digits, callbacks=[Diary()], **options)
    without = fit(alone, digits, **options)
    for name, values in with_diary.columns.items():
        assert_array_equal(values, without.columns[name], err_msg=name)
    for name, values in watched.parameters.items():
        assert_array_equal(values, alone.parameters[name], err_msg=name)


def test_logs_are_those_of_the_history(digits):
    diary = Diary()
    columns = fit(network(), digits, validation=synthetic_digits.make(90, seed=5), callbacks=[diary]).columns
    assert list(diary.logs[0]) == ["loss", "accuracy", "learning_rate", "val_loss", "val_accuracy"]
    for name in diary.logs[0]:
        assert_array_equal([logs[name] for logs in diary.logs], columns[name], err_msg=name)


def test_the_record_of_an_epoch_sums_its_steps_and_validates_after_them(digits):
    validation, diary = synthetic_digits.make(90, seed=5), Diary()
    epochs = fit(network(), digits, validation=validation, callbacks=[diary], batch_size=70).columns
    steps = fit(network(), digits, batch_size=70, record_every=1).columns
    for row, epoch in enumerate(epochs["epoch"]):
        here = steps["epoch"] == epoch
        samples = steps["samples"][here]
        assert epochs["samples"][row] == samples.sum() == 600
        assert_array_equal(epochs["confusion"][row], steps["confusion"][here].sum(axis=0))
        assert_allclose(epochs["loss"][row], (steps["loss"][here] * samples).sum() / 600, rtol=RECORD_RTOL)
        net = network()
        for name, values in diary.parameters[row].items():
            net.parameters[name][...] = values
        report = dc.evaluate(net, validation)
        assert_allclose(epochs["val_loss"][row], report.loss, rtol=RECORD_RTOL)
        assert epochs["val_accuracy"][row] == report.accuracy


@pytest.mark.parametrize("how", ["returns True", "sets stop_training"])
def test_a_callback_ends_the_training(how, digits):
    class Stop(dc.callbacks.Callback):
        def on_epoch_end(self, epoch, logs):
            if epoch == 1 and how == "returns True":
                return True
            self.stop_training = epoch == 1 and how == "sets stop_training"
            return 1  # only True itself stops

    diary, stop = Diary(), Stop()
    history = fit(network(), digits, callbacks=[stop, diary])
    assert history.steps == 12
    assert not history.interrupted
    assert diary.entries[-2:] == ["1 ends", "train ends"]
    assert fit(network(), digits, epochs=1, callbacks=[stop]).steps == 6  # it starts anew


def test_a_callback_may_write_parameters(digits):
    net = network()
    reset = dc.callbacks.LambdaCallback(on_train_end=lambda: net.parameters["fc1.bias"].fill(7))
    fit(net, digits, callbacks=[reset])
    assert (net.parameters["fc1.bias"] == 7).all()


@pytest.mark.parametrize("method", ["on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_end"])
def test_an_exception_comes_through_and_the_network_stays_usable(method, digits):
    def refuse(*_):
        message = "the disk is full"
        raise OSError(message)

    net = network()
    with pytest.raises(OSError, match="the disk is full"):
        fit(net, digits, callbacks=[dc.callbacks.LambdaCallback(**{method: refuse})])
    assert fit(net, digits, epochs=1).steps == 6


@pytest.mark.parametrize("method", ["on_epoch_begin", "on_epoch_end"])
def test_ctrl_c_in_a_callback_ends_the_training_with_what_there_is(method, digits):
    def press(epoch, *_):
        if epoch == 2:
            raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="interrupted after"):
        history = fit(network(), digits, callbacks=[dc.callbacks.LambdaCallback(**{method: press})])
    assert history.interrupted
    assert_array_equal(history.columns["epoch"], [0, 1] if method == "on_epoch_begin" else [0, 1, 2])


def scripted(values, **options):
    """Train with an EarlyStopping that sees these validation losses instead of the real ones."""
    stop, diary = dc.callbacks.EarlyStopping("val_loss", **options), Diary()

    class Script(dc.callbacks.Callback):
        def on_epoch_end(self, epoch, logs):
            stop.on_epoch_end(epoch, logs | {"val_loss": values[epoch]})
            self.stop_training = stop.stop_training

    net, data = network(), synthetic_digits.make(100)
    stop.network = net
    stop.on_train_begin()
    history = fit(net, data, epochs=len(values), callbacks=[Script(), diary])
    stop.on_train_end()
    return stop, diary, net, history.steps


# values, options, epochs done, best epoch
STOPS = {
    "falls for ever": ([5, 4, 3, 2], {}, 4, 3),
    "rises at once": ([5, 6, 1, 1], {}, 2, 0),
    "patience 1 bears one": ([5, 6, 4, 5, 5, 1], {"patience": 1}, 5, 2),
    "equal is no improvement": ([5, 5, 5], {"patience": 1}, 3, 0),
    "a small one is none": ([5.0, 4.95, 4.9, 4.85], {"patience": 1, "min_delta": 0.2}, 3, 0),
    "nan is none": ([5, np.nan, 4, 3], {}, 2, 0),
    "nan first": ([np.nan, 5, 6, 1], {"patience": 1}, 4, 3),
    "infinity first": ([np.inf, 5, 6, 1], {}, 3, 1),
}


@pytest.mark.parametrize("case", STOPS)
def test_early_stopping(case):
    values, options, epochs, best = STOPS[case]
    stop, diary, net, _ = scripted(values, **options)
    assert len(diary.logs) == epochs
    assert (stop.best_epoch, stop.best) == (best, values[best])
    for name, expected in diary.parameters[best].items():
        assert_array_equal(net.parameters[name], expected, err_msg=name)


def test_early_stopping_keeps_the_last_parameters_on_request():
    _, diary, net, _ = scripted([5, 6, 7, 8], patience=1, restore_best=False)
    assert_array_equal(net.parameters["fc1.weight"], diary.parameters[2]["fc1.weight"])
    assert (diary.parameters[2]["fc1.weight"] != diary.parameters[0]["fc1.weight"]).any()


def test_accuracies_shall_rise(digits):
    stop = dc.callbacks.EarlyStopping("val_accuracy", patience=2)
    columns = fit(network(), digits, validation=digits, epochs=60, optimizer=dc.optimizers.SGD(0.5), callbacks=[stop]).columns
    assert stop.best == columns["val_accuracy"].max()
    assert stop.best_epoch == columns["val_accuracy"].argmax()
    assert len(columns["epoch"]) <= stop.best_epoch + 4


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"patience": -1}, dc.DataError, r"patience must be at least 0, got -1"),
        ({"patience": 1.5}, TypeError, r"patience must be an integer, got 1\.5"),
        ({"min_delta": -0.1}, dc.DataError, r"min_delta must be .*, got -0\.1"),
        ({"min_delta": np.nan}, dc.DataError, r"min_delta must be .*, got nan"),
        ({"monitor": 3}, TypeError, r"monitor must be .*, got 3"),
    ],
)
def test_early_stopping_refuses(options, error, message):
    with pytest.raises(error, match=message):
        dc.callbacks.EarlyStopping(**options)


def test_lambda_callbacks_are_functions():
    with pytest.raises(TypeError, match=r"on_epoch_end must be callable, got 3"):
        dc.callbacks.LambdaCallback(on_epoch_end=3)


def test_the_csv_file_holds_the_history(digits, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("an earlier run\n")
    columns = fit(network(), digits, validation=digits, callbacks=[dc.callbacks.CSVLogger(path)]).columns
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["epoch", "loss", "accuracy", "learning_rate", "val_loss", "val_accuracy"]
    for name in rows[0]:
        assert_array_equal([float(row[name]) for row in rows], columns[name], err_msg=name)


def test_a_csv_file_is_complete_after_every_epoch(digits, tmp_path):
    path, lines = tmp_path / "log.csv", []
    count = dc.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: lines.append(len(path.read_text().splitlines())))
    fit(network(), digits, callbacks=[dc.callbacks.CSVLogger(path), count])
    assert lines == [2, 3, 4, 5]


def test_every_epoch_is_saved_under_its_name(digits, tmp_path):
    diary = Diary()
    save = dc.callbacks.ModelCheckpoint(tmp_path / "net-{epoch:02}-{accuracy:.3f}.safetensors")
    fit(network(), digits, callbacks=[save, diary])
    for epoch, (logs, parameters) in enumerate(zip(diary.logs, diary.parameters, strict=True)):
        loaded = dc.load(tmp_path / f"net-{epoch:02}-{logs['accuracy']:.3f}.safetensors")
        for name, values in parameters.items():
            assert_array_equal(loaded.parameters[name], values, err_msg=name)


def test_only_the_best_is_saved_on_request(digits, tmp_path):
    values, diary = [3.0, 4.0, 2.0, 2.5], Diary()
    save = dc.callbacks.ModelCheckpoint(tmp_path / "best.safetensors", save_best_only=True)
    script = dc.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: save.on_epoch_end(epoch, logs | {"val_loss": values[epoch]}))
    save.network = net = network()
    fit(net, digits, callbacks=[script, diary])
    assert_array_equal(dc.load(tmp_path / "best.safetensors").parameters["fc1.weight"], diary.parameters[2]["fc1.weight"])


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("net-{val_loss}", {}, r"path must be made of epoch, loss, accuracy, learning_rate, got 'net-\{val_loss\}'"),
        ("net-{epoch:q}", {}, r"path must be made of .*, got 'net-\{epoch:q\}'"),
        ("net-{}", {}, r"path must be made of .*, got 'net-\{\}'"),
        ("net", {"save_best_only": True}, r"ModelCheckpoint: monitor must be one of loss, .*, got 'val_loss'; it needs validation data"),
    ],
)
def test_model_checkpoint_refuses(path, options, message, digits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(dc.DataError, match=message):
        fit(network(), digits, callbacks=[dc.callbacks.ModelCheckpoint(path, **options)])
    assert list(tmp_path.iterdir()) == []
