"""Which trainings the study of the smallest network needs, and its search."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from digitcompress import models
from digitcompress.studies.smallest._candidates import Candidate
from digitcompress.studies.smallest._cells import Design, planned_cells
from digitcompress.studies.smallest._published import ROWS, SMALLEST, STEPS
from digitcompress.studies.smallest._search import MOST_PARAMETERS, fronts, grid, survivors

STEP_NAMES = tuple(row.network for row in STEPS)


def cells(**changes):
    standard = {"digests": {"mnist": "a"}, "networks": STEP_NAMES, "seeds": None, "quick": False}
    return list(planned_cells(Design(**(standard | changes))))


@pytest.mark.parametrize("row", STEPS, ids=lambda row: row.network)
def test_the_published_counts_are_met(row):
    assert models.tiny_cnn(row.network).parameter_count == row.parameters


@pytest.mark.parametrize("row", STEPS, ids=lambda row: row.network)
def test_every_step_is_trained_as_published_and_by_our_recipe(row):
    mine = [cell for cell in cells() if cell.network == row.network and cell.epochs == 20]
    starts = 5 if row.parameters < 20_000 else 2
    for recipe in ("source", "chosen"):
        assert sorted(cell.seed for cell in mine if cell.recipe.name == recipe) == list(range(starts))


def test_only_the_smallest_trains_long():
    assert {cell.network for cell in cells() if cell.epochs == 100} == {SMALLEST}


def test_only_the_long_training_by_our_recipe_is_normalized():
    assert {(cell.recipe.name, cell.epochs) for cell in cells() if cell.recipe.norm} == {("chosen", 100), ("deslanted", 100)}


def test_only_the_smallest_sees_digits_without_slant_and_otherwise_trains_as_ever():
    planned = cells(digests={"mnist": "a", "fashion-mnist": "b"})
    upright = [cell for cell in planned if cell.recipe.deslanted]
    assert {(cell.network, cell.data, cell.recipe.name) for cell in upright} == {(SMALLEST, "mnist", "deslanted")}
    plain = [replace(cell, recipe=replace(cell.recipe, name="chosen", deslanted=False)) for cell in upright]
    assert plain == [cell for cell in planned if (cell.network, cell.data, cell.recipe.name) == (SMALLEST, "mnist", "chosen")]


def test_no_training_is_planned_twice():
    planned = [str(cell.config()) for cell in cells(digests={"mnist": "a", "fashion-mnist": "b"})]
    assert len(set(planned)) == len(planned)


def test_clothes_are_trained_by_our_recipe_only():
    assert {cell.recipe.name for cell in cells(digests={"mnist": "a", "fashion-mnist": "b"}) if cell.data == "fashion-mnist"} == {"chosen"}


def test_given_seeds_serve_every_network():
    assert {cell.seed for cell in cells(seeds=(3, 7))} == {3, 7}


def test_the_grid_is_small_and_its_networks_differ():
    candidates = list(grid())
    assert len({candidate.name for candidate in candidates}) == len(candidates) > 200
    assert max(candidate.network(seed=0).parameter_count for candidate in candidates) <= MOST_PARAMETERS
    for name in ("kernel", "separable", "head", "units", "norm", "pooled"):
        assert len({getattr(candidate, name) for candidate in candidates}) > 1


def test_a_separable_candidate_has_the_parameters_of_its_parts():
    network = Candidate((6, 8, 10), separable=True, head="global", norm=True).network(seed=0)
    first, second, third = 6 * 9 + 2 * 6, 6 * 9 + 6 * 8 + 2 * 8, 8 * 9 + 8 * 10 + 2 * 10
    assert network.parameter_count == first + second + third + 10 * 10 + 10


@pytest.mark.parametrize(("pooled", "side"), [(1, 9), (2, 3)])
def test_a_candidate_pools_after_its_first_convolutions(pooled, side):
    network = Candidate((4, 6, 8), separable=True, pooled=pooled).network(seed=0)
    assert network.parameters["fc1.weight"].shape == (10, 8 * side * side)


def dominates(one, other):
    return one[0] <= other[0] and one[1] >= other[1] and one != other


@pytest.mark.parametrize("seed", range(5))
def test_fronts_are_what_nothing_beats(seed):
    generator = np.random.default_rng(seed)
    points = [(int(cost), float(value)) for cost, value in zip(generator.integers(0, 9, 25), generator.integers(0, 9, 25), strict=True)]
    layers = fronts(points)
    assert sorted(itertools.chain(*layers)) == list(range(25))
    left = set(range(25))
    for layer in layers:
        best = {points[place] for place in left if not any(dominates(points[other], points[place]) for other in left)}
        assert {points[place] for place in layer} == best
        assert len(layer) == len(best)
        left -= set(layer)


def test_survivors_are_of_the_first_layers():
    points = [(1, 0.5), (2, 0.9), (3, 0.8), (1, 0.4), (2, 0.6)]
    assert survivors(points, 2) == [0, 1]
    assert survivors(points, 3) == [0, 1, 2]
    assert survivors(points, 9) == [0, 1, 2, 3, 4]


def test_published_values_are_complete():
    assert len(ROWS) == 10
    assert all(0 < row.accuracy < 1 and 0 < row.external <= 1 and row.kilobytes > 0 for row in ROWS.values())
