"""Who may know whom: docs/explanation/architecture.md says why."""

import ast
import re
from pathlib import Path

import pytest

from architecture.source_tree import ROOT, cpp_files, package_files

CPP_ALLOWED = {
    "core": set(),
    "layers": {"core"},
    "network": {"core", "layers"},
    "metrics": {"core"},
    "training": {"core", "layers", "network", "metrics"},
    "quantization": {"core"},
    "pruning": {"core"},
    "io": {"core"},
    "codec": {"core"},
    "inference": {"core", "layers", "network", "quantization"},
    "bindings": {"core", "layers", "network", "metrics", "training", "quantization", "pruning", "io", "codec", "inference"},
}

LEAVES = {"_core", "_arguments", "_arrays", "_described", "_extras", "_files", "_registry", "_sealed", "_versions", "errors"}
ENGINE = {"layers", "losses", "optimizers", "schedules", "augmentation", "network", "models"}
PASSES = {"quantization", "pruning", "distillation", "compression"}
PYTHON_ALLOWED = {
    "_core": set(),
    "_described": set(),
    "errors": set(),
    "_extras": {"errors"},
    "_files": {"errors"},
    "_sealed": {"_files", "errors"},
    "_versions": {"_core"},
    "_arguments": {"errors"},
    "_registry": {"errors"},
    "_arrays": {"_core", "_arguments", "_extras", "errors"},
    "datasets": LEAVES,
    "layers": LEAVES,
    "losses": LEAVES,
    "optimizers": LEAVES,
    "schedules": LEAVES,
    "augmentation": LEAVES,
    "_description": LEAVES | {"layers", "pruning", "quantization"},
    "network": LEAVES | {"layers", "_description"},
    "persistence": LEAVES | {"network"},
    "models": LEAVES | {"layers", "network"},
    "callbacks": LEAVES | {"network", "persistence"},
    "training": LEAVES | ENGINE | {"callbacks", "evaluation", "plots"},
    "evaluation": LEAVES | ENGINE,
    "pruning": LEAVES,
    "quantization": LEAVES,
    **{name: LEAVES | ENGINE | PASSES | {"training", "evaluation"} for name in PASSES - {"pruning", "quantization"}},
    "export": LEAVES | {"layers", "network", "models", "quantization"},
    "plots": LEAVES,
    "studies": LEAVES | ENGINE | PASSES | {"benchmarks", "callbacks", "datasets", "training", "evaluation", "plots"},
    "benchmarks": LEAVES | ENGINE | {"callbacks", "datasets", "training", "plots"},
    "sklearn": LEAVES | ENGINE | PASSES | {"callbacks", "training", "evaluation"},
    "cli": LEAVES | ENGINE | PASSES | {"persistence", "datasets", "training", "evaluation", "export", "plots", "studies", "benchmarks"},
    "__main__": {"cli"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)


def includes(path: Path) -> list[tuple[str, str]]:
    return INCLUDE.findall(path.read_text())


def cpp_violations(root: Path) -> list[str]:
    problems = []
    for path in cpp_files(root):
        folder = path.relative_to(root / "cpp").parts[0]
        targets = {name.split("/")[0] for kind, name in includes(path) if kind == '"'}
        problems += [
            f"{path.relative_to(root)} includes {target}" for target in sorted(targets - CPP_ALLOWED.get(folder, set()) - {folder})
        ]
    return problems


def python_headers_outside_bindings(root: Path) -> list[str]:
    outside = [path for path in cpp_files(root) if path.relative_to(root / "cpp").parts[0] != "bindings"]
    return [
        f"{path.relative_to(root)} includes {name}"
        for path in outside
        for _, name in includes(path)
        if re.match(r"pybind11/|Python\.h", name)
    ]


def imported_modules(path: Path, package: Path) -> set[str]:
    """Return the dotted names below digitcompress that a file imports; '' is the package itself."""
    here = ["digitcompress", *path.relative_to(package).parent.parts]
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[: len(here) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            names |= {f"{module}.{alias.name}" for alias in node.names} if module == "digitcompress" else {module}
    return {name.partition(".")[2] for name in names if name.split(".")[0] == "digitcompress"}


def python_violations(root: Path) -> list[str]:
    package = root / "python" / "digitcompress"
    problems = []
    for path in package_files(root):
        part = path.relative_to(package).parts[0].removesuffix(".py")
        if part == "__init__":
            continue
        targets = {name.split(".")[0] for name in imported_modules(path, package)}
        forbidden = targets - PYTHON_ALLOWED.get(part, set()) - {part}
        problems += [f"{path.relative_to(root)} imports {target or 'the package itself'}" for target in sorted(forbidden)]
    return problems


def unknown_parts(root: Path) -> list[str]:
    package = root / "python" / "digitcompress"
    folders = {path.relative_to(root / "cpp").parts[0] for path in cpp_files(root)}
    modules = {path.relative_to(package).parts[0].removesuffix(".py") for path in package_files(root)} - {"__init__"}
    return sorted({f"cpp/{name}" for name in folders - set(CPP_ALLOWED)} | {f"python/{name}" for name in modules - set(PYTHON_ALLOWED)})


CHECKS = [cpp_violations, python_headers_outside_bindings, python_violations, unknown_parts]


@pytest.mark.parametrize("check", CHECKS)
def test_sources_keep_the_rules(check):
    assert check(ROOT) == []


def test_the_checks_see_the_sources():
    assert any(includes(path) for path in cpp_files(ROOT))
    package = ROOT / "python" / "digitcompress"
    assert "errors" in imported_modules(package / "__init__.py", package)


PLANTED = {
    "cpp/core/a.hpp": ('#include "layers/dense.hpp"', cpp_violations, "cpp/core/a.hpp includes layers"),
    "cpp/pruning/a.cpp": ('#include "network/network.hpp"', cpp_violations, "cpp/pruning/a.cpp includes network"),
    "cpp/io/a.cpp": ("#include <pybind11/numpy.h>", python_headers_outside_bindings, "cpp/io/a.cpp includes pybind11/numpy.h"),
    "cpp/core/a.cpp": ("#include <Python.h>", python_headers_outside_bindings, "cpp/core/a.cpp includes Python.h"),
    "cpp/helpers/a.hpp": ("", unknown_parts, "cpp/helpers"),
    "python/digitcompress/models/a.py": ("from ..training import fit", python_violations, "imports training"),
    "python/digitcompress/datasets/a.py": ("from digitcompress import models", python_violations, "imports models"),
    "python/digitcompress/plots/a.py": ("import digitcompress.studies.losses", python_violations, "imports studies"),
    "python/digitcompress/training/a.py": ("import digitcompress as dc", python_violations, "imports the package itself"),
    "python/digitcompress/studies/a.py": ("def f():\n    from digitcompress.cli import main", python_violations, "imports cli"),
    "python/digitcompress/shared.py": ("", unknown_parts, "python/shared"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_violation_is_found(name, tmp_path):
    text, check, expected = PLANTED[name]
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text + "\n")
    assert len(check(tmp_path)) == 1
    assert expected in check(tmp_path)[0]
