"""Auxiliary heads: nodes whose own loss is trained too, seen by nobody else."""

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from digitcompress import layers
from reference import differences, graph, losses, plans

FLOAT32_RTOL = 1e-4
FLOAT32_ATOL = 1e-5
SHAPE = plans.SHAPE
UNITS = {"units": plans.CLASSES}

STEM = [("Conv2d", "conv", plans.SAME, ["input"]), ("Tanh", "trunk", {}, ["conv"])]
END = [("Flatten", "flat", {}, ["top"]), ("Dense", "logits", UNITS, ["flat"])]

GRAPHS = {
    "beside the trunk": [
        *STEM,
        ("GlobalAvgPool", "mean", {}, ["trunk"]),
        ("Dense", "head", UNITS, ["mean"], 0.3),
        ("MaxPool2d", "top", {}, ["trunk"]),
        *END,
    ],
    "read by others": [
        *STEM,
        ("GlobalAvgPool", "mean", {}, ["trunk"]),
        ("Dense", "head", UNITS, ["mean"], 0.7),
        ("ReLU", "relu", {}, ["head"]),
        ("Dense", "logits", UNITS, ["relu"]),
    ],
    "read by two": [
        *STEM,
        ("GlobalAvgPool", "mean", {}, ["trunk"]),
        ("Dense", "head", UNITS, ["mean"], 2.0),
        ("Sigmoid", "one", {}, ["head"]),
        ("Dense", "two", UNITS, ["head"]),
        ("Add", "logits", {}, ["one", "two", "head"]),
    ],
    "in the buffer of what it reads": [
        *STEM,
        ("Conv2d", "small", {"channels": plans.CLASSES, "kernel": 1}, ["trunk"]),
        ("GlobalAvgPool", "mean", {}, ["small"]),
        ("Sigmoid", "head", {}, ["mean"], 0.5),
        ("MaxPool2d", "top", {}, ["trunk"]),
        *END,
    ],
    "two, among statistics of the batch": [
        ("Conv2d", "conv", plans.SAME, ["input"]),
        ("BatchNorm", "bn1", {}, ["conv"]),
        ("GlobalAvgPool", "mean1", {}, ["bn1"]),
        ("Dense", "head1", UNITS, ["mean1"], 0.3),
        ("Conv2d", "conv2", plans.SAME, ["bn1"]),
        ("BatchNorm", "bn2", {}, ["conv2"]),
        ("GlobalAvgPool", "mean2", {}, ["bn2"]),
        ("BatchNorm", "bn3", {}, ["mean2"]),
        ("Dense", "head2", UNITS, ["bn3"], 1.5),
        ("MaxPool2d", "top", {}, ["bn2"]),
        *END,
    ],
    "softmax at the end": [
        ("Flatten", "top", {}, ["input"]),
        ("Dense", "head", UNITS, ["top"], 0.4),
        *END,
        ("Softmax", "probabilities", {}, ["logits"]),
    ],
}

every_graph = pytest.mark.parametrize("plan", GRAPHS.values(), ids=GRAPHS)


def assert_gradients(net, oracle, data, exact_data=None):
    _, expected = oracle.mean_loss(plans.exact(net), exact_data or data)
    gradients = dc.gradients(net, data)
    for name, gradient in expected.items():
        atol = FLOAT32_ATOL * max(3.0, np.abs(gradient).max())
        assert_allclose(gradients[name], gradient, rtol=FLOAT32_RTOL, atol=atol, err_msg=name)


def without_heads(plan):
    """The plan of what predicts: heads are plain nodes if somebody reads them, else they go, with what only they need."""
    kept = [(kind, name, hyper, inputs) for kind, name, hyper, inputs, *_ in plan]
    for index in reversed(range(len(kept) - 1)):
        if not any(kept[index][1] in inputs for _, _, _, inputs in kept[index + 1 :]):
            del kept[index]
    return kept


@every_graph
@pytest.mark.parametrize("samples", [15, 17, 257])
def test_gradients_equal_the_oracle(plan, samples):
    net = plans.network(plan)
    assert_gradients(net, plans.oracle(plan, training=True), plans.images_and_labels(samples))


