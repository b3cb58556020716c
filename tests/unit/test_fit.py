"""dc.fit: full-batch trajectories against the float64 oracle."""

import functools
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

import digitcompress as dc
from reference import layers, losses, optimizers, synthetic_digits, training

ITERATIONS = 30
LEARNING_RATE = 0.1
# Rounding of float32 sums.
LOSS_RTOL = 1e-5
# A weight or activation within rounding of an edge of its grid takes the neighbouring code for a step or two.
FLIPPED_RTOL = 1e-2
ORACLE_COMPRESSION = {
    "none": training.Compression(),
    "pruned": training.Compression(sparsity=0.3),
    "quantized": training.Compression(weight_bits=8),
    "both": training.Compression(weight_bits=8, sparsity=0.3),
}
PRUNING = dc.Pruning(sparsity=0.3)
QUANTIZATION = dc.Quantization(weights=8, activations=8, gradients=None)
PASSES = {"none": [], "pruned": [PRUNING], "quantized": [QUANTIZATION], "both": [PRUNING, QUANTIZATION]}

every_loss = pytest.mark.parametrize("loss", losses.LOSSES)
every_compression = pytest.mark.parametrize("compression", PASSES)


def network(compression="none", hidden=(10,), seed=3):
    net = dc.models.mlp([784, *hidden, 10], initializer="uniform_half", seed=seed)
    return dc.prepare(net, PASSES[compression], seed=0) if PASSES[compression] else net


def oracle(net, data, task, compression="none", **changes):
    """The oracle's trace from the network's present parameters, which are left alone."""
    images, labels = data
    chain, parameters = layers.twin(net)
    settings = {
        "optimizer": functools.partial(optimizers.SGD, learning_rate=LEARNING_RATE),
        "iterations": ITERATIONS,
        "compression": changes.pop("format_", ORACLE_COMPRESSION[compression]),
    }
    return training.train(chain, parameters, (images / 255.0, labels), task, **settings | changes)


def fit(net, data, **changes):
    settings = {"optimizer": dc.optimizers.SGD(LEARNING_RATE), "epochs": ITERATIONS, "batch_size": None, "record_every": 1}
    return dc.fit(net, data, progress=False, **settings | changes)


def assert_follows(history, net, trace, rtol=LOSS_RTOL):
    columns = history.columns
    assert_allclose(columns["loss"], trace.loss, rtol=rtol)
    assert_allclose(columns["class_loss"], trace.class_loss, rtol=10 * rtol, atol=rtol)
    # A sample between two classes may fall to either side.
    atol = (2 if rtol < FLIPPED_RTOL else 12) / columns["confusion"][0].sum()
    assert_allclose(columns["accuracy"], trace.accuracy, rtol=0, atol=atol)
    for name, error in parameter_errors(net, trace).items():
        assert error < 10 * rtol, name


def parameter_errors(net, trace):
    return {name: np.linalg.norm(net.parameters[name] - expected) / np.linalg.norm(expected) for name, expected in trace.parameters.items()}


def assert_follows_compressed(history, net, trace):
    assert_allclose(history.columns["loss"][0], trace.loss[0], rtol=LOSS_RTOL)
    assert_follows(history, net, trace, FLIPPED_RTOL)


def assert_follows_as(compression, history, net, trace):
    (assert_follows if compression == "none" else assert_follows_compressed)(history, net, trace)


@every_loss
@every_compression
def test_full_batch_training_follows_the_oracle(loss, compression, digits):
    net = network(compression)
    trace = oracle(net, digits, training.Task(loss), compression)
    history = fit(net, digits, loss=loss)
    assert_follows_as(compression, history, net, trace)


@every_loss
@every_compression
def test_every_step_equals_the_oracle_s_from_the_same_state(loss, compression, digits):
    """No errors add up here, so the typical step must be exact, ranges and masks included."""
    net, loss_errors, errors = network(compression), [], []
    for _ in range(12):
        trace = oracle(net, digits, training.Task(loss), compression, iterations=1)
        history = fit(net, digits, loss=loss, epochs=1)
        loss_errors.append(abs(history.columns["loss"][0] / trace.loss[0] - 1))
        errors.append(max(parameter_errors(net, trace).values()))
    assert np.median(loss_errors) < 1e-6
    assert np.median(errors) < 1e-6
    assert max(loss_errors) < 1e-3
    assert max(errors) < 1e-3


@every_compression
def test_real_digits_follow_the_oracle(compression, mnist):
    net = network(compression, hidden=(10, 10))
    trace = oracle(net, mnist, training.Task("cross_entropy"), compression)
    history = fit(net, mnist)
    assert_follows_as(compression, history, net, trace)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "sigmoid", "tanh"])
@pytest.mark.parametrize("compression", ["none", "quantized"])
def test_two_hidden_layers_of_every_activation_follow_the_oracle(activation, compression, digits):
    net = dc.models.mlp([784, 12, 7, 10], activation=activation, initializer="he_uniform", seed=1)
    net = dc.prepare(net, PASSES[compression]) if PASSES[compression] else net
    trace = oracle(net, digits, training.Task("cross_entropy"), compression)
    assert_follows_as(compression, fit(net, digits), net, trace)


