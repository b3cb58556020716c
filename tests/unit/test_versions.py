"""digitcompress.versions and show_versions."""

import builtins
import json
import platform

import numpy as np
import pytest

import digitcompress
from digitcompress import _core


def test_facts_agree_with_their_sources():
    facts = digitcompress.versions()
    assert facts["digitcompress"] == digitcompress.__version__
    assert facts["python"] == platform.python_version()
    assert facts["numpy"] == np.__version__
    assert facts["level"] == _core.level
    assert _core.LEVELS.index(facts["level"]) >= _core.LEVELS.index(facts["best_level"])


def test_facts_are_plain_values():
    facts = digitcompress.versions()
    assert json.loads(json.dumps(facts)) == facts


def test_thread_variable_is_seen(monkeypatch):
    monkeypatch.setenv("DIGITCOMPRESS_NUM_THREADS", "7")
    assert digitcompress.versions()["threads"] == 7


@pytest.mark.parametrize("package", ["pooch", "joblib", "matplotlib", "scikit-learn", "optuna"])
def test_packages_of_the_extras_are_listed(package):
    assert package in digitcompress.versions()["optional"]


@pytest.mark.parametrize("package", ["digitcompress", "sphinx", "hypothesis", "mypy"])
def test_packages_for_developers_are_not_listed(package):
    assert package not in digitcompress.versions()["optional"]


def test_blas_threads_are_unknown_without_threadpoolctl(monkeypatch):
    original = builtins.__import__

    def without_threadpoolctl(name, *args):
        if name == "threadpoolctl":
            raise ModuleNotFoundError(name)
        return original(name, *args)

    monkeypatch.setattr(builtins, "__import__", without_threadpoolctl)
    assert digitcompress.versions()["numpy_blas_threads"] is None


def test_show_versions_prints_every_fact(capsys):
    digitcompress.show_versions()
    lines = capsys.readouterr().out.splitlines()
    facts = digitcompress.versions()
    optional = facts.pop("optional")
    assert [line.split()[0] for line in lines] == [*facts, *optional]
    assert lines[0].split() == ["digitcompress", digitcompress.__version__]