@every_graph
def test_oracle_gradients_are_central_differences(plan):
    oracle, parameters = plans.oracle(plan, training=True), plans.exact(plans.network(plan))
    data = plans.images_and_labels(6)
    _, gradients = oracle.mean_loss(parameters, data)
    for name, gradient in gradients.items():
        places, slopes = differences.central(lambda: oracle.mean_loss(parameters, data)[0], parameters[name])
        assert_allclose(gradient.reshape(-1)[places], slopes, rtol=1e-5, atol=1e-8, err_msg=name)


def test_batches_beyond_one_block_equal_the_oracle():
    plan = GRAPHS["read by two"]
    assert_gradients(plans.network(plan), plans.oracle(plan), plans.images_and_labels(4500))


def test_byte_images_reach_a_head_of_the_first_layer(digits):
    plan = [
        ("Flatten", "flat", {}, ["input"]),
        ("Dense", "head", {"units": 10}, ["flat"], 0.6),
        ("Tanh", "tanh", {}, ["head"]),
        ("Dense", "logits", {"units": 10}, ["tanh"]),
    ]
    net, oracle = plans.network(plan, (1, 28, 28)), plans.oracle(plan, (1, 28, 28))
    images, labels = digits[0][:200], digits[1][:200]
    assert_gradients(net, oracle, (images, labels), (images / 255.0, labels))


def test_a_head_reconstructs_too():
    """A step from two linear maps side by side moves each down its own error, one half as far."""
    plan = [("Dense", "head", {"units": 12}, ["input"], 0.5), ("Dense", "logits", {"units": 12}, ["input"])]
    net, (images, _) = plans.network(plan, (12, 1, 1)), plans.images_and_labels(30, (12, 1, 1))
    start, exact = plans.exact(net), images.astype(np.float64)
    dc.fit(net, images, loss="reconstruction", optimizer=dc.optimizers.SGD(0.1), epochs=1, batch_size=None, progress=False)
    for name, weight in (("head", 0.5), ("logits", 1.0)):
        outputs = exact @ start[f"{name}.weight"].T + start[f"{name}.bias"]
        _, gradient = losses.reconstruction(outputs, exact)
        expected = start[f"{name}.weight"] - 0.1 * weight * gradient.T @ exact / len(images)
        assert_allclose(net.parameters[f"{name}.weight"], expected, rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


@every_graph
def test_predictions_and_evaluations_do_not_see_heads(plan):
    net, plain = plans.network(plan), plans.network(without_heads(plan))
    for name, values in plain.parameters.items():
        values[...] = net.parameters[name]
    images, labels = plans.images_and_labels(300)
    assert_array_equal(net.forward(images), plain.forward(images))
    assert_array_equal(net.predict(images), plain.predict(images))
    assert dc.evaluate(net, (images, labels)).loss == dc.evaluate(plain, (images, labels)).loss
    assert net.multiply_adds == plain.multiply_adds


@every_graph
def test_every_node_can_be_asked_for(plan):
    net, images = plans.network(plan), plans.images_and_labels(20)[0]
    values = plans.oracle(plan).forward(images, plans.exact(net))
    for name in net.node_names:
        atol = FLOAT32_ATOL * max(1.0, np.abs(values[name]).max())
        assert_allclose(net.forward(images, node=name).reshape(20, -1), values[name].reshape(20, -1), rtol=FLOAT32_RTOL, atol=atol)


def test_records_hold_the_loss_of_the_logits():
    net, data = plans.network(GRAPHS["beside the trunk"]), plans.images_and_labels(64)
    before = dc.evaluate(net, data).loss
    history = dc.fit(net, data, epochs=1, batch_size=None, record_every=1, progress=False)
    assert_allclose(history.columns["loss"][0], before, rtol=1e-6)


def test_a_head_trains_what_the_logits_do_not_see():
    """Its loss falls although the output has a gradient of zero everywhere."""
    head = dc.Node(layers.Dense(3), name="head", loss_weight=1.0)
    blind = dc.Node(layers.Dense(3), ("input",), "logits")
    net = dc.Network(dc.Input(8), [head, blind], initializer="zeros")
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, 200)
    images = (np.eye(8, dtype=np.float32)[labels] + 0.1 * generator.random((200, 8), dtype=np.float32)).astype(np.float32)
    dc.fit(net, (images, labels), optimizer=dc.optimizers.SGD(1.0), epochs=30, progress=False)
    assert (net.forward(images, node="head").argmax(axis=1) == labels).all()