@pytest.mark.parametrize(
    ("name", "hyper"), [(name, hyper) for name in dc.optimizers.names() for hyper in [{}, *optimizers.VARIANTS.get(name, [])]]
)
def test_every_optimizer_follows_the_oracle(name, hyper, digits):
    # RMSprop's first steps are up to ten times its rate, which would carry the rounding of gradients near zero far.
    highest = 0.002 if name == "rmsprop" else 0.05
    hyper = hyper | {"learning_rate": min(highest, hyper.get("learning_rate", highest))}
    net = network()
    trace = oracle(net, digits, training.Task("cross_entropy"), optimizer=functools.partial(optimizers.OPTIMIZERS[name], **hyper))
    assert_follows(fit(net, digits, optimizer=replace(dc.optimizers.get(name), **hyper)), net, trace, rtol=1e-3)


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 257])
@every_compression
def test_sizes_that_do_not_fill_the_lanes(count, compression):
    data = synthetic_digits.make(count, seed=count)
    net = network(compression)
    trace = oracle(net, data, training.Task("cross_entropy"), compression, iterations=8)
    assert_follows_as(compression, fit(net, data, epochs=8), net, trace)


@every_compression
def test_dense_images_follow_the_oracle(compression):
    generator = np.random.default_rng(0)
    images, labels = generator.integers(0, 256, (130, 28, 28), dtype=np.uint8), generator.integers(0, 10, 130)
    net = network(compression)
    trace = oracle(net, (images, labels), training.Task("cross_entropy"), compression, iterations=10)
    assert_follows_as(compression, fit(net, (images, labels), epochs=10), net, trace)


@pytest.mark.parametrize("bits", [1, 2, 4, 12, 16])
@pytest.mark.parametrize("scheme", dc.quantization.schemes())
def test_other_widths_and_schemes_of_weights_follow_the_oracle(bits, scheme, digits):
    net = network()
    prepared = dc.prepare(net, [dc.Quantization(weights=bits, activations=None, gradients=None, scheme=scheme)])
    format_ = training.Compression(weight_bits=bits, scheme=scheme)
    trace = oracle(prepared, digits, training.Task("cross_entropy"), iterations=10, format_=format_)
    assert_follows_compressed(fit(prepared, digits, epochs=10), prepared, trace)


@pytest.mark.parametrize("loss", ["cross_entropy", "weighted_cross_entropy", "hinge"])
def test_class_weights_follow_the_oracle(loss, digits):
    weights = np.linspace(0.2, 2.0, 10)
    net = network()
    trace = oracle(net, digits, training.Task(loss, class_weight=weights))
    assert_follows(fit(net, digits, loss=loss, class_weight=weights), net, trace)


def test_balanced_weights_of_rare_classes_follow_the_oracle():
    images, labels = synthetic_digits.make(400)
    rare = (labels != 4) & ((labels != 7) | (np.arange(400) % 5 == 0))  # no 4 at all, few 7
    data = images[rare], labels[rare]
    net = network()
    trace = oracle(net, data, training.Task("weighted_cross_entropy"))
    history = fit(net, data, loss="weighted_cross_entropy")
    assert_follows(history, net, trace)
    assert np.isnan(history.columns["class_loss"][:, 4]).all()


def test_gradients_may_be_divided_by_another_number_of_samples(digits):
    net = network()
    trace = oracle(net, digits, training.Task("cross_entropy", gradient_samples=900))
    history = fit(net, digits, gradient_samples=900)
    assert_follows(history, net, trace)
    plain = network()
    fit(plain, digits, optimizer=dc.optimizers.SGD(LEARNING_RATE * 600 / 900))
    assert_allclose(net.parameters["fc1.weight"], plain.parameters["fc1.weight"], rtol=1e-4, atol=1e-6)


def test_hyper_parameters_of_a_loss_reach_the_gradient(digits):
    net = network()
    trace = oracle(net, digits, training.Task("focal", {"gamma": 4.0}))
    assert_follows(fit(net, digits, loss=dc.losses.Focal(gamma=4.0)), net, trace)


@pytest.mark.parametrize("convert", [np.float32, np.float64])
@every_compression
def test_bytes_and_floats_train_alike(convert, compression, digits):
    images, labels = digits
    bytes_net, float_net = network(compression), network(compression)
    by_bytes = fit(bytes_net, digits)
    by_floats = fit(float_net, ((images / 255).astype(convert), labels))
    assert_allclose(by_bytes.columns["loss"], by_floats.columns["loss"], rtol=LOSS_RTOL if compression == "none" else FLIPPED_RTOL)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 100.0])
def test_floating_images_are_taken_as_they_are(scale):
    generator = np.random.default_rng(0)
    images, labels = (scale * generator.normal(size=(60, 784))).astype(np.float32), generator.integers(0, 10, 60)
    net = network()
    rate = 0.1 / max(1.0, scale**2)
    trace = oracle(
        net, (images * 255.0, labels), training.Task("cross_entropy"), optimizer=functools.partial(optimizers.SGD, learning_rate=rate)
    )
    assert_follows(fit(net, (images, labels), optimizer=dc.optimizers.SGD(rate)), net, trace, 1e-3)


@pytest.mark.parametrize("batch_size", [600, 601, 10_000])
@every_compression
def test_one_batch_of_everything_is_a_full_batch(compression, batch_size, digits):
    whole, batched = network(compression), network(compression)
    expected = fit(whole, digits).columns["loss"]
    found = fit(batched, digits, batch_size=batch_size).columns["loss"]
    assert_allclose(found, expected, rtol=LOSS_RTOL if compression == "none" else FLIPPED_RTOL)
