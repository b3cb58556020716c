"""One training from given arrays."""

import numpy as np
import pytest

import digitcompress as dc
from digitcompress.studies import losses
from digitcompress.studies.losses._choices import COMPRESSIONS, LOSSES

SHAPES = [(10, 64), (10, 1), (10, 10), (10, 1)]
DEEP = [(7, 64), (7, 1), (5, 7), (5, 1), (10, 5), (10, 1)]


def arrays(shapes, seed=3):
    generator = np.random.default_rng(seed)
    return [generator.random(shape) - 0.5 for shape in shapes]


@pytest.fixture(scope="module")
def data():
    generator = np.random.default_rng(0)
    labels = np.arange(120) % 10
    images = (generator.random((120, 8, 8)) < 0.15 + 0.5 * (np.arange(64).reshape(8, 8) // 7 == labels[:, None, None])) * 200
    return images.astype(np.uint8), labels


def train(data, shapes=SHAPES, **changes):
    standard = {"start": arrays(shapes), "learning_rate": 0.5, "iterations": 25, "loss": "cross_entropy"}
    return losses.train(*data, **(standard | changes))


@pytest.mark.parametrize("faithful", [False, True], ids=["correct", "faithful"])
@pytest.mark.parametrize("shapes", [SHAPES, DEEP, [(10, 64), (10,), (10, 10), (10,)]], ids=["one", "two", "flat"])
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_weights_keep_their_shapes_and_learn(data, faithful, shapes, compression):
    start = arrays(shapes)
    copies = [array.copy() for array in start]
    cell = train(data, start=start, faithful=faithful, compression=compression)
    assert [array.shape for array in cell.weights] == shapes
    assert all(np.array_equal(array, copy) for array, copy in zip(start, copies, strict=True))
    assert not any(np.array_equal(array, copy) for array, copy in zip(cell.weights[::2], start[::2], strict=True))
    assert cell.history.columns["step"].tolist() == [0, 10, 20]
    assert cell.history.steps == 25


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_correct_mode_is_what_a_user_would_write(data, loss, compression):
    start = arrays(SHAPES)
    network = dc.Network(dc.Input(1, 8, 8), [dc.layers.Flatten(), dc.layers.Dense(10), dc.layers.ReLU(), dc.layers.Dense(10)])
    for name, array in zip(("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"), start, strict=True):
        network.parameters[name][...] = array.reshape(network.parameters[name].shape)
    passes = {"pruned": [dc.Pruning(0.3)], "quantized": [dc.Quantization(4, 4, 4)], "none": []}
    passes["both"] = passes["pruned"] + passes["quantized"]
    prepared = dc.prepare(network, passes[compression], seed=0)
    trained = "cross_entropy" if loss in {"none", "one_hot"} else loss
    history = dc.fit(prepared, data, loss=trained, optimizer=dc.optimizers.SGD(0.5), epochs=25, batch_size=None, progress=False)
    final = dc.convert(prepared)
    cell = train(data, loss=loss, compression=compression, bits=4, rate=0.3)
    assert np.array_equal(cell.weights[0], final.parameters["fc1.weight"])
    assert np.array_equal(cell.weights[3][:, 0], final.parameters["fc2.bias"])
    assert np.array_equal(cell.network.predict_proba(data[0]), final.predict_proba(data[0]))
    assert np.array_equal(cell.history.columns["loss"], history.columns["loss"])


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_faithful_losses_share_their_trajectory_and_report_different_numbers(data, compression):
    cells = {loss: train(data, loss=loss, compression=compression, faithful=True) for loss in LOSSES}
    first = cells["none"]
    for cell in cells.values():
        assert all(np.array_equal(mine, its) for mine, its in zip(cell.weights, first.weights, strict=True))
    reported = {loss: tuple(cell.history.columns["loss"]) for loss, cell in cells.items()}
    assert reported["none"] == reported["one_hot"] == reported["cross_entropy"] == reported["weighted_cross_entropy"]
    assert len(set(reported.values())) == 4


def test_the_faithful_network_is_the_rounding_of_the_weights(data):
    cell = train(data, faithful=True)
    assert cell.weights[0].dtype == np.float64
    assert np.array_equal(cell.network.parameters["fc1.weight"], cell.weights[0].astype(np.float32))
    assert np.array_equal(cell.network.parameters["fc2.bias"], cell.weights[3][:, 0].astype(np.float32))


def test_pruned_weights_stay_zero_in_correct_mode_and_regrow_in_faithful_mode(data):
    zeros = {
        faithful: np.mean(train(data, compression="pruned", rate=0.25, faithful=faithful).weights[0] == 0) for faithful in (False, True)
    }
    assert zeros == {False: 0.25, True: 0.0}


@pytest.mark.parametrize("bits", [1, 2, 8])
def test_quantized_weights_are_few(data, bits):
    cell = train(data, compression="quantized", bits=bits)
    assert len(np.unique(cell.weights[0])) <= 2**bits


@pytest.mark.parametrize("faithful", [False, True])
def test_gradients_are_divided_by_the_samples_asked_for(data, faithful):
    changed = train(data, iterations=1, faithful=faithful, gradient_samples=240)
    plain = train(data, iterations=1, faithful=faithful)
    start = arrays(SHAPES)[0]
    assert 2 * (changed.weights[0] - start) == pytest.approx(plain.weights[0] - start, abs=3e-7)


@pytest.mark.parametrize("faithful", [False, True])
def test_bytes_and_floats_give_the_same(data, faithful):
    images, labels = data
    by_bytes = train(data, faithful=faithful)
    for same in (images / 255.0, (images / 255.0).reshape(120, 64)):
        by_floats = train((same, labels), faithful=faithful)
        assert by_floats.weights[0] == pytest.approx(by_bytes.weights[0], abs=1e-9 if faithful else 1e-4)


WRONG = {
    "loss": ({"loss": "focall"}, dc.DataError, "unknown loss 'focall'; known: none, one_hot, mse"),
    "compression": ({"compression": "prunned"}, dc.DataError, "unknown compression 'prunned'; known: none, quantized, pruned, both"),
    "bits": ({"bits": 17}, dc.DataError, r"bits must be in 1\.\.16, got 17"),
    "boolean bits": ({"bits": True}, TypeError, "bits must be an integer, got True"),
    "rate": ({"rate": 1.0}, dc.DataError, r"rate must be below 1, got 1\.0"),
    "negative rate": ({"rate": -0.1}, dc.DataError, "rate must be finite, at least 0, got -0.1"),
    "learning rate": ({"learning_rate": float("nan")}, dc.DataError, "learning_rate must be finite, above 0, got nan"),
    "iterations": ({"iterations": 0}, dc.DataError, "iterations must be at least 1, got 0"),
    "record_every": ({"record_every": 0}, dc.DataError, "record_every must be at least 1, got 0"),
    "samples": ({"gradient_samples": 0}, dc.DataError, "gradient_samples must be finite, above 0, got 0"),
    "three arrays": ({"start": arrays(SHAPES)[:3]}, dc.ShapeError, "start must be W1, b1, W2, b2 .* got 3 arrays"),
    "columns": ({"start": arrays([(10, 64), (10, 1), (10, 9), (10, 1)])}, dc.ShapeError, "W2 must have 10 columns, .* got the shape"),
    "bias": ({"start": arrays([(10, 64), (9, 1), (10, 10), (10, 1)])}, dc.ShapeError, "b1 must have 10 entries"),
    "pixels": ({"start": arrays([(10, 65), (10, 1), (10, 10), (10, 1)])}, dc.ShapeError, "images must have 65 pixels each"),
    "not finite": ({"start": [np.full(shape, np.inf) for shape in SHAPES]}, dc.DataError, "W1 and b1 must be finite, got nan or inf"),
}


@pytest.mark.parametrize("faithful", [False, True])
@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_refused(data, name, faithful):
    changes, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        train(data, faithful=faithful, **changes)


@pytest.mark.parametrize("faithful", [False, True])
def test_labels_must_be_digits(data, faithful):
    with pytest.raises(dc.DataError, match=r"labels must be in 0\.\.9, got 10 at index 3"):
        train((data[0], np.where(np.arange(120) == 3, 10, data[1])), faithful=faithful)
