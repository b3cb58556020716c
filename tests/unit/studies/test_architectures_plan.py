"""What the study trains, and the published numbers it is compared with."""

import pytest

from digitcompress import DataError
from digitcompress.studies.architectures._networks import ARCHITECTURES, LARGE, chosen_networks
from digitcompress.studies.architectures._plan import Counts, Design, training_jobs
from digitcompress.studies.architectures._published import BY_RATE, DEFAULT_RATE, FINAL, LEARNING_RATES

COUNTS = Counts(50_000, 10_000, 10_000)
# Name, parameters, and megabytes as the source prints them.
SIZES = {
    "mlp": (105_214, 0.421),
    "lenet5": (61_706, None),
    "lenet5-described": (61_706, None),
    "googlenet": (9_954_366, 39.817),
    "resnet18": (11_175_370, 44.701),
}


def jobs(**changes):
    design = {"networks": tuple(ARCHITECTURES), "learning_rates": LEARNING_RATES, "seeds": (0,), "quick": False, "further": False} | changes
    return list(training_jobs(Design(**design), COUNTS))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_networks_are_as_large_as_published(name):
    parameters, megabytes = SIZES[name]
    assert ARCHITECTURES[name].parameters == parameters
    if megabytes is not None:
        assert round(4 * parameters / 1e6, 3) == megabytes


def test_every_published_number_has_a_network_a_rate_and_a_long_run():
    published = {each.published for each in ARCHITECTURES.values()} - {None}
    assert published == set(BY_RATE) == set(FINAL)
    assert all(tuple(rates) == LEARNING_RATES for rates in BY_RATE.values())


def test_the_long_run_supplies_its_cell_of_the_short_ones():
    trained = jobs()
    assert len(trained) == len(ARCHITECTURES) * len(LEARNING_RATES)
    for job in trained:
        assert job.readings == ((10, 25) if job.learning_rate == DEFAULT_RATE else (10,))
        assert job.used == COUNTS
        assert job.batch_size == 64


def test_the_further_recipe_is_one_more_training_of_each_network():
    further = [job for job in jobs(further=True) if job.recipe == "further"]
    assert [job.network for job in further] == list(ARCHITECTURES)
    assert {(job.learning_rate, job.readings) for job in further} == {(0.002, (10,))}
    assert len(jobs(further=True)) == len(jobs()) + len(further)


def test_one_start_is_enough_for_large_networks():
    seeds = {}
    for job in jobs(seeds=(3, 4, 5)):
        seeds.setdefault(job.network, set()).add(job.seed)
    assert seeds == {name: {3} if each.parameters > LARGE else {3, 4, 5} for name, each in ARCHITECTURES.items()}


def test_a_first_look_is_short_everywhere():
    for job in jobs(quick=True):
        assert job.readings in {(1,), (1, 2)}
        is_small = ARCHITECTURES[job.network].parameters < LARGE
        assert (job.used == COUNTS) == is_small
        assert is_small or max(job.used.train, job.used.validation, job.used.test) < 500


def test_cost_follows_the_work():
    costs = {(job.network, job.learning_rate): job.cost for job in jobs()}
    assert costs["resnet18", 0.0002] == pytest.approx(2.5 * costs["resnet18", 0.02], rel=1e-3)
    assert costs["resnet18", 0.02] > 50 * costs["lenet5", 0.02] > 100 * costs["mlp", 0.02]


def test_networks_keep_their_order():
    assert chosen_networks(["resnet18", "mlp", "mlp"]) == ("mlp", "resnet18")
    assert chosen_networks(None) == tuple(ARCHITECTURES)
    assert chosen_networks("mlp") == ("mlp",)


def test_unknown_networks_are_refused():
    with pytest.raises(DataError, match="unknown network 'vgg'; known: mlp, lenet5"):
        chosen_networks(["vgg"])
    with pytest.raises(DataError, match="models must name at least one network, got none"):
        chosen_networks([])
