"""Write the stubs of digitcompress._core from the compiled module, or check that the committed ones are current.

Usage: python cpp/bindings/generate_stubs.py [--check]
The installed package must be built from this tree. Exits 1 when a stub was stale, after rewriting it (unless --check).
"""

import argparse
import dataclasses
import importlib
import inspect
import re
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from types import ModuleType

import pybind11_stubgen

from digitcompress import _core
from digitcompress._described import Described

TARGET = Path(__file__).parents[2] / "python/digitcompress/_core"
FAMILIES = ("augmentation", "layers", "losses", "optimizers", "schedules")  # public modules whose classes the core describes
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


def family_stub(module: ModuleType) -> str:
    """Return the text of a stub of the classes that a public module makes of the core's descriptions."""
    shown = [getattr(module, name) for name in module.__all__]
    kinds = [each for each in shown if isinstance(each, type) and issubclass(each, Described)]
    (base,) = {each.__base__ for each in kinds}
    return "\n".join(
        ["from dataclasses import dataclass", f"from {base.__module__} import {base.__name__}", *map(class_stub, kinds)],
    )


def class_stub(kind: type) -> str:
    """Return the stub of one described class."""
    fields = [f"    {each.name}: {each.type.__name__} = {each.default!r}" for each in dataclasses.fields(kind)]
    doc = textwrap.indent(inspect.getdoc(kind), "    ")
    head = ["@dataclass(frozen=True)", f"class {kind.__name__}({kind.__base__.__name__}):", f'    """\n{doc}\n    """']
    return "\n".join([*head, *fields])


def generate(folder: Path) -> dict[Path, str]:
    """Return the text of every stub file by its path inside _core."""
    module = importlib.import_module(f"digitcompress._core._core_{_core.level}")
    pybind11_stubgen.main(["--exit-code", "--numpy-array-wrap-with-annotated", "-o", str(folder), module.__name__])
    written = folder.joinpath(*module.__name__.split(".")).with_suffix(".pyi")
    texts = {Path("__init__.pyi"): public_name(written.read_text(), module.__name__) + LOADER_NAMES}
    texts |= {Path(f"_{name}.pyi"): family_stub(importlib.import_module(f"digitcompress.{name}")) for name in FAMILIES}
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
