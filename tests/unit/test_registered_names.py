"""Public modules show every registered class at run time and, through the generated stubs, to type checkers."""

import re
from pathlib import Path

import pytest

import digitcompress as dc
from digitcompress import _core

STUBS = Path(__file__).parents[2] / "python/digitcompress/_core"

REGISTERED = [
    *((dc.losses, each.__name__) for each in _core.LOSSES.values()),
    *((dc.optimizers, each.__name__) for each in _core.OPTIMIZERS.values()),
    *((dc.schedules, each.__name__) for each in _core.SCHEDULES.values()),
    *((dc.augmentation, each.__name__) for each in _core.AUGMENTATIONS.values()),
    *((dc.layers, name) for name in _core.LAYERS),
]


@pytest.mark.parametrize(("module", "name"), REGISTERED, ids=lambda value: getattr(value, "__name__", value))
def test_every_registered_class_is_public_and_typed(module, name):
    assert name in module.__all__
    shown = getattr(module, name)
    assert (shown.__module__, shown.__name__) == (module.__name__, name)
    stub = STUBS / f"_{module.__name__.rpartition('.')[2]}.pyi"
    assert re.search(rf"^from digitcompress\._core import {name} as {name}$", stub.read_text(), re.MULTILINE)


@pytest.mark.parametrize("module", [dc.losses, dc.optimizers, dc.schedules, dc.augmentation, dc.layers], ids=lambda module: module.__name__)
def test_no_class_is_public_that_is_not_registered(module):
    classes = {name for name in module.__all__ if isinstance(getattr(module, name), type)}
    assert classes == {name for home, name in REGISTERED if home is module}
