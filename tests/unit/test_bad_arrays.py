"""Arrays that fit, predict and evaluate must refuse: the typed error and the telling part of its message, never a crash."""

import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from reference import losses, synthetic_digits

COUNT = 40


class Raising:
    def __array__(self, dtype=None, copy=None):
        message = "the sensor is unplugged"
        raise OSError(message)


class Lying:
    """Announces an array that NumPy can tell is none."""

    __array_interface__ = {"shape": "40 x 784", "typestr": "|u1", "data": bytes(40 * 784), "version": 3}  # noqa: RUF012


class Capsuleless:
    """Keeps not what DLPack promises."""

    def __dlpack__(self, **options):
        return b"no capsule"


class OnDevice:
    """Announces values by DLPack alone, as CuPy does; `device` is the type and number of the device they are on."""

    def __init__(self, values, device):
        self.values = values
        self.device = device

    def __dlpack_device__(self):
        return self.device

    def __dlpack__(self, **options):
        return self.values.__dlpack__(**options)


def pixels(dtype=np.uint8):
    return synthetic_digits.make(COUNT)[0].reshape(COUNT, 784).astype(dtype)


def with_value(value, place=(3, 5)):
    images = pixels(np.float32) / np.float32(255)
    images[place] = value
    return images


def structured():
    return np.zeros((COUNT, 784), dtype=[("pixel", np.uint8)])


# name: (how the images are made, error, what its message tells)
IMAGES = {
    "bool": (lambda: pixels() > 0, TypeError, r"images must .*, got .*bool"),
    "complex": (lambda: pixels(np.complex64), TypeError, r"images must .*, got .*complex64"),
    "object": (lambda: pixels(object), TypeError, r"images must .*, got .*object"),
    "str": (lambda: pixels().astype(str), TypeError, r"images must .*, got .*U3"),
    "bytes": (lambda: pixels().astype("S3"), TypeError, r"images must .*, got .*S3"),
    "structured": (structured, TypeError, r"images must .*, got"),
    "datetime": (lambda: pixels(np.int64).astype("datetime64[s]"), TypeError, r"images must .*, got .*datetime64"),
    "masked": (lambda: np.ma.masked_equal(pixels(), 0), TypeError, r"mask"),
    "None": (lambda: None, TypeError, r"images must"),
    "a word": (lambda: "digits", TypeError, r"images must"),
    "ragged": (lambda: [[0, 1], [2]], (TypeError, ValueError), r"images|inhomogeneous"),
    "0-d": (lambda: np.uint8(3), dc.ShapeError, r"images must .*, got .*\(\)"),
    "one flat image": (lambda: pixels()[0], dc.ShapeError, r"images must .*, got .*\(784,\)"),
    "no features": (lambda: np.zeros((COUNT, 0), dtype=np.uint8), dc.ShapeError, r"images must .*, got .*\(40, 0\)"),
    "783 features": (lambda: pixels()[:, :783], dc.ShapeError, r"images must .*, got .*783"),
    "28 x 27": (lambda: pixels().reshape(-1, 28, 28)[..., :27], dc.ShapeError, r"images must .*, got .*27"),
    "3 channels": (lambda: np.zeros((COUNT, 3, 28, 28), dtype=np.uint8), dc.ShapeError, r"images must .*, got .*3, 28, 28"),
    "5-d": (lambda: pixels().reshape(COUNT, 1, 1, 28, 28), dc.ShapeError, r"images must .*, got"),
    "integer below 0": (lambda: pixels(np.int64) - 1, dc.DataError, r"images must .*0\.\.255.*, got -1"),
    "integer above 255": (lambda: pixels(np.int16) + 200, dc.DataError, r"images must .*0\.\.255.*, got"),
    "nan": (lambda: with_value(np.nan), dc.DataError, r"images must .*finite.*, got nan .*3"),
    "inf": (lambda: with_value(np.inf), dc.DataError, r"images must .*finite.*, got inf .*3"),
    "-inf in float64": (lambda: with_value(-np.inf).astype(np.float64), dc.DataError, r"images must .*finite.*, got -inf .*3"),
    "beyond float32": (lambda: with_value(0).astype(np.float64) + 1e300, dc.DataError, r"images must"),
    "a terabyte by broadcasting": (
        lambda: np.broadcast_to(np.zeros((1, 784), dtype=np.float64), (2**31, 784)),
        dc.LimitError,
        r"images|samples|bytes",
    ),
    "raising __array__": (Raising, OSError, r"the sensor is unplugged"),
    "DLPack on CUDA 1": (lambda: OnDevice(pixels(), (2, 1)), TypeError, r"images must .*main memory, got .*type 2, number 1"),
    "DLPack without a capsule": (lambda: OnDevice(Capsuleless(), (1, 0)), (TypeError, ValueError), r"[Cc]apsule"),
    "lying __array_interface__": (Lying, TypeError, r"shape"),
}

