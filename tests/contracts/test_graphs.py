"""Networks as graphs: joins, fan-out and whole random graphs against the float64 oracle; structures that cannot be are refused by name."""

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from digitcompress import layers
from reference import graph, plans

FLOAT32_RTOL = 1e-4
FLOAT32_ATOL = 1e-5
SHAPE = plans.SHAPE
CLASSIFIER = [("GlobalAvgPool", "mean", {}, ["joined"]), ("Dense", "logits", {"units": plans.CLASSES}, ["mean"])]

GRAPHS = {
    "chain": [
        ("Conv2d", "conv", plans.SAME, ["input"]),
        ("ReLU", "relu", {}, ["conv"]),
        ("MaxPool2d", "joined", {}, ["relu"]),
        *CLASSIFIER,
    ],
    "residual": [
        ("Conv2d", "trunk", plans.SAME, ["input"]),
        ("ReLU", "relu", {}, ["trunk"]),
        ("Conv2d", "conv", plans.SAME, ["relu"]),
        ("Add", "joined", {}, ["conv", "trunk"]),
        *CLASSIFIER,
    ],
    "fan-out": [
        ("Conv2d", "trunk", plans.SAME, ["input"]),
        ("Tanh", "one", {}, ["trunk"]),
        ("Conv2d", "two", plans.SAME | {"groups": 2}, ["trunk"]),
        ("Sigmoid", "three", {}, ["trunk"]),
        ("Add", "sum", {}, ["one", "two", "three", "trunk"]),
        ("Concat", "joined", {}, ["sum", "trunk", "two"]),
        *CLASSIFIER,
    ],
    "one node several times": [
        ("Tanh", "trunk", {}, ["input"]),
        ("Add", "sum", {}, ["trunk", "trunk", "trunk"]),
        ("Concat", "joined", {}, ["sum", "input", "sum"]),
        *CLASSIFIER,
    ],
    "activation beside its input": [
        ("Conv2d", "conv", plans.SAME, ["input"]),
        ("LeakyReLU", "relu", {"slope": 0.2}, ["conv"]),
        ("Concat", "joined", {}, ["relu", "conv"]),
        *CLASSIFIER,
    ],
    "flattened beside its input": [
        ("Tanh", "trunk", {}, ["input"]),
        ("Flatten", "flat", {}, ["trunk"]),
        ("Dense", "side", {"units": 6}, ["flat"]),
        ("Reshape", "shape", {"channels": 6, "height": 1, "width": 1}, ["side"]),
        ("GlobalAvgPool", "mean", {}, ["trunk"]),
        ("Concat", "joined", {}, ["shape", "mean"]),
        ("Dense", "logits", {"units": plans.CLASSES}, ["joined"]),
    ],
    "down and up": [
        ("Conv2d", "down", {"channels": 3, "stride": 2, "padding": 1}, ["input"]),
        ("Tanh", "code", {}, ["down"]),
        ("Upsample", "blocks", {}, ["code"]),
        ("ConvTranspose2d", "up", {"channels": 3, "kernel": 2, "stride": 2}, ["code"]),
        ("Add", "joined", {}, ["blocks", "up"]),
        *CLASSIFIER,
    ],
    "kernels larger than images": [
        ("GlobalAvgPool", "mean", {}, ["input"]),
        ("Conv2d", "inner", {"channels": 6, "padding": 1}, ["mean"]),
        ("Conv2d", "wider", {"channels": 70, "stride": 2, "padding": 2}, ["inner"]),
        ("Conv2d", "grouped", {"channels": 4, "kernel": 5, "padding": 2, "groups": 2}, ["wider"]),
        ("Conv2d", "strips", {"channels": 5, "stride": 2, "padding": 1}, ["wider"]),
        ("GlobalAvgPool", "one", {}, ["grouped"]),
        ("Concat", "both", {}, ["one", "strips"]),
        ("Dense", "logits", {"units": plans.CLASSES}, ["both"]),
    ],
    "softmax at the end": [
        ("Flatten", "flat", {}, ["input"]),
        ("Dense", "logits", {"units": plans.CLASSES}, ["flat"]),
        ("Softmax", "probabilities", {}, ["logits"]),
    ],
} | {f"random {seed}": plans.random(seed) for seed in range(12)}

