"""dc.models: structures of the sources, and the registry."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc

# Trainable parameters that the sources state or that follow from their layouts.
PARAMETERS = {
    "mlp": 105_214,
    "lenet300": 266_610,
    "autoencoder": 628_384,
}

every_model = pytest.mark.parametrize("name", dc.models.names())


def test_every_model_has_a_count():
    assert set(dc.models.names()) == set(PARAMETERS)


@every_model
def test_parameter_count(name):
    assert dc.models.get(name)().parameter_count == PARAMETERS[name]


@every_model
def test_models_are_public_under_their_names(name):
    assert getattr(dc.models, name) is dc.models.get(name)


@every_model
def test_seed_and_initializer_decide_the_start(name):
    make = dc.models.get(name)
    first, again, other = make(seed=1), make(seed=1), make(seed=2)
    differs = {key: not np.array_equal(values, other.parameters[key]) for key, values in first.parameters.items()}
    assert any(differs.values())
    for key, values in first.parameters.items():
        assert_array_equal(values, again.parameters[key])
    assert all(not values.any() for values in make(initializer="zeros").parameters.values())


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
        (lambda: dc.models.autoencoder(0), dc.DataError, "autoencoder: hidden must be at least 1, got 0"),
        (lambda: dc.models.autoencoder(4.5), TypeError, "autoencoder: hidden must be an integer, got 4.5"),
    ],
)
def test_unknown_names_and_bad_sizes_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
