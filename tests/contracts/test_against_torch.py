"""PyTorch as a second oracle, where it is installed: layers, and whole trainings from equal weights and batches."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import digitcompress as dc
from reference import plans, synthetic_digits
from reference.layers import LAYERS

torch = pytest.importorskip("torch", reason="needs PyTorch (extra peers)")

RTOL = 1e-9
FLOAT32_RTOL = 1e-4
FLOAT32_ATOL = 1e-5
STEPS = 100
BATCH = 32


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def conv2d(channels=1, kernel=3, **hyper):
    return torch.nn.Conv2d(plans.SHAPE[0], channels, kernel, **hyper)


def conv_transpose2d(channels=1, kernel=3, **hyper):
    return torch.nn.ConvTranspose2d(plans.SHAPE[0], channels, kernel, **hyper)


def batch_norm(momentum=0.1, epsilon=1e-5):
    return torch.nn.BatchNorm2d(plans.SHAPE[0], epsilon, momentum)


def pool(kind):
    return lambda kernel=2, stride=0, padding=0, **options: kind(kernel, stride or kernel, padding, **options)


PEERS = {
    "Conv2d": conv2d,
    "ConvTranspose2d": conv_transpose2d,
    "BatchNorm": batch_norm,
    "MaxPool2d": pool(torch.nn.MaxPool2d),
    "AvgPool2d": pool(torch.nn.AvgPool2d),
    "Upsample": lambda factor=2: torch.nn.Upsample(scale_factor=factor),
}
NAMES = {"running_var": "running_variance"}


def cases():
    padded_beyond_half = ({"kernel": 4, "stride": 3, "padding": 3},)  # PyTorch allows this for convolutions only
    return [
        (name, hyper) for name in PEERS for hyper in LAYERS[name].variants if name.startswith("Conv") or hyper not in padded_beyond_half
    ]


every_peer = pytest.mark.parametrize(("name", "hyper"), cases(), ids=str)


def as_double(values):
    return torch.tensor(np.asarray(values, dtype=np.float64), requires_grad=True)


def peer_of(name, hyper, parameters):
    """PyTorch's layer with the same parameters, in float64."""
    peer = PEERS[name](**hyper).double()
    state = {
        key: as_double(parameters[f"{plans.TRIED}.{NAMES.get(key, key)}"]).detach() for key in peer.state_dict() if "num_batches" not in key
    }
    peer.load_state_dict(state, strict=False)
    return peer


@every_peer
@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
def test_the_oracle_computes_what_torch_computes(name, hyper, training):
    oracle = LAYERS[name](plans.TRIED, **hyper)
    if name == "BatchNorm":
        oracle.training = training
    generator = np.random.default_rng(1)
    inputs = generator.normal(size=(5, *plans.SHAPE))
    shapes = oracle.parameter_shapes(plans.SHAPE)
    parameters = {key: np.abs(generator.normal(size=shape)) for key, shape in shapes.items()}
    peer = peer_of(name, hyper, parameters).train(training)
    read = as_double(inputs)
    outputs = peer(read)
    assert_allclose(oracle.forward(inputs, parameters), outputs.detach(), rtol=RTOL, atol=RTOL)
    weights = generator.normal(size=tuple(outputs.shape))
    outputs.backward(torch.tensor(weights))
    gradient, gradients = oracle.backward(inputs, weights, parameters)
    assert_allclose(gradient, read.grad, rtol=RTOL, atol=RTOL)
    for key, values in peer.named_parameters():
        assert_allclose(gradients[f"{plans.TRIED}.{key}"], values.grad, rtol=RTOL, atol=RTOL)
    if name == "BatchNorm" and training:
        moved = oracle.running(inputs, parameters)
        assert_allclose(moved[f"{plans.TRIED}.running_mean"], peer.running_mean, rtol=RTOL)
        assert_allclose(moved[f"{plans.TRIED}.running_variance"], peer.running_var, rtol=RTOL)


@every_peer
def test_the_core_computes_what_torch_computes(name, hyper):
    plan = plans.around(name, hyper, "image first")
    net = plans.network(plan)
    images, _ = plans.images_and_labels(33)
    peer = peer_of(name, hyper, net.parameters).float().train(False)
    head = [torch.tensor(net.parameters[f"logits.{part}"].copy(), requires_grad=True) for part in ("weight", "bias")]
    outputs = peer(torch.tensor(images))
    assert_allclose(net.forward(images, node=plans.TRIED), outputs.detach().flatten(1), rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)
    logits = torch.nn.functional.linear(outputs.flatten(1), *head)
    assert_allclose(net.forward(images), logits.detach(), rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)