every_graph = pytest.mark.parametrize("plan", GRAPHS.values(), ids=GRAPHS)


def assert_near(actual, expected, name):
    """Equal up to float32 rounding of the largest value."""
    assert_allclose(actual, expected, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL * max(1.0, np.abs(expected).max()), err_msg=name)


@every_graph
@pytest.mark.parametrize("samples", [1, 2, 15, 17, 257])
def test_outputs_and_gradients_equal_the_oracle(plan, samples):
    net, oracle = plans.network(plan), plans.oracle(plan)
    images, labels = plans.images_and_labels(samples)
    values = oracle.forward(images, plans.exact(net))
    for node in net.node_names:
        assert_near(net.forward(images, node=node).reshape(samples, -1), values[node].reshape(samples, -1), node)
    _, expected = plans.oracle(plan, training=True).mean_loss(plans.exact(net), (images, labels))
    gradients = dc.gradients(net, (images, labels))
    assert {name for name in gradients if ".running_" not in name} == set(expected)
    for name, gradient in expected.items():
        assert_near(gradients[name], gradient, name)


@pytest.mark.parametrize("name", ["chain", "fan-out", "tied"])
def test_batches_beyond_one_block_equal_the_oracle(name):
    """More samples than the buffers take at once: gradients add up over blocks, those of shared weights too."""
    plan = GRAPHS[name] if name in GRAPHS else plans.around("TiedDense", {"units": int(np.prod(SHAPE))}, "tied")
    net, data = plans.network(plan), plans.images_and_labels(4500)
    _, expected = plans.oracle(plan).mean_loss(plans.exact(net), data)
    for key, gradient in dc.gradients(net, data).items():
        assert_near(gradient, expected[key], key)


@pytest.mark.parametrize("name", ["decoder", "code"])
def test_a_shared_weight_belongs_to_one_node_whatever_the_names(name):
    """The encoder is called code.in, with which no other name may be confused."""
    features = int(np.prod(SHAPE))
    plan = [
        ("Flatten", "flat", {}, ["input"]),
        ("Dense", "code.in", {"units": 1}, ["flat"]),
        ("TiedDense", name, {"units": features, "bias": False, "node": "code.in"}, ["code.in"]),
        ("Dense", "logits", {"units": plans.CLASSES}, [name]),
    ]
    net, data = plans.network(plan), plans.images_and_labels(100)
    _, expected = plans.oracle(plan).mean_loss(plans.exact(net), data)
    for key, gradient in dc.gradients(net, data).items():
        assert_near(gradient, expected[key], key)


def test_byte_images_reach_every_reader_of_the_input(digits):
    """A dense layer that skips black patches must not keep the pixels from others."""
    plan = [
        ("Flatten", "flat", {}, ["input"]),
        ("Dense", "dense", {"units": 6}, ["flat"]),
        ("AvgPool2d", "mean", {"kernel": 7}, ["input"]),
        ("Flatten", "means", {}, ["mean"]),
        ("Concat", "both", {}, ["dense", "means"]),
        ("Dense", "logits", {"units": 10}, ["both"]),
    ]
    net, oracle = plans.network(plan, (1, 28, 28)), plans.oracle(plan, (1, 28, 28))
    images, labels = digits[0][:200], digits[1][:200]
    exact = images / 255.0
    assert_near(net.forward(images), oracle.forward(exact, plans.exact(net))["logits"], "logits")
    _, expected = oracle.mean_loss(plans.exact(net), (exact, labels))
    for name, gradient in dc.gradients(net, (images, labels)).items():
        assert_near(gradient, expected[name], name)


