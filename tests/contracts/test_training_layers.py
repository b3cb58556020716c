"""Layers that act differently while training: dropout's masks, batch normalisation's statistics, over steps of `fit`."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import plans

FLOAT32_RTOL = 1e-4
FLOAT32_ATOL = 1e-5
FEATURES = 500


def dropped(rate, samples, *, seed=None, before=()):
    """What a Dropout hands on for inputs of ones, (samples, features), read off the gradient of the Dense after it.

    With weights of zero every class is equally likely, so the row of the class that nobody has, minus the row of a sample's own class, is
    that sample's masked input over the number of samples.
    """
    layers = [*before, dc.layers.Dropout(rate), dc.layers.Dense(samples + 1)]
    net = dc.Network(dc.Input(FEATURES), layers, initializer="zeros")
    data = np.ones((samples, FEATURES), dtype=np.float32), np.arange(samples)
    if seed is None:
        weight = dc.gradients(net, data)["fc1.weight"]
    else:
        dc.fit(net, data, optimizer=dc.optimizers.SGD(1.0), epochs=1, batch_size=None, seed=seed, progress=False)
        weight = -net.parameters["fc1.weight"]
    return samples * (weight[-1] - weight[:-1])


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("samples", [1, 17, 200])
def test_dropout_keeps_and_scales(rate, samples):
    values = dropped(rate, samples)
    kept = values > 0.5
    assert_allclose(values[kept], 1 / (1 - rate), rtol=1e-3)
    assert_allclose(values[~kept], 0, atol=1e-3 / (1 - rate))
    # The engine draws with 16 bits, so a rate is met to 1 / 65536.
    assert abs((~kept).mean() - rate) < 5 * np.sqrt(rate * (1 - rate) / kept.size) + 2**-16


def test_dropout_masks_are_independent():
    kept = dropped(0.5, 200) > 0.5
    rows, columns = np.corrcoef(kept), np.corrcoef(kept[:, :100].T)
    for correlations, count in ((rows, FEATURES), (columns, 200)):
        off = correlations[np.triu_indices(len(correlations), 1)]
        assert np.abs(off).max() < 6 / np.sqrt(count)
        assert abs(off.mean()) < 5 / np.sqrt(count * len(off))


def test_dropout_draws_anew_for_every_seed_and_node():
    first, again, other = (dropped(0.5, 20, seed=seed) > 0.5 for seed in (1, 1, 2))
    assert_array_equal(first, again)
    assert abs((first == other).mean() - 0.5) < 0.05
    twice = dropped(0.5, 20, before=[dc.layers.Dropout(0.5)])
    assert abs((twice > 0.5).mean() - 0.25) < 0.03  # one mask used twice would keep half


def test_dropout_rests_in_inference():
    net = dc.Network(dc.Input(FEATURES), [dc.layers.Dropout(0.7)])
    images = np.random.default_rng(0).random((40, FEATURES), dtype=np.float32)
    assert_array_equal(net.forward(images), images)


def test_gradient_with_dropout_follows_the_mask_drawn():
    """One sample shows its mask in the gradient; everything else must follow from it."""
    plan = [
        ("Dense", "under", {"units": 30}, ["input"]),
        ("Dropout", "dropout", {"rate": 0.4}, ["under"]),
        ("Dense", "logits", {"units": plans.CLASSES}, ["dropout"]),
    ]
    shape = (12, 1, 1)
    net = plans.network(plan, shape)
    data = plans.images_and_labels(1, shape)
    gradients = dc.gradients(net, data)
    mask = np.abs(gradients["logits.weight"]).max(axis=0) > 0
    assert 0 < mask.sum() < mask.size
    parameters = plans.exact(net) | {"dropout.mask": mask[None].astype(np.float64)}
    _, expected = plans.oracle(plan, shape).mean_loss(parameters, data)
    for name, gradient in expected.items():
        assert_allclose(gradients[name], gradient, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL, err_msg=name)


def normalised(hyper, place):
    plan = plans.around("BatchNorm", hyper, place)
    return plan, plans.network(plan)


@pytest.mark.parametrize("place", plans.PLACES["any"])
@pytest.mark.parametrize("samples", [2, 17, 257])
@pytest.mark.parametrize("hyper", [{}, {"momentum": 0.3, "epsilon": 0.01}], ids=str)
def test_running_statistics_move_as_the_oracle_says(place, samples, hyper):
    plan, net = normalised(hyper, place)
    images, labels = plans.images_and_labels(samples)
    oracle, start = plans.oracle(plan, training=True), plans.exact(net)
    _, gradients = oracle.mean_loss(start, (images, labels))
    node = next(each for each in oracle.nodes if each.layer.name == plans.TRIED)
    running = node.layer.running(oracle.forward(images, start)[node.inputs[0]], start)
    dc.fit(net, (images, labels), optimizer=dc.optimizers.SGD(0.5), epochs=1, batch_size=None, progress=False)
    for name, value in running.items():
        assert_allclose(net.parameters[name], value, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)
    for name, gradient in gradients.items():
        scale = node.layer.rounding(samples) * max(1.0, np.abs(gradient).max())
        assert_allclose(net.parameters[name], start[name] - 0.5 * gradient, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL * scale, err_msg=name)


def test_running_statistics_follow_many_steps():
    """After many batches of one distribution they are its mean and variance."""
    net = dc.Network(dc.Input(3, 4, 4), [dc.layers.BatchNorm(), dc.layers.Flatten(), dc.layers.Dense(2)], seed=0)
    generator = np.random.default_rng(0)
    offset, scale = np.array([-2.0, 0.5, 3.0]), np.array([0.5, 1.0, 2.0])
    images = (generator.normal(size=(640, 3, 4, 4)) * scale[:, None, None] + offset[:, None, None]).astype(np.float32)
    dc.fit(net, (images, generator.integers(0, 2, 640)), epochs=10, batch_size=32, progress=False)
    assert_allclose(net.parameters["bn1.running_mean"], offset, atol=0.15)
    assert_allclose(net.parameters["bn1.running_variance"], scale**2, rtol=0.15)
    outputs = net.forward(images, node="bn1").reshape(-1, 3, 16).astype(np.float64)
    weight, bias = net.parameters["bn1.weight"], net.parameters["bn1.bias"]
    assert_allclose(outputs.mean(axis=(0, 2)), bias, atol=0.15)
    assert_allclose(outputs.std(axis=(0, 2)), np.abs(weight), rtol=0.1)


def test_inference_moves_nothing():
    _, net = normalised({}, "image middle")
    before = {name: values.copy() for name, values in net.parameters.items()}
    data = plans.images_and_labels(50)
    net.predict(data[0])
    dc.gradients(net, data)
    dc.evaluate(net, data)
    for name, values in before.items():
        assert_array_equal(net.parameters[name], values)


@pytest.mark.parametrize("layer", [dc.layers.BatchNorm(), dc.layers.Dropout(0.3)], ids=repr)
def test_threads_change_no_bit_of_a_training(layer):
    def train(threads):
        net = dc.Network(dc.Input(*plans.SHAPE), [dc.layers.Conv2d(5), layer, dc.layers.ReLU(), dc.layers.Flatten(), dc.layers.Dense(4)])
        dc.fit(net, plans.images_and_labels(150), epochs=3, batch_size=32, threads=threads, progress=False)
        return net.parameters

    alone = train(1)
    for threads in (2, 4):
        for name, values in train(threads).items():
            assert_array_equal(values, alone[name])
