"""Write the stubs of digitcompress._core from the compiled module, or check that the committed ones are current.

Usage: python cpp/bindings/generate_stubs.py [--check]
The installed package must be built from this tree. Exits 1 when a stub was stale, after rewriting it (unless --check).
"""

import argparse
import importlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import pybind11_stubgen

from digitcompress import _core

TARGET = Path(__file__).parents[2] / "python/digitcompress/_core"
LOADER_NAMES = '''
LEVELS: tuple[str, ...]

def best_level() -> str:
    """Best processor level of this machine."""
'''


def run(*command: str) -> None:
    """Run a Python tool of this environment and pass its complaints on."""
    subprocess.run([sys.executable, "-m", *command], check=True, stdout=subprocess.DEVNULL)


def public_name(text: str, module: str) -> str:
    """Rewrite a stub of one level's module as the stub of digitcompress._core, free of this machine's values."""
    text = text.replace(f"{module}.", "digitcompress._core.").replace(module, "digitcompress._core")
    # Python 3.12 has the type itself; the stubs are the same for every version.
    text = text.replace("collections.abc.Buffer", "typing_extensions.Buffer")
    text = text.replace("from __future__ import annotations\n", "from __future__ import annotations\nimport typing_extensions\n", 1)
    text = re.sub(r"^__all__.*?\]\n", "", text, count=1, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"^(\w+: (?:str|int|float|bool)) = .*$", r"\1", text, flags=re.MULTILINE)


def claim_classes(module: ModuleType) -> dict[str, str]:
    """Make the module the home of its classes, which name the public module that shows them; return their names by those."""
    classes = [each for each in vars(module).values() if isinstance(each, type) and each.__module__ != module.__name__]
    public = {
        f"{each.__module__}.{each.__qualname__}": each.__qualname__ for each in classes if each.__module__.startswith("digitcompress.")
    }
    for each in classes:
        each.__module__ = module.__name__
    return public


def family_stubs(public: dict[str, str]) -> dict[Path, str]:
    """Return a stub for each registry of classes, for the public module that takes its names from the registry."""
    families: dict[str, list[str]] = {}
    for name in sorted(public):
        module, _, name_of_class = name.rpartition(".")
        families.setdefault(module.rpartition(".")[2], []).append(f"{name_of_class} as {name_of_class}")
    return {Path(f"_{family}.pyi"): f"from digitcompress._core import {', '.join(names)}\n" for family, names in families.items()}


def generate(folder: Path) -> dict[Path, str]:
    """Return the text of every stub file by its path inside _core."""
    module = importlib.import_module(f"digitcompress._core._core_{_core.level}")
    public = claim_classes(module)
    known = "|".join(map(re.escape, public)) or "$^"
    options = ["--exit-code", "--numpy-array-wrap-with-annotated", "--ignore-unresolved-names", known, "-o", str(folder)]
    pybind11_stubgen.main([*options, module.__name__])
    parts = module.__name__.split(".")
    single, package = folder.joinpath(*parts).with_suffix(".pyi"), folder.joinpath(*parts)
    found = {Path("__init__.pyi"): single} if single.exists() else {path.relative_to(package): path for path in package.rglob("*.pyi")}
    texts = {relative: public_name(path.read_text(), module.__name__) for relative, path in found.items()}
    if public:
        texts = {relative: re.sub(rf"\b({known})\b", lambda match: public[match[0]], text) for relative, text in texts.items()}
    texts[Path("__init__.pyi")] += LOADER_NAMES
    texts |= family_stubs(public)
    return {relative: formatted(folder / "out.pyi", text) for relative, text in texts.items()}


def formatted(scratch: Path, text: str) -> str:
    """Return the stub as ruff lays it out under the project's settings."""
    scratch.write_text(text)
    settings = str(TARGET.parents[2] / "pyproject.toml")
    run("ruff", "check", "--quiet", "--fix-only", "--select=I,F401,UP", "--config", settings, str(scratch))
    run("ruff", "format", "--quiet", "--config", settings, str(scratch))
    return scratch.read_text()


def stale_files(texts: dict[Path, str]) -> list[Path]:
    """Return committed stubs that differ, are missing, or belong to nothing any more."""
    committed = {path.relative_to(TARGET) for path in TARGET.rglob("*.pyi")}
    return sorted(path for path in committed | set(texts) if not (TARGET / path).exists() or texts.get(path) != (TARGET / path).read_text())


def write(path: Path, text: str | None) -> None:
    """Write one stub, or remove it when its module is gone."""
    if text is None:
        (TARGET / path).unlink()
        return
    (TARGET / path).parent.mkdir(exist_ok=True)
    (TARGET / path).write_text(text)


def main() -> int:
    """Compare, rewrite unless --check, and report through the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as folder:
        texts = generate(Path(folder))
    stale = stale_files(texts)
    for path in stale:
        sys.stderr.write(f"stale stub: python/digitcompress/_core/{path}\n")
        if not check:
            write(path, texts.get(path))
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
