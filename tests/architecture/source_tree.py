"""Where the sources are; the checks of this folder take the root as an argument, so that they can be tried on a planted tree."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
CPP_SUFFIXES = {".cpp", ".hpp", ".h", ".c"}


def cpp_files(root: Path) -> list[Path]:
    return sorted(path for path in (root / "cpp").rglob("*") if path.suffix in CPP_SUFFIXES)


def package_files(root: Path) -> list[Path]:
    return sorted((root / "python" / "digitcompress").rglob("*.py"))


def test_files(root: Path) -> list[Path]:
    return sorted(path for path in (root / "tests").rglob("*") if path.suffix in CPP_SUFFIXES | {".py"})


test_files.__test__ = False
