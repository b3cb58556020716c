"""Every registered pruning criterion: the mask against NumPy's percentile of the oracle's scores."""

import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_array_equal

import digitcompress as dc
from reference import pruning as reference

every_criterion = pytest.mark.parametrize("criterion", dc.pruning.criteria())

magnitudes = st.floats(2.0**-60, 2.0**60, width=32)
anything = st.one_of(st.just(0.0), magnitudes, magnitudes.map(lambda value: -value))
few_values = st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0])  # ties
shapes = array_shapes(max_dims=3, max_side=12)
weights = st.one_of(arrays(np.float32, shapes, elements=anything), arrays(np.float32, shapes, elements=few_values))
rates = st.one_of(st.floats(0, 0.999), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 0.9, 0.99]))


def normal(shape=(10, 784), seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_every_criterion_has_an_oracle_and_every_oracle_a_criterion():
    assert sorted(dc.pruning.criteria()) == sorted(reference.CRITERIA)


@every_criterion
@given(values=weights, sparsity=rates)
@example(values=np.float32([1, np.nextafter(np.float32(1), np.float32(2))]), sparsity=0.5)  # the percentile is no float32
@example(values=np.float32([0.25]), sparsity=0.5)
@settings(max_examples=200, deadline=None)
def test_the_mask_equals_numpy_s(criterion, values, sparsity):
    mask = dc.pruning.mask(values, sparsity, criterion=criterion)
    assert mask.dtype == bool
    assert mask.shape == values.shape
    assert_array_equal(mask, reference.mask(values, sparsity, criterion))


@every_criterion
@pytest.mark.parametrize("sparsity", [0.0, 0.1, 0.3, 0.5, 0.9, 0.99])
def test_distinct_scores_lose_the_share_asked_for(criterion, sparsity):
    values = normal()
    pruned = (~dc.pruning.mask(values, sparsity, criterion=criterion)).sum()
    assert abs(pruned - sparsity * values.size) <= 1


@every_criterion
def test_masks_of_rising_sparsity_are_nested(criterion):
    values = normal((40, 50))
    masks = [dc.pruning.mask(values, sparsity, criterion=criterion) for sparsity in np.linspace(0, 0.95, 20)]
    for looser, tighter in itertools.pairwise(masks):
        assert (tighter <= looser).all()


@every_criterion
def test_kept_scores_are_above_pruned_scores(criterion):
    values = normal((40, 50))
    mask = dc.pruning.mask(values, 0.6, criterion=criterion)
    scores = reference.CRITERIA[criterion](values)
    assert scores[mask].min() > scores[~mask].max()


@every_criterion
def test_sparsity_0_keeps_everything_even_ties_and_zeros(criterion):
    assert dc.pruning.mask(np.zeros((3, 4), dtype=np.float32), 0.0, criterion=criterion).all()
    assert dc.pruning.mask(normal(), 0.0, criterion=criterion).all()


@every_criterion
def test_equal_scores_share_one_fate(criterion):
    assert not dc.pruning.mask(np.full((5, 5), 0.3, dtype=np.float32), 0.4, criterion=criterion).any()


@every_criterion
@pytest.mark.parametrize("sparsity", [-0.1, 1.0, 1.1, np.nan, np.inf])
def test_a_sparsity_outside_0_to_1_is_refused(criterion, sparsity):
    with pytest.raises(dc.DataError, match=r"sparsity must be .*, got"):
        dc.pruning.mask(normal(), sparsity, criterion=criterion)
    with pytest.raises(dc.DataError, match=r"sparsity must be .*, got"):
        dc.Pruning(sparsity=sparsity, criterion=criterion)


@every_criterion
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(criterion, bad):
    values = normal((3, 4))
    values[1, 1] = bad
    with pytest.raises(dc.DataError, match="finite"):
        dc.pruning.mask(values, 0.5, criterion=criterion)


@every_criterion
def test_an_empty_array_has_an_empty_mask(criterion):
    assert dc.pruning.mask(np.zeros((0, 3), dtype=np.float32), 0.5, criterion=criterion).shape == (0, 3)


def test_an_unknown_criterion_lists_the_known_ones():
    with pytest.raises(dc.DataError, match="magnitude"):
        dc.Pruning(sparsity=0.5, criterion="random_walk")
