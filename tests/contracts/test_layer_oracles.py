"""The float64 layers themselves: gradients against central differences, outputs against what the definitions imply."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from reference import differences, graph
from reference.layers import LAYERS

RTOL = 1e-6
ATOL = 1e-8
SAMPLES = 3
IMAGE = (4, 9, 7)


def cases():
    tried = [name for name in sorted(LAYERS) if LAYERS[name].differentiable and LAYERS[name].place != "tied"]
    return [(name, hyper) for name in tried for hyper in LAYERS[name].variants]


def case_id(value):
    return "-".join(f"{key}={item}" for key, item in value.items()) or "default" if isinstance(value, dict) else value


def random(*shape, seed=0):
    return np.random.default_rng(seed).uniform(0.2, 1.2, shape) * np.random.default_rng(seed + 1).choice([-1, 1], shape)


def parameters_of(layer, inputs):
    drawn = {name: random(*shape, seed=seed) for seed, (name, shape) in enumerate(layer.parameter_shapes(inputs.shape[1:]).items())}
    return {name: np.abs(values) if name.endswith(".running_variance") else values for name, values in drawn.items()}


def inputs_of(layer):
    shape = (6,) if layer.place == "flat" else IMAGE
    if layer.joins:
        return [random(SAMPLES, *shape, seed=seed) for seed in (5, 7, 9)]
    return random(SAMPLES, *shape, seed=5)


def assert_gradients(layer, inputs, parameters):
    """All gradients of a random projection of the outputs are its central differences."""
    weights = random(*layer.forward(inputs, parameters).shape, seed=11)

    def projection():
        return (layer.forward(inputs, parameters) * weights).sum()

    shares, own = layer.backward(inputs, weights, parameters)
    every = [*zip(inputs, shares, strict=True)] if layer.joins else [(inputs, shares)]
    trained = [(parameters[name], gradient) for name, gradient in own.items()]
    for values, gradient in every + trained:
        assert gradient.shape == values.shape
        places, slopes = differences.central(projection, values, places=40)
        assert_allclose(gradient.reshape(-1)[places], slopes, rtol=RTOL, atol=ATOL)


@pytest.mark.parametrize(("name", "hyper"), cases(), ids=case_id)
def test_gradient_is_the_central_difference(name, hyper):
    layer = LAYERS[name]("node", **hyper)
    inputs = inputs_of(layer)
    assert_gradients(layer, inputs, parameters_of(layer, inputs[0] if layer.joins else inputs))


@pytest.mark.parametrize("shape", [(6,), IMAGE])
def test_gradient_of_batch_normalisation_while_training(shape):
    layer = LAYERS["BatchNorm"]("node", training=True)
    inputs = random(5, *shape)
    assert_gradients(layer, inputs, parameters_of(layer, inputs))


def test_batch_normalisation_ends_with_the_statistics_asked_for():
    layer, inputs = LAYERS["BatchNorm"]("node", training=True, epsilon=0.0), random(50, *IMAGE)
    parameters = parameters_of(layer, inputs)
    outputs = layer.forward(inputs, parameters)
    assert_allclose(outputs.mean(axis=(0, 2, 3)), parameters["node.bias"], rtol=1e-10)
    assert_allclose(outputs.std(axis=(0, 2, 3)), np.abs(parameters["node.weight"]), rtol=1e-10)
    running = layer.running(inputs, parameters)
    for part, statistic in {"mean": inputs.mean(axis=(0, 2, 3)), "variance": inputs.var(axis=(0, 2, 3), ddof=1)}.items():
        assert_allclose(running[f"node.running_{part}"], 0.9 * parameters[f"node.running_{part}"] + 0.1 * statistic, rtol=1e-12)


def test_gradient_of_dropout_follows_its_mask():
    layer, inputs = LAYERS["Dropout"]("node", rate=0.25), inputs_of(LAYERS["Dropout"]("node"))
    mask = np.random.default_rng(0).random(inputs.shape) < 0.75
    assert_gradients(layer, inputs, {"node.mask": mask})
    outputs = layer.forward(inputs, {"node.mask": mask})
    assert_array_equal(outputs == 0, ~mask)
    assert_allclose(outputs[mask], inputs[mask] / 0.75)


@pytest.mark.parametrize("name", ["Conv2d", "ConvTranspose2d"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 2])
def test_a_convolution_is_the_sum_of_the_definition(name, stride, padding):
    """Every product of one value and one weight, added where the index says; nothing else."""
    layer = LAYERS[name]("node", 2, kernel=3, stride=stride, padding=padding, bias=False)
    images = random(1, 3, 6, 5)
    parameters = parameters_of(layer, images)
    outputs = layer.forward(images, parameters)
    expected = np.zeros_like(outputs)
    weight = parameters["node.weight"]
    down = name == "Conv2d"
    for o, c, y, x, u, v in np.ndindex(2, 3, *(outputs if down else images).shape[2:], 3, 3):
        there = (y * stride + u - padding, x * stride + v - padding)
        if not all(0 <= place < extent for place, extent in zip(there, (images if down else outputs).shape[2:], strict=True)):
            continue
        place, source = ((y, x), there) if down else (there, (y, x))
        expected[0, o, *place] += images[0, c, *source] * (weight[o, c, u, v] if down else weight[c, o, u, v])
    assert_allclose(outputs, expected, rtol=1e-12, atol=1e-12)


def test_groups_are_convolutions_side_by_side():
    images = random(2, 4, 6, 5)
    grouped = LAYERS["Conv2d"]("node", 6, groups=2, bias=False)
    weight = random(6, 2, 3, 3)
    halves = [
        LAYERS["Conv2d"]("node", 3, bias=False).forward(images[:, 2 * g : 2 * g + 2], {"node.weight": weight[3 * g : 3 * g + 3]})
        for g in (0, 1)
    ]
    assert_allclose(grouped.forward(images, {"node.weight": weight}), np.concatenate(halves, axis=1), rtol=1e-12)


def test_pools_of_a_drawn_example():
    images = np.array([[1, 5, 2], [5, 3, 4], [0, 7, 7]], dtype=np.float64).reshape(1, 1, 3, 3)
    largest, mean = (LAYERS[name]("node", 2, 1, 0) for name in ("MaxPool2d", "AvgPool2d"))
    assert_array_equal(largest.forward(images, {})[0, 0], [[5, 5], [7, 7]])
    assert_array_equal(mean.forward(images, {})[0, 0], [[3.5, 3.5], [3.75, 5.25]])
    ones = np.ones((1, 1, 2, 2))
    # Of the two fives and the two sevens in a window, the first row and the first column take it.
    assert_array_equal(largest.backward(images, ones, {})[0][0, 0], [[0, 2, 0], [0, 0, 0], [0, 2, 0]])
    padded = LAYERS["AvgPool2d"]("node", 2, 2, 1)
    assert_array_equal(padded.forward(images, {})[0, 0], [[0.25, 1.75], [1.25, 5.25]])
    below_zero = LAYERS["MaxPool2d"]("node", 2, 2, 1).forward(-images, {})[0, 0]
    assert_array_equal(below_zero, [[-1, -2], [0, -3]])


def test_a_graph_adds_up_what_its_readers_send_back():
    """f = sum over the joins of a fan-out of four, so its slope is known without the chain rule."""
    plan = [
        ("Tanh", "trunk", {}, ["input"]),
        ("Tanh", "left", {}, ["trunk"]),
        ("Add", "sum", {}, ["trunk", "left", "trunk"]),
        ("Concat", "both", {}, ["sum", "trunk", "input"]),
    ]
    network = graph.build((5, 1, 1), plan)
    inputs = random(3, 5)
    values = network.forward(inputs, {})
    trunk = np.tanh(inputs)
    assert_allclose(values["both"], np.concatenate([2 * trunk + np.tanh(trunk), trunk, inputs], axis=1))
    of_nodes, _ = network.backward(values, {"both": np.ones((3, 15))}, {})
    slope = (3 + 1 - np.tanh(trunk) ** 2) * (1 - trunk**2) + 1
    assert_allclose(of_nodes["input"], slope, rtol=1e-12)


@pytest.mark.parametrize("hyper", LAYERS["TiedDense"].variants, ids=case_id)
def test_tied_weights_gather_both_gradients(hyper):
    plan = [
        ("Dense", "fc1", {"units": 3}, ["input"]),
        ("Tanh", "tanh1", {}, ["fc1"]),
        ("TiedDense", "tied1", hyper | {"units": 6}, ["tanh1"]),
    ]
    network = graph.build((6, 1, 1), plan)
    parameters = {"fc1.weight": random(3, 6), "fc1.bias": random(3), "tied1.bias": random(6, seed=4)}
    data = random(4, 6, seed=8), np.array([0, 5, 2, 3])
    _, gradients = network.mean_loss(parameters, data)
    assert ("tied1.bias" in gradients) == hyper.get("bias", True)
    for name, gradient in gradients.items():
        places, slopes = differences.central(lambda: network.mean_loss(parameters, data)[0], parameters[name])
        assert_allclose(gradient.reshape(-1)[places], slopes, rtol=RTOL, atol=ATOL)
