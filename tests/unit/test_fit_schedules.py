"""Schedules in training: the rates of the oracle reach the updates, and a resumed training goes on with them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import schedules as oracle

RATE_RTOL = 1e-6
PLANNED = [name for name in dc.schedules.names() if name != "reduce_on_plateau"]


def network():
    return dc.models.mlp([784, 10, 10], seed=3)


def fit(net, data, **changes):
    settings = {"optimizer": dc.optimizers.SGD(0.25), "epochs": 4, "batch_size": 100, "progress": False}
    return dc.fit(net, data, **settings | changes)


@pytest.mark.parametrize("name", PLANNED)
def test_every_step_has_the_rate_of_the_oracle(name, digits):
    rates = fit(network(), digits, schedule=name, record_every=1).columns["learning_rate"]
    expected = [0.25 * oracle.SCHEDULES[name](step, 24, 6) for step in range(24)]
    assert_allclose(rates, expected, rtol=RATE_RTOL, atol=1e-9)


@pytest.mark.parametrize("name", PLANNED)
def test_the_rate_is_what_the_update_multiplies_by(name, digits):
    """A step of SGD is the gradient before it times the rate."""
    after = []
    scheduled, by_hand = network(), network()
    look = dc.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: after.append(scheduled.parameters["fc1.weight"].copy()))
    fit(scheduled, digits, schedule=name, batch_size=None, epochs=5, callbacks=[look])
    for step in range(5):
        rate = 0.25 * oracle.SCHEDULES[name](step, 5, 1)
        for parameter, gradient in dc.gradients(by_hand, digits).items():
            by_hand.parameters[parameter][...] -= rate * gradient
        assert_allclose(after[step], by_hand.parameters["fc1.weight"], rtol=1e-4, atol=1e-6)


def test_the_record_of_an_epoch_has_the_rate_of_its_last_step(digits):
    rates = fit(network(), digits, schedule="cosine").columns["learning_rate"]
    assert_allclose(rates, [0.25 * oracle.SCHEDULES["cosine"](step, 24, 6) for step in (5, 11, 17, 23)], rtol=RATE_RTOL)


def test_constant_is_no_schedule(digits):
    plain, constant = network(), network()
    fit(plain, digits)
    fit(constant, digits, schedule="constant")
    assert_array_equal(plain.parameters["fc1.weight"], constant.parameters["fc1.weight"])


def plateau_rates(metrics, patience, factor, minimum):
    """Keras' rule, written out: the rate of each epoch."""
    rates, best, waited, rate = [], np.inf, 0, 1.0
    for metric in metrics:
        rates.append(rate)
        if metric < best:
            best, waited = metric, 0
        else:
            waited += 1
            if waited == patience:
                rate, waited = max(rate * factor, minimum), 0
    return rates


@pytest.mark.parametrize("record_every", [None, 3])
@pytest.mark.parametrize("monitored", ["val_loss", "loss"])
def test_a_plateau_lowers_the_rate(monitored, record_every, digits):
    random_labels = np.random.default_rng(0).integers(0, 10, 100)  # cannot be learned: the loss on them rises
    validation = (digits[0][:100], random_labels) if monitored == "val_loss" else None
    schedule = dc.schedules.ReduceOnPlateau(patience=2, factor=0.5, minimum=0.1)
    logs = []
    look = dc.callbacks.LambdaCallback(on_epoch_end=lambda epoch, values: logs.append(dict(values)))
    options = {"epochs": 25, "optimizer": dc.optimizers.SGD(2.0), "validation": validation, "record_every": record_every}
    columns = fit(network(), digits, schedule=schedule, callbacks=[look], **options).columns
    expected = 2.0 * np.array(plateau_rates([values[monitored] for values in logs], 2, 0.5, 0.1))
    assert_allclose([values["learning_rate"] for values in logs], expected, rtol=RATE_RTOL)
    assert monitored == "loss" or len(set(expected)) == 5  # 2, 1, 0.5, 0.25 and the minimum of 0.2
    assert_allclose(columns["learning_rate"], expected[columns["epoch"]], rtol=RATE_RTOL)
    alone = fit(network(), digits, schedule=schedule, **options).columns
    assert_array_equal(alone["learning_rate"], columns["learning_rate"])  # also without a callback


@pytest.mark.parametrize("name", dc.schedules.names())
def test_a_resumed_training_keeps_its_schedule(name, digits, tmp_path):
    schedule = dc.schedules.ReduceOnPlateau(patience=1, factor=0.5) if name == "reduce_on_plateau" else name
    options = {"epochs": 7, "schedule": schedule, "checkpoint_seconds": 0, "validation": (digits[0][:50], digits[1][:50][::-1])}

    def stop(epoch, logs):
        if epoch == 4:
            raise InterruptedError

    whole, resumed = network(), network()
    expected = fit(whole, digits, **options)
    with pytest.raises(InterruptedError):
        fit(network(), digits, checkpoint=tmp_path, callbacks=[dc.callbacks.LambdaCallback(on_epoch_end=stop)], **options)
    found = fit(resumed, digits, checkpoint=tmp_path, resume=True, callbacks=[], **options)
    assert_array_equal(found.columns["learning_rate"], expected.columns["learning_rate"])
    assert_array_equal(resumed.parameters["fc1.weight"], whole.parameters["fc1.weight"])


@pytest.mark.parametrize("name", dc.schedules.names())
def test_more_epochs_are_refused_if_they_change_the_rates_so_far(name, digits, tmp_path):
    fit(network(), digits, epochs=2, schedule=name, checkpoint=tmp_path)
    options = {"epochs": 3, "schedule": name, "checkpoint": tmp_path, "resume": True}
    if name in {"cosine", "one_cycle"}:
        with pytest.raises(dc.StateError, match=r"epochs end at step 12 there and 18 here, which changes the rates"):
            fit(network(), digits, **options)
    else:
        assert fit(network(), digits, **options).steps == 18


def test_another_schedule_is_another_training(digits, tmp_path):
    fit(network(), digits, epochs=2, schedule="step", checkpoint=tmp_path)
    with pytest.raises(dc.StateError, match=r"schedule\.gamma is .* there and 0\.5 here"):
        fit(network(), digits, epochs=2, schedule=dc.schedules.Step(gamma=0.5), checkpoint=tmp_path, resume=True)


@pytest.mark.parametrize(("schedule", "error"), [("linear", dc.DataError), (0.1, TypeError), (None, TypeError)])
def test_what_is_no_schedule_is_refused(schedule, error, digits):
    with pytest.raises(error, match="schedule"):
        fit(network(), digits, schedule=schedule)


def test_all_registered_schedules_are_tested_here():
    assert set(dc.schedules.names()) == {*PLANNED, "reduce_on_plateau"}
