"""dc.Network: structure, names, initialisation, forward passes of whole chains, compression as a pass."""

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference import layers, losses, number_formats, pruning

FLOAT32_RTOL = 1e-4
FLOAT32_ATOL = 1e-5


def mlp(**changes):
    return dc.models.mlp([784, 10, 10], **{"initializer": "uniform_half", "seed": 0} | changes)


def forward(net, images):
    """Logits by the formulas, from the parameters of the network."""
    chain, parameters = layers.twin(net)
    return layers.forward(chain, images, parameters)[-1]


def test_an_mlp_is_a_chain_of_named_nodes():
    net = dc.models.mlp([784, 300, 100, 10], activation="relu")
    assert tuple(net.node_names) == ("flatten1", "fc1", "relu1", "fc2", "relu2", "fc3")
    assert list(net.parameters) == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", "fc3.weight", "fc3.bias"]
    assert [values.shape for values in net.parameters.values()] == [(300, 784), (300,), (100, 300), (100,), (10, 100), (10,)]
    assert net.parameter_count == 784 * 300 + 300 + 300 * 100 + 100 + 100 * 10 + 10
    assert tuple(net.input_shape) == (1, 28, 28)


def test_the_summary_names_every_node_and_the_number_of_parameters():
    net = mlp()
    summary = net.summary()
    assert all(name in summary for name in net.node_names)
    assert "7,960" in summary or "7960" in summary


@pytest.mark.parametrize("samples", [0, 1, 2, 15, 16, 17, 257, 1000])
def test_logits_equal_the_formulas_for_any_number_of_samples(samples):
    net = mlp()
    images = np.random.default_rng(samples).integers(0, 256, (samples, 28, 28), dtype=np.uint8)
    logits = net.forward(images)
    assert logits.shape == (samples, 10)
    assert logits.dtype == np.float32
    assert_allclose(logits, forward(net, images / 255), rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)
    assert_array_equal(net.predict(images), logits.argmax(axis=1))
    assert net.predict(images).dtype == np.int64
    assert_allclose(net.predict_proba(images).sum(axis=1), np.ones(samples), rtol=1e-6)