LABELS = {
    "float": (lambda good: good.astype(np.float64), TypeError, r"labels must .*, got .*float64"),
    "fractions": (lambda good: good + 0.5, TypeError, r"labels must .*, got .*float64"),
    "bool": (lambda good: good > 4, TypeError, r"labels must .*, got .*bool"),
    "strings": (lambda good: good.astype(str), TypeError, r"labels must .*, got"),
    "object": (lambda good: good.astype(object), TypeError, r"labels must .*, got .*object"),
    "None": (lambda good: None, TypeError, r"labels must|pair"),
    "masked": (lambda good: np.ma.masked_equal(good, 3), TypeError, r"mask"),
    "negative": (lambda good: good - 1, dc.DataError, r"labels must be in 0\.\.9, got -1"),
    "ten": (lambda good: good + 1, dc.DataError, r"labels must be in 0\.\.9, got 10"),
    "huge uint64": (lambda good: good.astype(np.uint64) + np.uint64(2**63), dc.DataError, r"labels must be in 0\.\.9, got"),
    "a terabyte by broadcasting": (
        lambda good: np.broadcast_to(good[:1], (2**40,)),
        dc.ShapeError,
        r"labels must .*40.*, got .*1099511627776",
    ),
    "DLPack on CUDA 0": (lambda good: OnDevice(good, (2, 0)), TypeError, r"labels must .*main memory, got .*type 2, number 0"),
    "one-hot": (lambda good: np.eye(10, dtype=np.int64)[good], dc.ShapeError, r"labels must .*, got .*\(40, 10\)"),
    "0-d": (lambda good: np.int64(3), dc.ShapeError, r"labels must .*, got"),
    "one missing": (lambda good: good[:-1], dc.ShapeError, r"labels must .*40.*, got .*39"),
    "one too many": (lambda good: np.append(good, 0), dc.ShapeError, r"labels must .*40.*, got .*41"),
}

