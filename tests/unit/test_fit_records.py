"""What dc.fit records, returns and prints; seeds, validation and interruption."""

import io
import pickle
import re
import sys
import time

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import ctrl_c
import digitcompress as dc
from reference import losses, metrics, synthetic_digits

RECORD_RTOL = 1e-6


def network(seed=3):
    return dc.models.mlp([784, 10, 10], initializer="uniform_half", seed=seed)


def fit(net, data, **changes):
    settings = {"optimizer": dc.optimizers.SGD(0.1), "epochs": 20, "batch_size": None, "record_every": 1, "progress": False}
    return dc.fit(net, data, **settings | changes)


def values_of(net):
    return {name: values.copy() for name, values in net.parameters.items()}


def assert_same_parameters(left, right):
    assert left.keys() == right.keys()
    for name, values in left.items():
        assert_array_equal(values, right[name], err_msg=name)


@pytest.mark.parametrize(("epochs", "every", "steps"), [(20, 1, range(20)), (20, 10, [0, 10]), (21, 10, [0, 10, 20]), (3, 7, [0])])
def test_records_are_of_the_steps_0_k_2k(epochs, every, steps, digits):
    history = fit(network(), digits, epochs=epochs, record_every=every)
    assert_array_equal(history.columns["step"], list(steps))
    assert_array_equal(history.columns["epoch"], list(steps))  # a full batch is an epoch
    assert history.steps == epochs
    assert not history.interrupted


def test_by_default_a_full_batch_records_every_tenth_step_and_batches_every_epoch(digits):
    assert_array_equal(fit(network(), digits, record_every=None, epochs=35).columns["step"], [0, 10, 20, 30])
    history = fit(network(), digits, record_every=None, epochs=3, batch_size=64)
    assert_array_equal(history.columns["step"], [10, 20, 30])  # ceil(600 / 64) steps an epoch
    assert_array_equal(history.columns["epoch"], [0, 1, 2])
    assert history.steps == 30


def test_a_record_shows_the_pass_before_its_update(digits):
    net = network()
    report = dc.evaluate(net, digits)
    first = {name: column[0] for name, column in fit(net, digits, epochs=1).columns.items()}
    assert_array_equal(first["confusion"], report.confusion)
    assert_allclose(first["loss"], report.loss, rtol=RECORD_RTOL)
    assert_allclose(first["class_loss"], report.class_loss, rtol=RECORD_RTOL)
    assert first["accuracy"] == report.accuracy


@pytest.mark.parametrize("batch_size", [None, 50])
def test_recording_changes_nothing(batch_size, digits):
    often, seldom = network(), network()
    fit(often, digits, record_every=1, batch_size=batch_size, epochs=4, validation=digits)
    fit(seldom, digits, record_every=1000, batch_size=batch_size, epochs=4)
    assert_same_parameters(values_of(often), values_of(seldom))


def test_columns_agree_with_each_other(digits):
    columns = fit(network(), digits, epochs=5, validation=digits).columns
    count = len(digits[1])
    assert columns["confusion"].shape == (5, 10, 10)
    assert columns["confusion"].dtype == np.int64
    assert_array_equal(columns["confusion"].sum(axis=2), np.tile(np.bincount(digits[1]), (5, 1)))
    assert_allclose(columns["accuracy"], np.trace(columns["confusion"], axis1=1, axis2=2) / count, rtol=1e-15)
    assert_allclose(columns["class_loss"].mean(axis=1), columns["loss"], rtol=RECORD_RTOL)  # classes of equal size


def test_validation_columns_are_those_of_the_validation_data(digits):
    validation = synthetic_digits.make(90, seed=5)
    net = network()
    before = dc.evaluate(net, validation)
    columns = fit(net, digits, epochs=2, validation=validation).columns
    assert_allclose(columns["val_loss"][0], before.loss, rtol=RECORD_RTOL)
    assert columns["val_accuracy"][0] == before.accuracy
    assert columns["val_accuracy"].shape == columns["accuracy"].shape


def test_validation_on_the_training_data_repeats_its_columns(digits):
    columns = fit(network(), digits, epochs=5, validation=digits).columns
    assert_allclose(columns["val_loss"], columns["loss"], rtol=RECORD_RTOL)
    assert_array_equal(columns["val_accuracy"], columns["accuracy"])


def test_the_frame_holds_the_columns_under_their_names(digits):
    pytest.importorskip("pandas", reason="needs pandas, from the extra 'study'")
    history = fit(network(), digits, epochs=4, validation=digits)
    frame = history.frame()
    assert {"step", "epoch", "loss", "accuracy", "val_loss", "val_accuracy"} <= set(frame.columns)
    last = history.columns["confusion"][-1]
    for digit in range(10):
        assert_allclose(frame[f"precision[{digit}]"].iloc[-1], metrics.precision(last)[digit])
        assert_allclose(frame[f"recall[{digit}]"].iloc[-1], metrics.recall(last)[digit])
        assert_allclose(frame[f"class_loss[{digit}]"], history.columns["class_loss"][:, digit])