def peer_network(net):
    """The same classifier in PyTorch, with the same weights."""
    nn = torch.nn
    modules = {
        "Dense": lambda layer, features: nn.Linear(features, layer.units),
        "Conv2d": lambda layer, channels: nn.Conv2d(channels, layer.channels, layer.kernel, padding=layer.padding),
        "ReLU": lambda layer, _: nn.ReLU(),
        "MaxPool2d": lambda layer, _: nn.MaxPool2d(layer.kernel),
        "Flatten": lambda layer, _: nn.Flatten(),
    }
    peer = nn.Sequential(*(modules[type(node["layer"]).__name__](node["layer"], node["input_shapes"][0][0]) for node in net._nodes))
    with torch.no_grad():
        for theirs, ours in zip(peer.parameters(), net.parameters.values(), strict=True):
            theirs.copy_(torch.tensor(np.array(ours)))
    return peer


def steps_of_samples(samples, seed):
    """Step of an epoch in which `fit` uses each sample, read off a probe that starts at zero: a step sets the weights of its own samples,
    and shrinks those of all before by the same factor.
    """
    kept = 0.95
    probe = dc.Network(dc.Input(samples), [dc.layers.Dense(2, bias=False)], initializer="zeros")
    optimizer = dc.optimizers.SGD(1.0, weight_decay=1 - kept)
    one_each = np.eye(samples, dtype=np.float32), np.zeros(samples, dtype=np.int64)
    dc.fit(probe, one_each, optimizer=optimizer, epochs=1, batch_size=BATCH, seed=seed, progress=False)
    sizes = np.abs(probe.parameters["fc1.weight"][0])
    return np.rint(np.log(sizes / sizes.min()) / -np.log(kept)).astype(int)


def losses_of_torch(peer, images, labels, steps):
    """Mean loss of each batch before its step."""
    optimizer = torch.optim.Adam(peer.parameters(), lr=1e-3)
    recorded = []
    for step in range(STEPS):
        rows = steps == step
        optimizer.zero_grad()
        logits = peer(torch.tensor(images[rows, None].astype(np.float32) / 255))
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels[rows]))
        loss.backward()
        optimizer.step()
        recorded.append(loss.item())
    return np.array(recorded)


@pytest.fixture(scope="module")
def batches():
    """As many digits as the steps take, and the step of each."""
    images, labels = synthetic_digits.make(STEPS * BATCH)
    steps = steps_of_samples(len(images), seed=3)
    assert np.bincount(steps).tolist() == [BATCH] * STEPS
    return images, labels, steps


@pytest.mark.parametrize("name", ["mlp", "lenet300", "lenet5"])
def test_training_follows_torch(name, batches):
    """A hundred steps of Adam from equal weights and batches."""
    images, labels, steps = batches
    net = dc.models.get(name)(seed=2)
    expected = losses_of_torch(peer_network(net), images, labels, steps)
    history = dc.fit(
        net, (images, labels), optimizer=dc.optimizers.Adam(1e-3), epochs=1, batch_size=BATCH, record_every=1, seed=3, progress=False
    )
    assert expected[-10:].mean() < 0.5 * expected[0]
    assert_allclose(history.columns["loss"], expected, rtol=1e-3)


@pytest.mark.parametrize("name", ["kaiming_uniform", "kaiming_normal", "xavier_uniform", "xavier_normal", "pytorch"])
@pytest.mark.parametrize("layer", ["Dense", "Conv2d", "ConvTranspose2d"])
def test_initializers_spread_as_torch_does(name, layer):
    peer = {
        "Dense": lambda: torch.nn.Linear(500, 300),
        "Conv2d": lambda: torch.nn.Conv2d(8, 500, 5, groups=2),
        "ConvTranspose2d": lambda: torch.nn.ConvTranspose2d(50, 70, 5),
    }[layer]()
    ours = {
        "Dense": (dc.Input(500), dc.layers.Dense(300)),
        "Conv2d": (dc.Input(8, 6, 6), dc.layers.Conv2d(500, kernel=5, groups=2)),
        "ConvTranspose2d": (dc.Input(50, 6, 6), dc.layers.ConvTranspose2d(70, kernel=5)),
    }[layer]
    torch.manual_seed(0)
    if name == "pytorch":
        peer.reset_parameters()
    else:
        options = {"nonlinearity": "relu"} if name.startswith("kaiming") else {}
        getattr(torch.nn.init, f"{name}_")(peer.weight, **options)
        torch.nn.init.zeros_(peer.bias)
    weight, bias = dc.Network(ours[0], [ours[1]], initializer=name, seed=1).parameters.values()
    assert weight.shape == tuple(peer.weight.shape)
    assert_allclose(weight.std(), peer.weight.detach().std(), rtol=0.02)
    assert_allclose(bias.std(), peer.bias.detach().std(), rtol=0.2)
