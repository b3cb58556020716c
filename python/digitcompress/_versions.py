"""Say which build, processor level and libraries are in use."""

import importlib.metadata
import platform
import re
import sys
from typing import Any

import numpy as np

from digitcompress import _core

_OPTIONAL_REQUIREMENT = re.compile(r"""(?P<name>[\w.-]+).*extra == ["'](?P<extra>\w+)["']""")
_DEVELOPER_EXTRAS = {"docs", "test", "dev", "peers"}


def _optional_packages() -> dict[str, str | None]:
    """Return the version of each package that an extra for users brings; None when it is not installed."""
    requirements = importlib.metadata.requires("digitcompress") or []
    optional = [match for match in map(_OPTIONAL_REQUIREMENT.match, requirements) if match]
    names = {match["name"] for match in optional if match["extra"] not in _DEVELOPER_EXTRAS}
    return {name: _installed(name) for name in sorted(names - {"digitcompress"})}


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _numpy_blas() -> str:
    config: dict[str, Any] = np.show_config(mode="dicts")  # type: ignore[assignment]
    blas = config.get("Build Dependencies", {}).get("blas", {})
    return f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()


def _blas_threads() -> int | None:
    """Return the threads NumPy's BLAS uses, when threadpoolctl is there to tell."""
    try:
        from threadpoolctl import threadpool_info
    except ModuleNotFoundError:
        return None
    counts = [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
    return max(counts, default=None)


def versions() -> dict[str, Any]:
    """Return what the results of this process depend on: build, processor level, threads, libraries.

    Returns
    -------
    dict of str to object
        Plain values, ready for JSON. A library that is not installed has the version None.

    Examples
    --------
    >>> import digitcompress
    >>> digitcompress.versions()["level"] in {"v2", "v3", "v4", "armv8"}
    True
    """
    return {
        "digitcompress": importlib.metadata.version("digitcompress"),
        "level": _core.level,
        "best_level": _core.best_level(),
        "threads": _core.default_threads(),
        "compiler": _core.compiler,
        "eigen": _core.eigen_version,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numpy_blas": _numpy_blas(),
        "numpy_blas_threads": _blas_threads(),
        "platform": platform.platform(),
        "processor": platform.machine(),
        "optional": _optional_packages(),
    }


def show_versions() -> None:
    """Print `versions`, for a bug report or beside a measurement.

    Examples
    --------
    >>> import digitcompress
    >>> digitcompress.show_versions()  # doctest: +ELLIPSIS
    digitcompress      ...
    """
    facts = versions()
    optional = facts.pop("optional")
    lines = [f"{name:<18} {value}" for name, value in facts.items()]
    lines += [f"{name:<18} {version or 'not installed'}" for name, version in optional.items()]
    sys.stdout.write("\n".join(lines) + "\n")