def test_sparse_and_dense_bytes_and_floats_agree(digits):
    net, images = mlp(), digits[0]
    expected = forward(net, images / 255)
    for same in (images, images / 255, (images / 255).astype(np.float32), images.reshape(600, 784), images[:, None]):
        assert_allclose(net.forward(same), expected, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


@pytest.mark.parametrize("ink", [0, 1, 254, 255])
def test_constant_images(ink):
    net, images = mlp(), np.full((20, 28, 28), ink, dtype=np.uint8)
    assert_allclose(net.forward(images), forward(net, images / 255), rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


def test_single_pixels_reach_their_own_weight():
    """One-pixel images read out the first layer's columns: no pixel may be swapped, lost or scaled."""
    net = dc.Network(dc.Input(1, 28, 28), [dc.layers.Flatten(), dc.layers.Dense(10)], initializer="uniform_half", seed=2)
    images = (255 * np.eye(784)).astype(np.uint8).reshape(784, 28, 28)
    expected = net.parameters["fc1.weight"].T + net.parameters["fc1.bias"]
    assert_allclose(net.forward(images), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("shape", [(1, 1, 2), (1, 3, 5), (1, 8, 8), (3, 4, 4), (1, 27, 29), (1, 1, 784)])
def test_other_input_shapes(shape):
    net = dc.Network(dc.Input(*shape), [dc.layers.Flatten(), dc.layers.Dense(6), dc.layers.Tanh(), dc.layers.Dense(3)], seed=1)
    images = np.random.default_rng(0).integers(0, 256, (19, *shape), dtype=np.uint8)
    images[images < 200] = 0
    assert_allclose(net.forward(images), forward(net, images / 255), rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


@pytest.mark.parametrize("units", [1, 2, 7, 16, 17, 300])
def test_other_widths(units, digits):
    net = dc.models.mlp([784, units, 10], seed=1)
    assert_allclose(net.forward(digits[0][:50]), forward(net, digits[0][:50] / 255), rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


def test_a_final_softmax_gives_probabilities_and_the_same_predictions(digits):
    parts = [dc.layers.Flatten(), dc.layers.Dense(10)]
    plain = dc.Network(dc.Input(1, 28, 28), parts, seed=5)
    ended = dc.Network(dc.Input(1, 28, 28), [*parts, dc.layers.Softmax()], seed=5)
    images = digits[0][:40]
    assert_array_equal(plain.predict(images), ended.predict(images))
    assert_allclose(plain.predict_proba(images), ended.predict_proba(images), rtol=1e-6)
    assert_allclose(ended.predict_proba(images), losses.softmax(forward(plain, images / 255)), rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


def test_writing_through_a_view_changes_the_predictions(digits):
    net = mlp()
    net.parameters["fc2.weight"][:] = 0
    net.parameters["fc2.bias"][:] = np.arange(10)
    assert_array_equal(net.predict(digits[0]), np.full(600, 9))
    assert_array_equal(net.forward(digits[0]), np.tile(np.arange(10, dtype=np.float32), (600, 1)))


def test_the_mapping_of_parameters_is_read_only():
    net = mlp()
    with pytest.raises(TypeError):
        net.parameters["fc1.weight"] = np.zeros((10, 784), dtype=np.float32)


def test_the_seed_decides_the_start():
    first, again, other = mlp(seed=4), mlp(seed=4), mlp(seed=5)
    for name, values in first.parameters.items():
        assert_array_equal(values, again.parameters[name])
    assert (first.parameters["fc1.weight"] != other.parameters["fc1.weight"]).mean() > 0.99


def test_uniform_half_fills_the_half_open_interval():
    net = dc.models.mlp([784, 200, 10], initializer="uniform_half", seed=0)
    weights = net.parameters["fc1.weight"]
    assert weights.min() >= -0.5
    assert weights.max() < 0.5
    deviation = np.sqrt(1 / 12 / weights.size)
    assert abs(weights.mean()) < 4 * deviation
    assert_allclose(weights.var(), 1 / 12, rtol=0.02)
    assert np.abs(net.parameters["fc1.bias"]).max() > 0.4  # biases too


def test_he_uniform_has_its_bound():
    """He et al. 2015: variance 2 / fan_in, for a uniform distribution a bound of sqrt(6 / fan_in)."""
    weights = dc.models.mlp([784, 200, 10], initializer="he_uniform", seed=0).parameters["fc1.weight"]
    bound = np.sqrt(6 / 784)
    assert 0.99 * bound < np.abs(weights).max() <= bound
    assert_allclose(weights.var(), 2 / 784, rtol=0.02)


def test_copies_are_equal_and_independent(digits):
    net = mlp()
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert_array_equal(twin.forward(digits[0]), net.forward(digits[0]))
        twin.parameters["fc1.weight"][:] = 0
        assert np.any(net.parameters["fc1.weight"])


@pytest.mark.parametrize("initializer", ["uniform_half", "he_uniform"])
def test_prepare_and_convert_leave_the_original_alone(initializer, digits):
    net = mlp(initializer=initializer)
    before = {name: values.copy() for name, values in net.parameters.items()}
    prepared = dc.prepare(net, [dc.Pruning(sparsity=0.5), dc.Quantization(weights=4, activations=4)])
    dc.fit(prepared, digits, epochs=3, batch_size=None, progress=False)
    dc.convert(prepared)
    for name, values in before.items():
        assert_array_equal(net.parameters[name], values)
    assert tuple(net.node_names) == ("flatten1", "fc1", "relu1", "fc2")


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("scheme", dc.quantization.schemes())
def test_effective_weights_are_the_stored_ones_pruned_then_rounded(bits, scheme):
    net = mlp()
    prepared = dc.prepare(net, [dc.Pruning(sparsity=0.25), dc.Quantization(weights=bits, activations=None, gradients=None, scheme=scheme)])
    for name, effective in prepared.effective_parameters().items():
        stored = prepared.parameters[name]
        assert_array_equal(stored, net.parameters[name])
        if name.endswith(".weight"):
            masked = stored * pruning.mask(stored, 0.25)
            assert_allclose(effective, number_formats.FORMATS[scheme].quantize(masked, bits), rtol=1e-6)
        else:
            assert_array_equal(effective, stored)


def test_a_prepared_network_computes_with_its_effective_weights(digits):
    prepared = dc.prepare(mlp(), [dc.Pruning(sparsity=0.5), dc.Quantization(weights=3, activations=None, gradients=None)])
    baked = mlp()
    for name, values in prepared.effective_parameters().items():
        baked.parameters[name][...] = values
    assert_array_equal(prepared.forward(digits[0]), baked.forward(digits[0]))


@pytest.mark.parametrize(
    "passes",
    [
        [dc.Pruning(sparsity=0.4)],
        [dc.Quantization(weights=5, activations=6)],
        [dc.Pruning(sparsity=0.4), dc.Quantization(weights=5, activations=6)],
    ],
)
def test_convert_bakes_the_effective_values_in(passes, digits):
    prepared = dc.prepare(mlp(), passes, seed=0)
    dc.fit(prepared, digits, epochs=15, batch_size=None, progress=False)
    final = dc.convert(prepared)
    assert tuple(final.compression) == tuple(passes)
    assert_array_equal(final.forward(digits[0]), prepared.forward(digits[0]))
    for name, values in prepared.effective_parameters().items():
        assert_array_equal(final.parameters[name], values)
        assert_array_equal(final.effective_parameters()[name], values)


def test_pruning_leaves_the_sparsity_asked_for(digits):
    prepared = dc.prepare(mlp(), [dc.Pruning(sparsity=0.7)])
    dc.fit(prepared, digits, epochs=20, batch_size=None, progress=False)
    final = dc.convert(prepared)
    for name in ("fc1.weight", "fc2.weight"):
        assert_allclose((final.parameters[name] == 0).mean(), 0.7, atol=1 / final.parameters[name].size)
        assert (prepared.parameters[name] == 0).mean() < 0.01  # stored weights live on and may regrow


@pytest.mark.parametrize("bits", [1, 3, 8])
def test_activations_lie_on_their_grid(bits, digits):
    prepared = dc.prepare(mlp(), [dc.Quantization(weights=None, activations=bits, gradients=None)])
    dc.fit(prepared, digits, epochs=5, batch_size=None, progress=False)
    node = next(name for name, layer in zip(prepared.node_names, prepared.layers, strict=True) if isinstance(layer, dc.layers.FakeQuantize))
    step = prepared.parameters[f"{node}.range"][0] / (2**bits - 1)
    codes = prepared.forward(digits[0], node=node) / step
    assert_allclose(codes, np.rint(codes), atol=1e-3)
    assert codes.min() == 0
    assert codes.max() <= 2**bits - 1 + 1e-3
    assert len(np.unique(np.rint(codes))) > 1


def test_ranges_are_frozen_outside_training(digits):
    prepared = dc.prepare(mlp(), [dc.Quantization()])
    dc.fit(prepared, digits, epochs=5, batch_size=None, progress=False)
    ranges = {name: values.copy() for name, values in prepared.parameters.items() if name.endswith(".range")}
    assert ranges
    first = prepared.forward(digits[0])
    prepared.predict(np.full((50, 28, 28), 255, dtype=np.uint8))
    assert_array_equal(prepared.forward(digits[0]), first)
    for name, values in ranges.items():
        assert_array_equal(prepared.parameters[name], values)


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        ([], ValueError, "layer"),
        ([dc.layers.Dense(10)], dc.ShapeError, "flat"),
        ([dc.layers.Softmax()], dc.ShapeError, "flat"),
    ],
)
def test_chains_that_do_not_fit_are_refused(parts, error, message):
    with pytest.raises(error, match=message):
        dc.Network(dc.Input(1, 28, 28), parts)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: dc.layers.Dense(0), dc.DataError, r"units must be .*, got 0"),
        (lambda: dc.layers.Dense(-3), dc.DataError, r"units must be .*, got -3"),
        (lambda: dc.layers.LeakyReLU(float("nan")), dc.DataError, r"slope must be .*, got"),
        (lambda: dc.layers.FakeQuantize(bits=17), dc.DataError, r"bits must be in 1\.\.16, got 17"),
        (lambda: dc.models.mlp([784]), ValueError, r"sizes"),
        (lambda: dc.models.mlp([784, 10], activation="swish"), dc.DataError, r"relu"),
        (lambda: dc.models.mlp([784, 10], initializer="magic"), dc.DataError, r"he_uniform"),
        (lambda: dc.Input(1, 0, 28), ValueError, r"got"),
        (lambda: dc.Quantization(weights=0), dc.DataError, r"bits|weights"),
        (lambda: dc.Quantization(activations=33), dc.DataError, r"bits|activations"),
        (lambda: dc.Quantization(scheme="log"), dc.DataError, r"symmetric"),
        (lambda: mlp().forward(np.zeros((1, 784), dtype=np.uint8), node="fc9"), ValueError, r"fc2"),
        (lambda: mlp().parameters["fc9.weight"], KeyError, r"fc9"),
    ],
)
def test_bad_hyper_parameters_and_names_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_layer_too_large_is_refused_before_memory_is_taken():
    with pytest.raises((dc.LimitError, dc.DataError, dc.ShapeError), match=r"more than [0-9]+ (values|weights)"):
        dc.Network(dc.Input(1, 4096, 4096), [dc.layers.Flatten(), dc.layers.Dense(1_000_000)])