@pytest.mark.parametrize("compression", [[], [dc.Pruning(sparsity=0.2), dc.Quantization(weights=8, activations=8, gradients=8)]])
@pytest.mark.parametrize("batch_size", [None, 32])
def test_same_seed_same_bits_for_any_number_of_threads(compression, batch_size, digits):
    results = []
    for threads in (1, 2, 4, 8):
        net = dc.prepare(network(), compression, seed=7) if compression else network()
        history = fit(net, digits, batch_size=batch_size, epochs=4, threads=threads, seed=7)
        results.append((values_of(net), history.columns["loss"]))
    for parameters, values in results[1:]:
        assert_same_parameters(parameters, results[0][0])
        assert_array_equal(values, results[0][1])


def test_another_seed_shuffles_otherwise(digits):
    curves = [fit(network(), digits, batch_size=32, epochs=2, seed=seed).columns["loss"] for seed in (0, 0, 1)]
    assert_array_equal(curves[0], curves[1])
    assert (curves[0] != curves[2]).any()


def test_every_sample_is_seen_once_an_epoch(digits):
    columns = fit(network(), digits, batch_size=37, epochs=2, record_every=1).columns
    per_epoch = np.stack([columns["confusion"][columns["epoch"] == epoch].sum(axis=(0, 2)) for epoch in (0, 1)])
    assert_array_equal(per_epoch, np.tile(np.bincount(digits[1]), (2, 1)))


def test_epochs_are_shuffled_differently(digits):
    columns = fit(network(), digits, batch_size=100, epochs=2, record_every=1).columns
    seen = columns["confusion"].sum(axis=2)
    assert (seen[:6] != seen[6:]).any()


@pytest.mark.parametrize("batch_size", [None, 25])
def test_training_learns(batch_size, digits):
    net = dc.models.mlp([784, 10, 10], seed=0)
    fit(net, digits, batch_size=batch_size, epochs=150 if batch_size is None else 10)
    assert dc.evaluate(net, digits).accuracy > 0.9


def test_quantized_gradients_train_and_follow_their_seed(digits):
    def final(bits, seed):
        net = dc.prepare(network(), [dc.Quantization(weights=8, activations=8, gradients=bits)], seed=seed)
        fit(net, digits, epochs=60)
        return values_of(net)["fc1.weight"]

    assert_array_equal(final(8, 0), final(8, 0))
    assert (final(8, 0) != final(8, 1)).any()
    exact = final(None, 0)
    errors = [np.linalg.norm(final(bits, 0) - exact) for bits in (2, 4, 8)]
    assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize("progress", ["auto", False])
def test_nothing_is_printed_without_a_terminal(progress, digits, capfd):
    fit(network(), digits, epochs=50, progress=progress)
    assert capfd.readouterr() == ("", "")


def test_a_function_as_progress_is_told_the_steps(digits):
    told = []
    history = fit(network(), digits, epochs=800, progress=told.append, record_every=1000)
    assert told == sorted(told)
    assert all(0 <= step <= history.steps for step in told)


def test_an_exception_of_that_function_comes_through(digits):
    def refuse(step):
        message = f"stop at {step}"
        raise LookupError(message)

    net = network()
    with pytest.raises(LookupError, match="stop at"):
        fit(net, digits, epochs=1_000_000, progress=refuse, record_every=1000)
    assert np.isfinite(net.parameters["fc1.weight"]).all()
    fit(net, digits, epochs=1)


