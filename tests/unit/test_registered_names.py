"""Public modules show every registered class at run time and, through the generated stubs, to type checkers."""

import re
from pathlib import Path

import pytest

import digitcompress as dc
from digitcompress import _core

STUBS = Path(__file__).parents[2] / "python/digitcompress/_core"

FAMILIES = {
    dc.losses: _core.LOSSES,
    dc.optimizers: _core.OPTIMIZERS,
    dc.schedules: _core.SCHEDULES,
    dc.augmentation: _core.AUGMENTATIONS,
    dc.layers: _core.LAYERS,
}
REGISTERED = [(module, description["name"]) for module, family in FAMILIES.items() for description in family.values()]


@pytest.mark.parametrize(("module", "name"), REGISTERED, ids=lambda value: getattr(value, "__name__", value))
def test_every_registered_class_is_public_and_typed(module, name):
    assert name in module.__all__
    shown = getattr(module, name)
    assert (shown.__module__, shown.__name__) == (module.__name__, name)
    stub = STUBS / f"_{module.__name__.rpartition('.')[2]}.pyi"
    assert re.search(rf"^class {name}\(", stub.read_text(), re.MULTILINE)


@pytest.mark.parametrize("module", FAMILIES, ids=lambda module: module.__name__)
def test_no_class_is_public_that_is_not_registered(module):
    classes = {name for name in module.__all__ if isinstance(getattr(module, name), type)}
    assert classes == {name for home, name in REGISTERED if home is module}
