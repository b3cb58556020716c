"""Training that compares the output with the input: images alone, histories without classes, checkpoints."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc

RECONSTRUCTIONS = [name for name in dc.losses.names() if dc.losses.get(name).reconstructs]


def network(seed=3):
    return dc.models.autoencoder(16, seed=seed)


def fit(net, data, **changes):
    settings = {"optimizer": "adam", "loss": "reconstruction", "epochs": 3, "batch_size": 64, "progress": False}
    return dc.fit(net, data, **settings | changes)


@pytest.mark.parametrize("loss", RECONSTRUCTIONS)
@pytest.mark.parametrize("batch_size", [64, None])
def test_labels_make_no_difference(loss, batch_size, digits):
    images, labels = digits
    nets = [network() for _ in range(3)]
    options = {"loss": loss, "batch_size": batch_size}
    histories = [fit(net, data, **options) for net, data in zip(nets, [images, (images, labels), (images, labels[::-1])], strict=True)]
    for net, history in zip(nets[1:], histories[1:], strict=True):
        assert_array_equal(net.parameters["fc1.weight"], nets[0].parameters["fc1.weight"])
        assert_array_equal(history.columns["loss"], histories[0].columns["loss"])


@pytest.mark.parametrize("loss", RECONSTRUCTIONS)
def test_gradients_need_no_labels(loss, digits):
    """They are what one step of plain gradient descent on all images goes against."""
    images, labels = digits
    net, start = network(), network()
    found, same = (dc.gradients(start, data, loss=loss) for data in (images, (images, labels)))
    fit(net, images, loss=loss, epochs=1, batch_size=None, optimizer=dc.optimizers.SGD(1.0))
    for name, gradient in found.items():
        assert_array_equal(gradient, same[name])
        assert_allclose(gradient, start.parameters[name] - net.parameters[name], rtol=1e-4, atol=1e-7)


def test_gradients_of_an_output_of_another_size_are_refused(digits):
    with pytest.raises(dc.ShapeError, match="gradients: to reconstruct, the output must have the input's 784 values, got 10"):
        dc.gradients(dc.models.mlp([784, 10]), digits[0], loss="reconstruction")


@pytest.mark.parametrize("loss", RECONSTRUCTIONS)
def test_it_learns_and_the_history_says_so(loss, digits):
    images, net = digits[0], network()
    history = fit(net, images, loss=loss, epochs=20, validation=images[:100])
    assert set(history.columns) == {"step", "epoch", "samples", "learning_rate", "loss", "val_loss"}
    assert history.columns["loss"][-1] < 0.8 * history.columns["loss"][0]
    assert_allclose(history.columns["val_loss"][-1], dc.evaluate(net, images[:100], loss=loss).loss, rtol=1e-5)
    assert "accuracy" not in repr(history)
    copy = pickle.loads(pickle.dumps(history + history))
    assert len(copy.columns["loss"]) == 40


def test_the_frame_has_no_classes(digits):
    pytest.importorskip("pandas", reason="needs pandas, from the extra 'study'")
    assert list(fit(network(), digits[0]).frame().columns) == ["step", "epoch", "samples", "learning_rate", "loss"]


def test_a_share_is_held_out(digits):
    images, seen = digits[0], []
    look = dc.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(list(logs)))
    columns = fit(network(), images, validation=0.25, epochs=1, callbacks=[look]).columns
    assert columns["samples"].tolist() == [450]
    assert seen == [["loss", "learning_rate", "val_loss"]]


def test_sample_weights_count(digits):
    images = digits[0]
    columns = fit(network(), images, sample_weight=np.full(600, 2.0), epochs=1, batch_size=None, record_every=1).columns
    assert_allclose(columns["loss"][0], 2 * dc.evaluate(network(), images, loss="reconstruction").loss, rtol=1e-5)


def test_a_resumed_training_is_the_undisturbed_one(digits, tmp_path):
    def stop(epoch, logs):
        if epoch == 1:
            raise InterruptedError

    images, whole, resumed = digits[0], network(), network(9)
    options = {"validation": 0.25, "checkpoint_seconds": 0, "epochs": 4}
    expected = fit(whole, images, **options)
    with pytest.raises(InterruptedError):
        fit(network(), images, checkpoint=tmp_path, callbacks=[dc.callbacks.LambdaCallback(on_epoch_end=stop)], **options)
    found = fit(resumed, images, checkpoint=tmp_path, resume=True, **options)
    assert_array_equal(resumed.parameters["fc1.weight"], whole.parameters["fc1.weight"])
    for name, values in expected.columns.items():
        assert_array_equal(found.columns[name], values, err_msg=name)


@pytest.mark.parametrize(
    ("net", "options", "error", "message"),
    [
        (dc.models.mlp([784, 10]), {}, dc.ShapeError, r"output must have the input's 784 values, got 10"),
        (network(), {"class_weight": "balanced"}, dc.DataError, r"class_weight must be None when the loss reconstructs, got 'balanced'"),
        (network(), {"validation": (np.zeros((3, 5)), [0, 0, 0])}, dc.ShapeError, r"validation images must have"),
        (network(), {"loss": "cross_entropy"}, TypeError, r"data must be a split .* or an \(images, labels\) pair"),
    ],
    ids=["10 outputs", "class weights", "validation shape", "labels needed"],
)
def test_what_does_not_fit_is_refused(net, options, error, message, digits):
    with pytest.raises(error, match=message):
        fit(net, digits[0], **options)
