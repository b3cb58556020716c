"""Large models: nodes and gradients against float64 where the battery of models would take too long, and against PyTorch."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import digitcompress as dc
from reference import graph, models, plans

FLOAT32_RTOL = 1e-4
ROUTES_RTOL = 0.1  # one route of one sample at one pixel is a few hundredths of all
SHAPE = (1, 28, 28)
CLASSES = 10
SAMPLES = 17  # of few, some maps of one pixel have hardly any variance, which magnifies what float32 rounds off

WITHOUT_DROPOUT = {"googlenet": {"dropout": 0.0, "head_dropout": 0.0}}
HEAD_WEIGHTS = {"googlenet": (0.3, 0.3)}

every_model = pytest.mark.parametrize("name", models.DEEP)


def assert_near(actual, expected, name):
    """Equal up to float32 rounding of the largest value."""
    assert_allclose(actual, expected, rtol=FLOAT32_RTOL, atol=FLOAT32_RTOL * np.abs(expected).max(), err_msg=name)


def assert_close(actual, expected, name):
    """Equal in all but a few routes: where float32 and float64 differ in the sign of a value near zero, or in which of two is larger,
    ReLU and pooling send a gradient another way. Layer by layer the battery is strict.
    """
    assert np.linalg.norm(actual - expected) <= ROUTES_RTOL * np.linalg.norm(expected), name


def model_and_data(name, samples):
    return dc.models.get(name)(seed=5, **WITHOUT_DROPOUT.get(name, {})), plans.images_and_labels(samples, SHAPE, CLASSES)


def fill_averages(net):
    """Running averages that predictions show; training would only lose digits to a mean so far off."""
    generator = np.random.default_rng(1)
    for key, values in net.parameters.items():
        if key.endswith(("running_mean", "running_variance", "routing1.bias")):
            values[...] = generator.uniform(0.5, 1.5, values.shape)


@every_model
@pytest.mark.slow
def test_every_node_equals_the_oracle(name):
    net, (images, _) = model_and_data(name, 2)
    fill_averages(net)
    values = graph.read(net).forward(images, plans.exact(net))
    for node in net.node_names:
        assert_near(net.forward(images, node=node).reshape(2, -1), values[node].reshape(2, -1), node)


@every_model
@pytest.mark.slow
def test_gradients_equal_the_oracle(name):
    net, data = model_and_data(name, SAMPLES)
    _, expected = graph.read(net, training=True).mean_loss(plans.exact(net), data)
    gradients = dc.gradients(net, data)
    assert set(expected) == {key for key in net.parameters if ".running_" not in key}
    for key, gradient in expected.items():
        assert_close(gradients[key], gradient, key)


@pytest.fixture
def torch():
    found = pytest.importorskip("torch", reason="needs PyTorch (extra peers)")
    threads = found.get_num_threads()
    found.set_num_threads(1)
    yield found
    found.set_num_threads(threads)


def peer_of(net, name, torch):
    """PyTorch's network with the same numbers in float64, and its parameters under our names."""
    from reference import torch_models

    peer = getattr(torch_models, name)().double()
    buffers = [values for key, values in peer.named_buffers() if "num_batches" not in key]
    averages = [key for key in net.parameters if ".running_" in key]
    trained = [key for key in net.parameters if ".running_" not in key]
    with torch.no_grad():
        for keys, theirs in ((trained, peer.parameters()), (averages, buffers)):
            for key, values in zip(keys, theirs, strict=True):
                values.copy_(torch.tensor(np.array(net.parameters[key], dtype=np.float64)).reshape(values.shape))
    return peer, dict(zip(trained, peer.parameters(), strict=True))


every_peer = pytest.mark.parametrize("name", [*models.DEEP, "squeezenet"])


@every_peer
def test_outputs_equal_those_of_torch(name, torch):
    net, (images, _) = model_and_data(name, SAMPLES)
    fill_averages(net)
    peer, _ = peer_of(net, name, torch)
    assert net.parameter_count == sum(values.numel() for values in peer.parameters())
    expected = peer.eval()(torch.tensor(images.astype(np.float64)).reshape(-1, *SHAPE))
    assert_near(net.forward(images), expected.detach().numpy(), "logits")


@every_peer
def test_gradients_equal_those_of_torch(name, torch):
    net, (images, labels) = model_and_data(name, SAMPLES)
    peer, parameters = peer_of(net, name, torch)
    outputs = peer.train()(torch.tensor(images.astype(np.float64)).reshape(-1, *SHAPE))
    logits = outputs if isinstance(outputs, tuple) else (outputs,)
    weights = (1.0, *HEAD_WEIGHTS.get(name, ()))
    losses = [torch.nn.functional.cross_entropy(each, torch.tensor(labels)) for each in logits]
    sum(weight * loss for weight, loss in zip(weights, losses, strict=True)).backward()
    gradients = dc.gradients(net, (images, labels))
    for key, values in parameters.items():
        assert_close(gradients[key], values.grad.numpy().reshape(gradients[key].shape), key)
