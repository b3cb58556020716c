#!/usr/bin/env -S uv run --script
# /// script
# dependencies = ["nox>=2025.2.9"]
# ///
"""Run the project's checks: `nox -l` lists them, `nox` runs the everyday ones."""

import os
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"

PROJECT = nox.project.load_toml("pyproject.toml")
RUN_DEPENDENCIES = PROJECT["project"]["dependencies"]
BUILD_DEPENDENCIES = [*PROJECT["build-system"]["requires"], "cmake>=3.24", "ninja>=1.11"]


def group(name: str) -> tuple[str, ...]:
    """Requirements of a dependency group of pyproject.toml."""
    return nox.project.dependency_groups(PROJECT, name)


def sources(*patterns: str) -> list[str]:
    """C++ files of the core, the bindings and the C++ tests."""
    return sorted(str(path) for folder in ("cpp", "tests/cpp") for pattern in patterns for path in Path(folder).rglob(pattern))


LINTERS = (
    ("ruff", "check", "--show-fixes", "."),
    ("ruff", "format", "--check", "."),
    ("clang-format", "--dry-run", "--Werror", *sources("*.cpp", "*.hpp", "*.c")),
    ("codespell",),
    ("rumdl", "check", "."),
    ("mypy",),
    ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, Path(".github/workflows").glob("*.yml"))),
    ("check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml"),
    ("check-jsonschema", "--builtin-schema", "vendor.readthedocs", ".readthedocs.yaml"),
    ("zizmor", "--offline", "--quiet", "--no-progress", ".github"),
    ("validate-pyproject", "pyproject.toml"),
    ("sp-repo-review", "."),
)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types, spelling, workflows and the repository's layout; report every tool that complains."""
    session.install(*group("lint"), *RUN_DEPENDENCIES)
    failed = []
    for command in LINTERS:
        try:
            session.run(*command)
        except nox.command.CommandFailed:
            failed.append(command[0])
    if failed:
        session.error(f"complaints from {', '.join(failed)}")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the Python tests; arguments go to pytest."""
    session.install(".[test]")
    session.run("pytest", *session.posargs)


def configure(session: nox.Session, preset: str) -> None:
    """Configure a CMake preset with the tools of the session's environment."""
    session.install(*BUILD_DEPENDENCIES)
    python = Path(session.bin) / "python"
    pybind11 = session.run("python", "-m", "pybind11", "--cmakedir", silent=True) or ""
    session.run("cmake", "--preset", preset, f"-DPython_EXECUTABLE={python}", f"-Dpybind11_DIR={pybind11.strip()}", silent=True)


@nox.session
def cpp(session: nox.Session) -> None:
    """Compile every processor level with warnings as errors; run the C++ tests on those this machine runs (needs doctest)."""
    configure(session, "cpp")
    session.run("cmake", "--build", "--preset", "cpp")
    session.run("ctest", "--preset", "cpp")


@nox.session(default=False)
@nox.parametrize("sanitizer", ["asan", "tsan"])
def sanitize(session: nox.Session, sanitizer: str) -> None:
    """Run the C++ tests under the sanitizers (needs doctest)."""
    configure(session, sanitizer)
    session.run("cmake", "--build", "--preset", sanitizer)
    session.run("ctest", "--preset", sanitizer)


@nox.session(default=False)
def tidy(session: nox.Session) -> None:
    """Run clang-tidy on the C++ sources."""
    session.install(*group("tidy"))
    configure(session, "tidy")
    session.run("run-clang-tidy.py", "-quiet", "-p", "build/tidy", "/cpp/.*[.]cpp$", *session.posargs)


@nox.session(default=False)
def notebooks(session: nox.Session) -> None:
    """Execute the notebooks in quick form and check that each pair is in step."""
    session.install(".[notebook,test]")
    session.run("pytest", "-m", "slow or not slow", "tests/end_to_end/test_notebooks.py", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation with warnings as errors."""
    session.install(".[docs]")
    session.run("sphinx-build", "-n", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html", *session.posargs)


@nox.session(default=False)
def stubs(session: nox.Session) -> None:
    """Regenerate the stubs of the compiled core, and fail if the committed ones were stale."""
    session.install(".", *group("stubs"))
    session.run("python", "cpp/bindings/generate_stubs.py")


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Run the benchmarks, against PyTorch, JAX and scikit-learn as well; arguments go to `digitcompress bench`, such as --quick."""
    # The wheels for processors alone are smaller by gigabytes.
    session.install(".[test,peers]", "--extra-index-url", "https://download.pytorch.org/whl/cpu")
    session.run("pytest", "-n", "0", "-s", "-m", "slow or not slow", "tests/benchmarks")
    session.run("digitcompress", "bench", *session.posargs)


@nox.session(default=False)
def build(session: nox.Session) -> None:
    """Build the source distribution and, from it, the wheel; check both."""
    session.install("build", "check-wheel-contents", "twine")
    output = Path(session.create_tmp()) / "dist"
    session.run("python", "-m", "build", "--outdir", str(output))
    built = sorted(str(path) for path in output.iterdir())
    session.run("twine", "check", "--strict", *built)
    session.run("check-wheel-contents", *(path for path in built if path.endswith(".whl")))


if __name__ == "__main__":
    os.chdir(Path(__file__).parent)
    sys.exit(nox.main())