@every_graph
@pytest.mark.parametrize("threads", [2, 4])
def test_threads_change_no_bit(plan, threads):
    net, data = plans.network(plan), plans.images_and_labels(257)
    alone = dc.gradients(net, data, threads=1)
    for name, gradient in dc.gradients(net, data, threads=threads).items():
        assert_array_equal(gradient, alone[name])


@every_graph
def test_copies_and_compressed_networks_keep_their_heads(plan):
    net = plans.network(plan)
    expected = [node.loss_weight for node in net.nodes if node.loss_weight]
    assert expected
    copies = copy.deepcopy(net), pickle.loads(pickle.dumps(net))
    compressed = dc.prepare(net, [dc.Pruning(0.5), dc.Quantization(weights=6, activations=6)])
    for twin in (*copies, compressed, dc.convert(compressed)):
        assert [node.loss_weight for node in twin.nodes if node.loss_weight] == expected
    assert graph.read(copies[0]) == plans.oracle(plan)


@every_graph
def test_a_saved_network_keeps_its_heads(plan, tmp_path):
    net, data = plans.network(plan), plans.images_and_labels(30)
    dc.save(net, tmp_path / "net.safetensors")
    loaded = dc.load(tmp_path / "net.safetensors")
    assert loaded.nodes == net.nodes
    for name, gradient in dc.gradients(net, data).items():
        assert_array_equal(dc.gradients(loaded, data)[name], gradient)


def test_the_summary_marks_heads_and_leaves_them_out_of_the_total():
    net = plans.network(GRAPHS["beside the trunk"])
    text = net.summary()
    assert "head (loss x 0.3)" in text
    assert text.splitlines()[-1].split()[-2] == f"{net.multiply_adds:,}"
    assert net.multiply_adds == 4 * 36 * 63 + 4 * 12 * plans.CLASSES


HEAD = layers.Dense(5)
WRONG = {
    "negative weight": ([layers.Flatten(), dc.Node(HEAD, loss_weight=-0.1), HEAD], dc.DataError, r"loss_weight must be .*got -0.1"),
    "endless weight": ([layers.Flatten(), dc.Node(HEAD, loss_weight=float("inf")), HEAD], dc.DataError, r"loss_weight must be .*got inf"),
    "no number": ([layers.Flatten(), dc.Node(HEAD, loss_weight=float("nan")), HEAD], dc.DataError, r"loss_weight must be .*got nan"),
    "huge weight": (
        [layers.Flatten(), dc.Node(HEAD, loss_weight=1e4), HEAD],
        dc.DataError,
        r"fc1: loss_weight must be in 0..1000, got 10000",
    ),
    "text": ([layers.Flatten(), dc.Node(HEAD, loss_weight="0.3"), HEAD], TypeError, "loss_weight must be a number, got '0.3'"),
    "the last": ([layers.Flatten(), dc.Node(HEAD, loss_weight=0.3)], dc.DataError, "fc1: loss_weight is for nodes before the logits"),
    "the logits": (
        [layers.Flatten(), dc.Node(HEAD, loss_weight=0.3), layers.Softmax()],
        dc.DataError,
        "fc1: loss_weight is for nodes before the logits",
    ),
    "other classes": (
        [layers.Flatten(), dc.Node(HEAD, loss_weight=0.3), layers.Dense(4)],
        dc.ShapeError,
        r"fc1: .*4, got \(5\)",
    ),
}


@pytest.mark.parametrize(("parts", "error", "message"), WRONG.values(), ids=WRONG)
def test_a_head_that_cannot_be_is_refused(parts, error, message):
    with pytest.raises(error, match=message):
        dc.Network(dc.Input(*SHAPE), parts)


def test_without_a_weight_nobody_may_dangle():
    with pytest.raises(dc.DataError, match=r"fc1.*some node must read its output"):
        dc.Network(dc.Input(12), [layers.Dense(5), dc.Node(HEAD, ("input",))])
