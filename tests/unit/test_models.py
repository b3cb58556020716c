"""dc.models: structures of the sources, and the registry."""

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from reference import models

# Trainable parameters that the sources state or that follow from their layouts.
PARAMETERS = {
    "mlp": 105_214,
    "lenet300": 266_610,
    "lenet1": 3_246,
    "lenet4": 51_050,
    "lenet5": 61_706,
    "lenet5_caffe": 431_080,
    "cnn_s3": 21_840,
    "tiny_cnn": 707,
    "autoencoder": 628_384,
    "tied_autoencoder": 314_784,
    "conv_autoencoder": 2_633,
    "resnet18": 11_175_370,
    "squeezenet": 45_362,
    "googlenet": 9_954_366,
    "capsnet": 161_824,
}

# The steps to the smallest network, in the source's order.
STEPS = {
    "initial": 68_270,
    "cnn_8_8": 10_994,
    "drop_dense": 13_610,
    "neurons_2_2": 728,
    "dropout": 10_994,
    "two_cnn_3_3_4": 468,
    "neurons_3_4_5": 707,
    "leaky_relu": 707,
}
BATCH_NORM = re.compile(r"(_bn|^bn\d+)\.")  # these start at one
TABLE = Path(__file__).parents[2] / "docs/reference/models.md"

every_model = pytest.mark.parametrize("name", dc.models.names())
deep_ones_slowly = pytest.mark.parametrize("name", [*models.SHALLOW, *(pytest.param(name, marks=pytest.mark.slow) for name in models.DEEP)])


def test_every_model_has_a_count():
    assert set(dc.models.names()) == set(PARAMETERS)


@every_model
def test_parameter_count(name):
    assert dc.models.get(name)().parameter_count == PARAMETERS[name]


@pytest.mark.parametrize("step", STEPS)
def test_parameter_count_of_each_step(step):
    assert dc.models.tiny_cnn(step).parameter_count == STEPS[step]


def test_steps_differ_as_the_source_says():
    last, before = dc.models.tiny_cnn(), dc.models.tiny_cnn("neurons_3_4_5")
    assert [layer.slope for layer in last.layers if isinstance(layer, dc.layers.LeakyReLU)] == pytest.approx([0.1] * 3)
    assert [type(layer) for layer in before.layers if isinstance(layer, dc.layers.ReLU | dc.layers.LeakyReLU)] == [dc.layers.ReLU] * 3
    with_dropout, without = dc.models.tiny_cnn("dropout"), dc.models.tiny_cnn("cnn_8_8")
    assert [layer.rate for layer in with_dropout.layers if isinstance(layer, dc.layers.Dropout)] == pytest.approx([0.2])
    assert [layer for layer in with_dropout.layers if not isinstance(layer, dc.layers.Dropout)] == without.layers


def test_lenet5_in_both_forms():
    ours, of_1998 = dc.models.lenet5(), dc.models.lenet5(activation="sigmoid", pooling="average")
    assert of_1998.parameter_count == ours.parameter_count == 61_706
    assert ours.node_names[:3] == ("conv1", "relu1", "pool1")
    assert of_1998.node_names[:3] == ("conv1", "sigmoid1", "avgpool1")
    assert ours.multiply_adds == 28 * 28 * 6 * 25 + 10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10


def test_the_published_cnn_ends_in_log_probabilities():
    net = dc.models.cnn_s3(seed=1)
    images = np.random.default_rng(0).random((20, 28, 28), dtype=np.float32)
    outputs = net.forward(images)
    np.testing.assert_allclose(np.exp(outputs).sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(net.predict_proba(images), np.exp(outputs), rtol=1e-5)


def test_a_tied_decoder_has_no_weight_of_its_own():
    net = dc.models.tied_autoencoder(30)
    assert {name: values.shape for name, values in net.parameters.items()} == {
        "fc1.weight": (30, 784),
        "fc1.bias": (30,),
        "tied1.bias": (784,),
    }


def test_the_table_of_the_documentation_is_true():
    rows = re.findall(r"^\| `(\w+)(\(.*?\))` \| ([0-9,]+) \|", TABLE.read_text(), re.MULTILINE)
    assert {name for name, _, _ in rows} == set(PARAMETERS)
    assert len(rows) == len(PARAMETERS) + len(STEPS)  # the last step is the default, and LeNet-5 stands there twice
    for name, arguments, count in rows:
        assert eval(f"make{arguments}", {"make": dc.models.get(name)}).parameter_count == int(count.replace(",", ""))


@every_model
def test_models_are_public_under_their_names(name):
    assert getattr(dc.models, name) is dc.models.get(name)


@deep_ones_slowly
def test_seed_and_initializer_decide_the_start(name):
    make = dc.models.get(name)
    first, again, other = make(seed=1), make(seed=1), make(seed=2)
    differs = {key: not np.array_equal(values, other.parameters[key]) for key, values in first.parameters.items()}
    assert any(differs.values())
    for key, values in first.parameters.items():
        assert_array_equal(values, again.parameters[key])
    started = {name: values for name, values in make(initializer="zeros").parameters.items() if not BATCH_NORM.search(name)}
    assert not any(values.any() for values in started.values())


@every_model
def test_models_classify_or_return_an_image(name):
    outputs = dc.models.get(name)().forward(np.full((3, 28, 28), 128, dtype=np.uint8))
    assert outputs.shape == (3, 784 if "autoencoder" in name else 10)
    assert np.isfinite(outputs).all()
    assert np.ptp(outputs[0]) > 0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: dc.models.get("lenet6"), dc.DataError, "unknown model 'lenet6'; known: mlp, lenet300, "),
        (lambda: dc.models.get(5), TypeError, "model must be one of mlp, .*, got 5"),
        (lambda: dc.models.lenet300(activation="swish"), dc.DataError, "unknown activation 'swish'; known: relu"),
        (lambda: dc.models.lenet300(initializer="magic"), dc.DataError, "unknown initializer 'magic'"),
        (lambda: dc.models.lenet5(pooling="min"), dc.DataError, "unknown pooling 'min'; known: max, average"),
        (lambda: dc.models.tiny_cnn("huge"), dc.DataError, "unknown step 'huge'; known: initial, "),
        (lambda: dc.models.autoencoder(0), dc.DataError, "autoencoder: hidden must be at least 1, got 0"),
        (lambda: dc.models.autoencoder(4.5), TypeError, "autoencoder: hidden must be an integer, got 4.5"),
    ],
)
def test_unknown_names_and_bad_sizes_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
