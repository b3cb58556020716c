"""Every registered number format: grid, error bound, idempotence, order, the oracle bit for bit, unbiased stochastic rounding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from reference.number_formats import FORMATS

fake_quantize = dc.quantization.fake_quantize

every_scheme = pytest.mark.parametrize("scheme", dc.quantization.schemes())
every_width = pytest.mark.parametrize("bits", range(1, 17))

# Magnitudes far from the ends of float32: a scale must neither overflow nor become subnormal, which the core flushes to zero.
magnitudes = st.floats(2.0**-60, 2.0**60, width=32)
elements = st.one_of(st.just(0.0), magnitudes, magnitudes.map(lambda value: -value))
tensors = arrays(np.float32, array_shapes(max_dims=4, max_side=9), elements=elements)
widths = st.integers(1, 16)


def normal(size=1000, seed=0, scale=0.4):
    return np.random.default_rng(seed).normal(scale=scale, size=size).astype(np.float32)


def test_every_scheme_has_an_oracle_and_every_oracle_a_scheme():
    assert sorted(dc.quantization.schemes()) == sorted(FORMATS)


@every_scheme
@given(values=tensors, bits=widths)
@settings(max_examples=60, deadline=None)
def test_equal_to_the_oracle_bit_for_bit(scheme, values, bits):
    result = fake_quantize(values, bits=bits, scheme=scheme)
    expected = FORMATS[scheme].quantize(values, bits)
    assert result.dtype == np.float32
    assert result.shape == values.shape
    if bits < FORMATS[scheme].lowest_bits:
        assert_allclose(result, expected, rtol=1e-7)  # a mean: its last bit depends on the order of the sum
    else:
        assert_array_equal(result, expected)


@every_scheme
@every_width
def test_codes_lie_on_the_grid(scheme, bits):
    values = normal()
    form = FORMATS[scheme]
    codes = fake_quantize(values, bits=bits, scheme=scheme) / form.scale(values, bits)
    assert_allclose(codes, np.rint(codes), rtol=1e-6, atol=0)
    assert np.abs(np.rint(codes)).max() <= form.top(bits)
    assert len(np.unique(codes)) <= 2 * form.top(bits) + 1


@every_scheme
@given(values=tensors, bits=widths)
@settings(max_examples=60, deadline=None)
def test_the_error_inside_the_range_is_bounded(scheme, values, bits):
    form = FORMATS[scheme]
    if bits < form.lowest_bits:
        return
    exact = values.astype(np.float64)
    inside = np.abs(values) <= form.range_of(values)
    bound = form.error * np.float64(form.scale(values, bits)) * (1 + 1e-4) + 1e-6 * np.abs(exact)
    error = np.abs(fake_quantize(values, bits=bits, scheme=scheme) - exact)
    assert (error <= bound)[inside].all()


@every_scheme
@every_width
def test_quantizing_twice_changes_nothing(scheme, bits):
    once = fake_quantize(normal(), bits=bits, scheme=scheme)
    assert_allclose(fake_quantize(once, bits=bits, scheme=scheme), once, rtol=1e-6, atol=0)


@every_scheme
@every_width
def test_order_is_kept(scheme, bits):
    values = np.sort(normal(5000))
    assert (np.diff(fake_quantize(values, bits=bits, scheme=scheme)) >= 0).all()


@every_scheme
@every_width
def test_negation_is_negation(scheme, bits):
    values = normal()
    mirrored = fake_quantize(-values, bits=bits, scheme=scheme)
    assert_array_equal(mirrored, -fake_quantize(values, bits=bits, scheme=scheme))


@every_scheme
def test_more_bits_err_less(scheme):
    values = normal(5000, scale=0.2)
    errors = [np.square(fake_quantize(values, bits=bits, scheme=scheme) - values).mean() for bits in range(2, 17)]
    assert (np.diff(errors) < 0).all()


@every_scheme
@every_width
def test_zeros_stay_zero(scheme, bits):
    assert_array_equal(fake_quantize(np.zeros((3, 4), dtype=np.float32), bits=bits, scheme=scheme), np.zeros((3, 4)))


@every_scheme
@pytest.mark.parametrize("shape", [(0,), (3, 0), ()])
def test_empty_and_scalar_arrays(scheme, shape):
    values = np.full(shape, 0.5, dtype=np.float32)
    result = fake_quantize(values, bits=8, scheme=scheme)
    assert result.shape == shape
    assert_array_equal(result, FORMATS[scheme].quantize(values, 8))


@every_scheme
def test_the_input_is_not_changed(scheme):
    values = normal()
    before = values.copy()
    fake_quantize(values, bits=3, scheme=scheme)
    assert_array_equal(values, before)


@every_scheme
@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_stochastic_rounding_reaches_the_neighbouring_grid_points_only(scheme, bits):
    values = normal()
    step = np.float64(FORMATS[scheme].scale(values, bits))
    inside = np.abs(values) <= FORMATS[scheme].range_of(values)
    for seed in range(5):
        result = fake_quantize(values, bits=bits, scheme=scheme, rounding="stochastic", seed=seed)
        codes = result / step
        assert_allclose(codes, np.rint(codes), rtol=1e-6, atol=0)
        assert (np.abs(result - values) < step * (1 + 1e-5))[inside].all()


@every_scheme
@pytest.mark.parametrize("bits", [2, 3, 8])
def test_stochastic_rounding_is_unbiased(scheme, bits):
    draws = 4000
    values = normal(64, scale=0.2)
    step = np.float64(FORMATS[scheme].scale(values, bits))
    total = np.zeros(64)
    for seed in range(draws):
        total += fake_quantize(values, bits=bits, scheme=scheme, rounding="stochastic", seed=seed)
    # A draw has a standard deviation of at most half a step; 64 means within 4.5 deviations fail by chance once in 2,000 tests.
    assert_allclose(total / draws, values, rtol=0, atol=4.5 * 0.5 * step / np.sqrt(draws))


@every_scheme
@pytest.mark.parametrize("bits", [2, 5, 8, 12, 16])
def test_stochastic_rounding_leaves_grid_points_where_they_are(scheme, bits):
    top = FORMATS[scheme].top(bits)
    codes = np.unique(np.linspace(-top, top, 5001).astype(np.int64)).astype(np.float32)
    # Whole numbers for the scaled formats: their scale is 1, and dividing by it is exact.
    scale = FORMATS[scheme].scale(codes, bits)
    values = codes * scale if scale == 1 else codes / np.float32(top)
    exact = np.float32(1) if scale == 1 else np.float32(top)
    values = values[values * exact == codes]
    for seed in range(20):
        assert_array_equal(fake_quantize(values, bits=bits, scheme=scheme, rounding="stochastic", seed=seed), values)


@every_scheme
def test_stochastic_rounding_follows_its_seed(scheme):
    values = normal()
    first, again, other = (fake_quantize(values, bits=4, scheme=scheme, rounding="stochastic", seed=seed) for seed in (1, 1, 2))
    assert_array_equal(first, again)
    assert (first != other).any()


@every_scheme
@pytest.mark.parametrize("bits", [0, 17, 33, -1])
def test_a_width_outside_1_to_16_is_refused(scheme, bits):
    with pytest.raises(dc.DataError, match=rf"bits must be in 1\.\.16, got {bits}"):
        fake_quantize(normal(), bits=bits, scheme=scheme)


@every_scheme
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(scheme, bad):
    values = normal()
    values[7] = bad
    with pytest.raises(dc.DataError, match=rf"finite, got {bad}"):
        fake_quantize(values, bits=8, scheme=scheme)


def test_unknown_names_list_the_known_ones():
    with pytest.raises(dc.DataError, match=r"symmetric.*truncated"):
        fake_quantize(normal(), scheme="posit")
    with pytest.raises(dc.DataError, match=r"nearest.*stochastic"):
        fake_quantize(normal(), rounding="up")
