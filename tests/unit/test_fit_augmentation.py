"""Augmentation in training: the images of each epoch are those of dc.augmentation.apply."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc

SEQUENCES = {"shift": "shift", "affine": dc.augmentation.Affine(rotation=20), "several": ["elastic", dc.augmentation.Shift(pixels=1)]}
WEIGHT_TOLERANCE = {"rtol": 1e-4, "atol": 1e-6}  # dense and sparse kernels round differently


def network():
    return dc.models.mlp([784, 10, 10], seed=3)


def fit(net, data, **changes):
    settings = {"optimizer": dc.optimizers.SGD(0.1), "epochs": 3, "batch_size": 70, "seed": 5, "progress": False}
    return dc.fit(net, data, **settings | changes)


@pytest.mark.parametrize("convert", [np.uint8, np.float32])
@pytest.mark.parametrize("batch_size", [70, None])
@pytest.mark.parametrize("name", SEQUENCES)
def test_every_epoch_sees_images_of_its_own(name, batch_size, convert, digits):
    images, labels = digits[0].astype(convert), digits[1]
    augmented, by_hand = network(), network()
    history = fit(augmented, (images, labels), augmentation=SEQUENCES[name], batch_size=batch_size, record_every=1)
    steps_per_epoch = 1 if batch_size is None else 9
    losses = []
    for epoch in range(3):
        changed = dc.augmentation.apply(images, SEQUENCES[name], seed=5, epoch=epoch)
        first = epoch * steps_per_epoch
        part = fit(by_hand, (changed, labels), epochs=1, first_step=first, batch_size=batch_size, record_every=1)
        losses.append(part.columns["loss"])
    assert_allclose(history.columns["loss"], np.concatenate(losses), rtol=1e-4)
    assert_allclose(augmented.parameters["fc1.weight"], by_hand.parameters["fc1.weight"], **WEIGHT_TOLERANCE)


@pytest.mark.parametrize("batch_size", [70, None])
def test_same_seed_same_bits_for_any_number_of_threads(batch_size, digits):
    nets = [network() for _ in range(4)]
    for net, threads in zip(nets, (1, 2, 3, 8), strict=True):
        fit(net, digits, augmentation=SEQUENCES["several"], threads=threads, batch_size=batch_size)
    for net in nets[1:]:
        assert_array_equal(net.parameters["fc1.weight"], nets[0].parameters["fc1.weight"])


def test_no_augmentation_changes_nothing(digits):
    plain, empty = network(), network()
    fit(plain, digits)
    fit(empty, digits, augmentation=[])
    assert_array_equal(plain.parameters["fc1.weight"], empty.parameters["fc1.weight"])


def test_neither_the_data_nor_the_validation_data_are_changed(digits):
    images, labels = digits[0].copy(), digits[1].copy()
    images.flags.writeable = False
    net, epochs = network(), []
    look = dc.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epochs.append((logs["val_loss"], dc.evaluate(net, digits).loss)))
    fit(net, (images, labels), validation=digits, augmentation="affine", callbacks=[look])
    assert_array_equal(images, digits[0])
    for found, expected in epochs:
        assert_allclose(found, expected, rtol=1e-5)


def test_sample_weights_stay_with_their_samples(digits):
    weights = np.where(digits[1] < 5, 0.0, 1.0)
    only_large = digits[1] >= 5
    weighted = fit(network(), digits, augmentation="shift", sample_weight=weights, epochs=1, batch_size=None, record_every=1).columns
    changed = dc.augmentation.apply(digits[0], "shift", seed=5, epoch=0)[only_large], digits[1][only_large]
    expected = dc.evaluate(network(), changed).loss * only_large.mean()
    assert_allclose(weighted["loss"][0], expected, rtol=1e-5)


def test_a_resumed_training_sees_the_same_images(digits, tmp_path):
    def stop(epoch, logs):
        if epoch == 1:
            raise InterruptedError

    whole, resumed = network(), network()
    options = {"augmentation": SEQUENCES["several"], "checkpoint_seconds": 0, "epochs": 4}
    fit(whole, digits, **options)
    with pytest.raises(InterruptedError):
        fit(network(), digits, checkpoint=tmp_path, callbacks=[dc.callbacks.LambdaCallback(on_epoch_end=stop)], **options)
    other = [dc.augmentation.Elastic(alpha=20), dc.augmentation.Shift(pixels=1)]
    with pytest.raises(dc.StateError, match=r"augmentation\[0\]\.alpha is .* there and 20\.0 here"):
        fit(resumed, digits, checkpoint=tmp_path, resume=True, **options | {"augmentation": other})
    fit(resumed, digits, checkpoint=tmp_path, resume=True, **options)
    assert_array_equal(resumed.parameters["fc1.weight"], whole.parameters["fc1.weight"])


@pytest.mark.parametrize(
    ("augmentation", "error", "message"),
    [("rotate", dc.DataError, r"(?s)rotate.*affine"), (3, TypeError, "augmentation"), (["shift", None], TypeError, "augmentation")],
    ids=str,
)
def test_what_is_no_augmentation_is_refused(augmentation, error, message, digits):
    with pytest.raises(error, match=message):
        fit(network(), digits, augmentation=augmentation)