@pytest.mark.parametrize("batch_size", [None, 100])
def test_ctrl_c_ends_within_half_a_second_at_a_whole_step(batch_size, digits):
    net, twin = network(), network()
    with ctrl_c.pressed_after(0.4) as pressed:
        with pytest.warns(UserWarning, match="interrupted after"):
            history = fit(net, digits, epochs=10_000_000, batch_size=batch_size, record_every=100_000)
        assert time.monotonic() - pressed[0] < 0.5
    assert history.interrupted
    assert history.steps > 0
    steps_per_epoch = 1 if batch_size is None else len(digits[1]) // batch_size
    if history.steps % steps_per_epoch == 0:
        fit(twin, digits, epochs=history.steps // steps_per_epoch, batch_size=batch_size)
        assert_same_parameters(values_of(net), values_of(twin))
    fit(net, digits, epochs=1)


@pytest.mark.parametrize("loss", losses.LOSSES)
def test_divergence_is_an_error_and_leaves_finite_parameters(loss, digits):
    net = network()
    images, labels = digits
    try:
        fit(net, (images / np.float32(1e-12), labels), loss=loss, optimizer=dc.optimizers.SGD(1e6), epochs=60)
    except dc.DivergenceError as error:
        assert "finite" in str(error)  # noqa: PT017
        assert "step" in str(error)  # noqa: PT017
    for name, values in net.parameters.items():
        assert np.isfinite(values).all(), name


def test_a_failed_call_changes_nothing(digits):
    net = network()
    before = values_of(net)
    images, labels = digits
    for bad in ({"batch_size": 0}, {"epochs": -1}, {"class_weight": np.full(10, -1.0)}, {"loss": "unknown"}):
        with pytest.raises(dc.Error):
            fit(net, digits, **bad)
    with pytest.raises(dc.DataError):
        fit(net, (images, labels + 1))
    assert_same_parameters(values_of(net), before)


def test_the_data_are_not_changed(digits):
    images, labels = digits[0].copy(), digits[1].copy()
    images.flags.writeable = labels.flags.writeable = False
    fit(network(), (images, labels), batch_size=50, epochs=2)
    assert_array_equal(images, digits[0])
    assert_array_equal(labels, digits[1])


@pytest.mark.parametrize("share", [0.1, 0.25])
def test_a_share_of_the_data_is_held_out_by_the_seed(share, digits):
    columns = fit(network(), digits, validation=share, epochs=2, seed=4).columns
    held_out = round(share * 600)
    assert_array_equal(columns["val_confusion"].sum(axis=(1, 2)), [held_out] * 2)
    assert_array_equal(columns["samples"], [600 - held_out] * 2)
    assert_array_equal(columns["confusion"][0].sum(axis=1) + columns["val_confusion"][0].sum(axis=1), np.bincount(digits[1]))
    again, other = (fit(network(), digits, validation=share, epochs=2, seed=seed).columns for seed in (4, 5))
    assert_array_equal(again["val_loss"], columns["val_loss"])
    assert (other["val_loss"] != columns["val_loss"]).all()


def test_sample_weights_stay_with_their_samples_when_some_are_held_out(digits):
    images, labels = digits
    weights = np.where(labels == 3, 0.0, 1.0)
    net = network()
    history = fit(net, (images, labels), validation=0.5, sample_weight=weights, epochs=1)
    kept = history.columns["confusion"][0].sum(axis=1)
    unweighted = fit(network(), (images, labels), validation=0.5, epochs=1).columns
    expected = (unweighted["class_loss"][0] * kept)[np.arange(10) != 3].sum() / kept.sum()
    assert_allclose(history.columns["loss"][0], expected, rtol=RECORD_RTOL)


def test_histories_add_up(digits):
    whole_net, cut_net = network(), network()
    whole = fit(whole_net, digits, epochs=30, record_every=7)
    parts = [fit(cut_net, digits, epochs=count, first_step=first, record_every=7) for first, count in ((0, 11), (11, 3), (14, 16))]
    total = parts[0] + parts[1] + parts[2]
    assert total.steps == whole.steps == 30
    for name, values in whole.columns.items():
        assert_array_equal(total.columns[name], values, err_msg=name)
    assert_same_parameters(values_of(whole_net), values_of(cut_net))
    with pytest.raises(dc.StateError, match="val_loss"):
        whole + fit(network(), digits, epochs=1, validation=digits)


def test_a_history_can_be_pickled(digits):
    history = fit(network(), digits, epochs=3, validation=digits)
    copy = pickle.loads(pickle.dumps(history))
    assert (copy.steps, copy.interrupted, repr(copy)) == (history.steps, history.interrupted, repr(history))
    for name, values in history.columns.items():
        assert_array_equal(copy.columns[name], values)


@pytest.mark.parametrize("options", [{"batch_size": 100}, {"batch_size": None}, {"batch_size": 100, "record_every": 4}], ids=str)
def test_divergence_hands_over_the_last_finite_state(options, digits):
    net, twin = network(), network()
    explode = dc.callbacks.LambdaCallback(on_epoch_begin=lambda epoch: epoch == 3 and net.parameters["fc1.weight"].fill(3e38))
    steps = 3 if options["batch_size"] is None else 18
    with pytest.raises(dc.DivergenceError, match=rf"finite, got .* at step {steps}; .* of step {steps}") as caught:
        fit(net, digits, **{"record_every": None, "callbacks": [explode]} | options)
    error = caught.value
    assert error.step == error.history.steps == steps
    expected = fit(twin, digits, epochs=3, **{"record_every": None} | options)
    assert_same_parameters(values_of(net), values_of(twin))
    assert_array_equal(error.history.columns["step"], expected.columns["step"])
    assert_array_equal(error.history.columns["loss"], expected.columns["loss"])


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("progress", ["auto", True])
@pytest.mark.parametrize("callbacks", [[], [dc.callbacks.Callback()]], ids=["alone", "with callback"])
def test_the_bar_shows_loss_accuracy_speed_and_time_left(progress, callbacks, digits, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    # Long enough for a bar to move on any machine.
    fit(network(), digits, epochs=5000, batch_size=100, record_every=None, progress=progress, callbacks=callbacks, threads=1)
    last = terminal.getvalue().split("\r")[-3]
    assert re.search(r"\d[kM]/3\.00M", last), last
    assert re.search(r"\d[kM]? images/s, loss=\d\.\d{4}, accuracy=\d\.\d{4}\]", last), last
    assert re.search(r"\[\d\d:\d\d<\d\d:\d\d", last), last