# Options of fit.
OPTIONS = {
    "batch 0": ({"batch_size": 0}, dc.DataError, r"batch_size must be .*, got 0"),
    "batch -1": ({"batch_size": -1}, dc.DataError, r"batch_size must be .*, got -1"),
    "batch 2.5": ({"batch_size": 2.5}, TypeError, r"batch_size must be .*, got 2\.5"),
    "batch True": ({"batch_size": True}, TypeError, r"batch_size must be .*, got True"),
    "epochs -1": ({"epochs": -1}, dc.DataError, r"epochs must be .*, got -1"),
    "epochs 1.5": ({"epochs": 1.5}, TypeError, r"epochs must be .*, got 1\.5"),
    "record every 0": ({"record_every": 0}, dc.DataError, r"record_every must be .*, got 0"),
    "gradient samples 0": ({"gradient_samples": 0}, dc.DataError, r"gradient_samples must be .*, got 0"),
    "gradient samples nan": ({"gradient_samples": np.nan}, (dc.DataError, TypeError), r"gradient_samples must be .*, got nan"),
    "too few class weights": ({"class_weight": np.ones(9)}, dc.ShapeError, r"class_weight must .*10.*, got .*9"),
    "negative class weight": ({"class_weight": [1.0] * 9 + [-1.0]}, dc.DataError, r"class_weight must .*, got -1.*9"),
    "nan class weight": ({"class_weight": [np.nan] + [1.0] * 9}, dc.DataError, r"class_weight must .*, got nan.*0"),
    "class weights all zero": ({"class_weight": np.zeros(10)}, dc.DataError, r"class_weight must"),
    "too few sample weights": ({"sample_weight": np.ones(COUNT - 1)}, dc.ShapeError, r"sample_weight must .*\(40,\).*, got \(39,\)"),
    "a column of sample weights": ({"sample_weight": np.ones((COUNT, 1))}, dc.ShapeError, r"sample_weight must .*, got \(40, 1\)"),
    "negative sample weight": ({"sample_weight": [1.0] * 39 + [-1.0]}, dc.DataError, r"sample_weight must .*, got -1 at index 39"),
    "nan sample weight": ({"sample_weight": [1.0, np.nan] + [1.0] * 38}, dc.DataError, r"sample_weight must .*, got nan at index 1"),
    "infinite sample weight": ({"sample_weight": np.full(COUNT, np.inf)}, dc.DataError, r"sample_weight must .*, got inf at index 0"),
    "sample weights all zero": ({"sample_weight": np.zeros(COUNT)}, dc.DataError, r"sample_weight must not be all zero"),
    "words as sample weights": ({"sample_weight": ["heavy"] * COUNT}, TypeError, r"sample_weight must be numbers, got"),
    "words as class weights": ({"class_weight": ["heavy"] * 10}, TypeError, r"class_weight must be numbers, got"),
    "class weights of a wrong word": ({"class_weight": "equal"}, TypeError, r"class_weight must be numbers, got 'equal'"),
    "weight of an unknown class": ({"class_weight": {11: 2.0}}, dc.DataError, r"class_weight must .*, got 11"),
    "unknown loss": ({"loss": "log_cosh"}, dc.DataError, r"(?s)log_cosh.*cross_entropy"),
    "loss of a wrong type": ({"loss": 3}, TypeError, r"loss must be .*, got"),
    "unknown optimizer": ({"optimizer": "lbfgs"}, dc.DataError, r"(?s)lbfgs.*adam"),
    "optimizer of a wrong type": ({"optimizer": 0.1}, TypeError, r"optimizer must be .*, got"),
    "unknown keyword": ({"learning_rate": 0.1}, TypeError, r"learning_rate"),
    "seed -1": ({"seed": -1}, dc.DataError, r"seed must be .*, got -1"),
    "bad validation": ({"validation": (pixels()[:, :5], np.zeros(COUNT, dtype=int))}, dc.ShapeError, r"validation"),
    "empty validation": ({"validation": (pixels()[:0], np.zeros(0, dtype=int))}, dc.DataError, r"validation"),
    "progress of a wrong type": ({"progress": 3}, TypeError, r"progress must be .*, got 3"),
    "progress of another word": ({"progress": "yes"}, TypeError, r"progress must be .*, got 'yes'"),
    "validation share 0": ({"validation": 0.0}, dc.DataError, r"validation must be .*, got 0\.0"),
    "validation share 1": ({"validation": 1.0}, dc.DataError, r"validation must be .*, got 1\.0"),
    "validation share 2": ({"validation": 2.0}, dc.DataError, r"validation must be .*, got 2\.0"),
    "validation share nan": ({"validation": np.nan}, dc.DataError, r"validation must be .*, got nan"),
    "validation count": ({"validation": 1}, dc.DataError, r"validation must be .*, got 1"),
    "validation True": ({"validation": True}, dc.DataError, r"validation must be .*, got True"),
    "validation share of nobody": ({"validation": 1e-9}, dc.DataError, r"validation must be .*, got 1e-09"),
    "one callback": ({"callbacks": dc.callbacks.Callback()}, TypeError, r"callbacks must be .*, got Callback"),
    "callback class": ({"callbacks": [dc.callbacks.Callback]}, TypeError, r"callbacks must be .*, got <class"),
    "function as callback": ({"callbacks": [print]}, TypeError, r"callbacks must be .*, got <built-in"),
    "unknown monitor": ({"callbacks": [dc.callbacks.EarlyStopping()]}, dc.DataError, r"monitor must be one of loss, .*got 'val_loss'"),
    "first step within an epoch": ({"first_step": 1, "batch_size": 20}, dc.DataError, r"first_step must .*multiple of 2, got 1"),
    "callback": ({"callback": print}, TypeError, r"callback"),
}