@every_graph
def test_a_network_describes_the_graph_it_was_given(plan):
    net = plans.network(plan)
    assert graph.read(net) == plans.oracle(plan)
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert graph.read(twin) == plans.oracle(plan)
        images, _ = plans.images_and_labels(20)
        assert_array_equal(twin.forward(images), net.forward(images))


@every_graph
def test_summary_names_every_node_and_adds_up(plan):
    net = plans.network(plan)
    text = net.summary()
    for name in net.node_names:
        assert name in text
    assert f"{net.parameter_count:,}" in text
    assert net.parameter_count == sum(values.size for name, values in net.parameters.items() if ".running_" not in name)


def test_nodes_without_names_are_counted_by_kind():
    parts = [layers.Conv2d(4, padding=1), layers.ReLU(), dc.Node(layers.Conv2d(4, padding=1), name="second"), layers.ReLU()]
    net = dc.Network(dc.Input(*SHAPE), [*parts, layers.GlobalAvgPool(), layers.Dense(3)])
    assert net.node_names == ("conv1", "relu1", "second", "relu2", "globalpool1", "fc1")


def test_a_node_may_read_the_input():
    parts = [layers.Tanh(), dc.Node(layers.Add(), inputs=("tanh1", "input")), layers.GlobalAvgPool()]
    net = dc.Network(dc.Input(*SHAPE), parts)
    images, _ = plans.images_and_labels(9)
    assert_near(net.forward(images), (images + np.tanh(images.astype(np.float64))).mean(axis=(2, 3)), "add1")


@pytest.mark.parametrize("seed", range(3))
def test_threads_and_batches_change_no_bit(seed):
    net = plans.network(plans.random(seed))
    images, labels = plans.images_and_labels(200)
    alone = dc.gradients(net, (images, labels), threads=1)
    for name, gradient in dc.gradients(net, (images, labels), threads=3).items():
        assert_array_equal(gradient, alone[name])
    assert_array_equal(net.forward(images, threads=1), net.forward(images, threads=3))


def node(layer, name=None, inputs=None):
    return dc.Node(layer, **{key: value for key, value in (("name", name), ("inputs", inputs)) if value is not None})


FLAT = [layers.Flatten(), layers.Dense(5)]
WRONG = {
    "no layer": ([], ValueError, "layer"),
    "dense on an image": ([layers.Conv2d(2), layers.Dense(3)], dc.ShapeError, r"fc1: .*flat.*got \(2, 7, 5\)"),
    "convolution too large": ([layers.Conv2d(2, kernel=11)], dc.ShapeError, r"conv1: .*11.*\(4, 9, 7\)"),
    "pool too large": ([layers.MaxPool2d(10)], dc.ShapeError, r"pool1: .*10.*\(4, 9, 7\)"),
    "groups do not divide the input": ([layers.Conv2d(6, groups=3)], dc.ShapeError, r"conv1: .*groups.*3.*\(4, 9, 7\)"),
    "reshape to another size": ([layers.Reshape(4, 9, 6)], dc.ShapeError, r"reshape1: .*\(4, 9, 6\).*\(4, 9, 7\)"),
    "add of different shapes": (
        [node(layers.Conv2d(4), "small"), node(layers.Add(), inputs=("small", "input"))],
        dc.ShapeError,
        r"add1: .*\(4, 7, 5\).*\(4, 9, 7\)",
    ),
    "concatenation of different extents": (
        [node(layers.Conv2d(3), "small"), node(layers.Concat(), inputs=("input", "small"))],
        dc.ShapeError,
        r"concat1: .*\(4, 9, 7\).*\(3, 7, 5\)",
    ),
    "unknown input": ([node(layers.ReLU(), "one", ("nobody",)), *FLAT], dc.DataError, "one: .*'nobody'.*input"),
    "reads itself": ([node(layers.ReLU(), "loop", ("loop",)), *FLAT], dc.DataError, "loop: .*'loop'"),
    "cycle": (
        [node(layers.ReLU(), "one", ("two",)), node(layers.ReLU(), "two", ("one",)), *FLAT],
        dc.DataError,
        "one: .*cycle.*'two'",
    ),
    "reads a later node": ([node(layers.Add(), "one", ("input", "flatten1")), *FLAT], dc.DataError, "one: .*before.*'flatten1'"),
    "same name twice": ([node(layers.ReLU(), "same"), node(layers.ReLU(), "same"), *FLAT], dc.DataError, "'same' twice"),
    "the name of the input": ([node(layers.ReLU(), "input"), *FLAT], dc.DataError, "input"),
    "nobody reads a node": (
        [node(layers.ReLU(), "lost"), node(layers.Flatten(), inputs=("input",)), layers.Dense(5)],
        dc.DataError,
        r"lost, \(4, 9, 7\)",
    ),
    "two inputs for one": (
        [layers.Tanh(), node(layers.ReLU(), "one", ("input", "tanh1")), *FLAT],
        dc.ShapeError,
        "one: .*one input, got 2",
    ),
    "tied to nobody": ([*FLAT, layers.TiedDense(252, node="fc7")], dc.DataError, "tied1: .*fc7"),
    "tied to other units": (
        [layers.Flatten(), layers.Dense(5), layers.Dense(6), layers.TiedDense(252, node="fc1")],
        dc.ShapeError,
        r"tied1: .*fc1.weight.*\(6, 252\).*\(5, 252\)",
    ),
}


