"""Every public name is documented, and the examples run."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import digitcompress


def public_modules():
    walked = pkgutil.walk_packages(digitcompress.__path__, "digitcompress.")
    names = [each.name for each in walked if not any(part.startswith("_") for part in each.name.split("."))]
    return ["digitcompress", *names]


def public_names(module):
    """Return what a module declares in __all__; without it, a package shows all it imports and a module what it defines."""
    names = [name for name in vars(module) if not name.startswith("_")]
    local = [name for name in names if getattr(vars(module)[name], "__module__", None) == module.__name__]
    return getattr(module, "__all__", names if hasattr(module, "__path__") else local)


def is_ours(value):
    return (inspect.isfunction(value) or inspect.isclass(value)) and value.__module__.startswith("digitcompress")


def public_objects():
    """Return what users reach without an underscore, defined by this package, by its full name."""
    found = {}
    for module_name in public_modules():
        module = importlib.import_module(module_name)
        shown = {name: vars(module)[name] for name in public_names(module)}
        found |= {f"{each.__module__}.{each.__qualname__}": each for each in shown.values() if is_ours(each)}
    return dict(sorted(found.items()))


def modules_with_docstrings():
    walked = pkgutil.walk_packages(digitcompress.__path__, "digitcompress.")
    return ["digitcompress", *(each.name for each in walked if "._core" not in each.name and not each.name.endswith("__main__"))]


@pytest.mark.parametrize("name", public_objects())
def test_public_name_is_documented_with_an_example(name):
    value = public_objects()[name]
    text = inspect.getdoc(value) if "__doc__" in vars(value) or not inspect.isclass(value) else None
    assert text
    assert (inspect.isclass(value) and issubclass(value, BaseException)) or ">>>" in text


@pytest.mark.parametrize("name", modules_with_docstrings())
def test_examples_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert result.failed == 0