def network():
    return dc.models.mlp([784, 10, 10], seed=0)


def labels():
    return np.arange(COUNT) % 10


def fit(net, data, **options):
    return dc.fit(net, data, **{"epochs": 1, "progress": False} | options)


CALLS = {
    "predict": lambda net, images: net.predict(images),
    "predict_proba": lambda net, images: net.predict_proba(images),
    "evaluate": lambda net, images: dc.evaluate(net, (images, labels())),
    "fit": lambda net, images: fit(net, (images, labels())),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("case", IMAGES)
def test_images(case, call):
    make, error, message = IMAGES[case]
    net, images = network(), make()
    before = net.parameters["fc1.weight"].copy()
    with pytest.raises(error, match=message) as caught:
        CALLS[call](net, images)
    assert len(str(caught.value)) <= 500
    assert_array_equal(net.parameters["fc1.weight"], before)


@pytest.mark.parametrize("call", [dc.evaluate, fit])
@pytest.mark.parametrize("case", LABELS)
def test_labels(case, call):
    make, error, message = LABELS[case]
    with pytest.raises(error, match=message):
        call(network(), (pixels(), make(labels())))


@pytest.mark.parametrize("case", OPTIONS)
def test_options(case):
    options, error, message = OPTIONS[case]
    with pytest.raises(error, match=message):
        fit(network(), (pixels(), labels()), **options)


@pytest.mark.parametrize("data", [None, 3, (), (pixels(),), (pixels(), labels(), labels()), pixels()], ids=repr)
@pytest.mark.parametrize("call", [dc.evaluate, fit])
def test_data_that_are_no_pair(data, call):
    with pytest.raises((TypeError, ValueError), match=r"data must"):
        call(network(), data)


@pytest.mark.parametrize("call", [dc.evaluate, fit])
def test_no_samples(call):
    with pytest.raises(dc.DataError, match=r"at least one|got 0"):
        call(network(), (np.zeros((0, 784), dtype=np.uint8), np.zeros(0, dtype=np.int64)))


@pytest.mark.parametrize("call", [dc.evaluate, fit])
def test_something_else_than_a_network(call):
    with pytest.raises(TypeError, match=r"network must|Network"):
        call("mlp", (pixels(), labels()))


def test_extreme_but_finite_images_are_allowed():
    net = network()
    for value in (1e30, -1e30, 1e-42, np.finfo(np.float32).tiny):
        assert net.predict(with_value(value)).shape == (COUNT,)


@pytest.mark.parametrize("batch_size", [None, 16])
def test_blank_images_train(batch_size):
    history = fit(network(), (np.zeros((COUNT, 784), dtype=np.uint8), labels()), batch_size=batch_size, epochs=5, record_every=1)
    assert np.isfinite(history.columns["loss"]).all()


def test_no_epochs_change_nothing():
    net = network()
    before = net.parameters["fc1.weight"].copy()
    history = fit(net, (pixels(), labels()), epochs=0)
    assert history.steps == 0
    assert history.columns["loss"].shape == (0,)
    assert_array_equal(net.parameters["fc1.weight"], before)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("batch_size", [None, 1, 1000])
def test_hardly_any_samples_train(count, batch_size):
    net = network()
    history = fit(net, (pixels()[:count], labels()[:count]), batch_size=batch_size, record_every=1)
    assert np.isfinite(history.columns["loss"]).all()
    assert np.isfinite(net.parameters["fc1.weight"]).all()


@pytest.mark.parametrize("loss", losses.LOSSES)
def test_one_class_only_trains(loss):
    history = fit(network(), (pixels(), np.full(COUNT, 7)), loss=loss, batch_size=None, record_every=1)
    assert np.isfinite(history.columns["loss"]).all()
    assert np.isnan(np.delete(history.columns["class_loss"][0], 7)).all()


@pytest.mark.slow
def test_the_whole_table_leaves_its_process_alive():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-k", "not leaves_its_process"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-3000:]