@pytest.mark.parametrize(("parts", "error", "message"), WRONG.values(), ids=WRONG)
def test_a_structure_that_cannot_be_names_the_node_and_the_shapes(parts, error, message):
    with pytest.raises(error, match=message):
        dc.Network(dc.Input(*SHAPE), parts)


@pytest.mark.parametrize("item", ["Dense", None, 5, layers.Dense, dc.Input(1, 2, 3)], ids=repr)
def test_only_layers_and_nodes_make_a_network(item):
    with pytest.raises(TypeError, match="layer"):
        dc.Network(dc.Input(*SHAPE), [layers.Flatten(), item])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Conv2d(0), r"Conv2d: channels must .*got 0"),
        (lambda: layers.Conv2d(4, kernel=0), r"Conv2d: kernel must .*got 0"),
        (lambda: layers.Conv2d(4, stride=0), r"Conv2d: stride must .*got 0"),
        (lambda: layers.Conv2d(4, padding=-1), r"Conv2d: padding must .*got -1"),
        (lambda: layers.Conv2d(4, groups=0), r"Conv2d: groups must .*got 0"),
        (lambda: layers.Conv2d(4, groups=3), r"Conv2d: .*groups.*got .*3"),
        (lambda: layers.ConvTranspose2d(4, output_padding=1), r"ConvTranspose2d: output_padding must .*got 1"),
        (lambda: layers.MaxPool2d(0), r"MaxPool2d: kernel must .*got 0"),
        (lambda: layers.MaxPool2d(2, padding=2), r"MaxPool2d: padding must .*got 2"),
        (lambda: layers.AvgPool2d(3, stride=-1), r"AvgPool2d: stride must .*got -1"),
        (lambda: layers.BatchNorm(momentum=1.5), r"BatchNorm: momentum must .*got 1.5"),
        (lambda: layers.BatchNorm(epsilon=-1.0), r"BatchNorm: epsilon must .*got -1"),
        (lambda: layers.Dropout(1.0), r"Dropout: rate must .*got 1"),
        (lambda: layers.Dropout(float("nan")), r"Dropout: rate must .*got -?nan"),
        (lambda: layers.Upsample(0), r"Upsample: factor must .*got 0"),
        (lambda: layers.Reshape(0, 1, 1), r"Reshape: .*got"),
    ],
)
def test_hyper_parameters_out_of_range_are_refused(make, message):
    with pytest.raises(dc.DataError, match=message):
        make()
