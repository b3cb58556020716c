"""Facts that two project files have to share stay equal."""

import re
import tomllib

import pytest

from architecture.source_tree import ROOT, cpp_files, package_files, test_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PINS = dict(requirement.split("==") for requirement in PROJECT["dependency-groups"]["lint"] if "==" in requirement)
HOOKS = {"ruff": "ruff-pre-commit", "clang-format": "mirrors-clang-format", "mypy": "mirrors-mypy", "codespell": "codespell"} | {
    "rumdl": "rumdl-pre-commit",
    "zizmor": "zizmor-pre-commit",
}
README_MARKER = re.compile(r"<!-- command: (\w+) -->\s*```[a-z]*\n(.*?)\n```", re.DOTALL)


def has_development_files():
    return (ROOT / ".pre-commit-config.yaml").exists()


@pytest.mark.skipif(not has_development_files(), reason="needs the repository: a source distribution has no hooks")
@pytest.mark.parametrize("tool", HOOKS)
def test_hook_and_lint_session_use_the_same_version(tool):
    config = (ROOT / ".pre-commit-config.yaml").read_text()
    match = re.search(rf'repo: \S+/{HOOKS[tool]}\n\s+rev: "v([^"]+)"', config)
    assert match
    assert match[1] == PINS[tool].strip()


def test_changelog_has_the_version():
    assert f"## {PROJECT['project']['version']}" in (ROOT / "CHANGELOG.md").read_text()


def test_readme_has_both_commands_as_single_lines():
    commands = dict(README_MARKER.findall((ROOT / "README.md").read_text()))
    assert set(commands) == {"study", "test"}
    for command in commands.values():
        assert len(command.splitlines()) == 1
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
        (extra,) = re.findall(r'"\.\[(\w+)\]"', command)
        assert extra in PROJECT["project"]["optional-dependencies"]


def test_no_file_is_named_after_nothing():
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
    assert [str(path) for path in [*cpp_files(ROOT), *package_files(ROOT), *test_files(ROOT)] if vague & set(path.stem.split("_"))] == []
