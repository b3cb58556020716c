"""Which machine and which packages a figure was measured with."""

import contextlib
import importlib.metadata
import os
import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digitcompress._versions import versions
from digitcompress.benchmarks._task import Contender


@contextlib.contextmanager
def restricted_to(threads: int) -> Iterator[None]:
    """Let this process use as many processors as it has threads, whatever each package makes of its own settings."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(allowed)[:threads]))
    try:
        with _blas_threads(threads):
            yield
    finally:
        os.sched_setaffinity(0, allowed)


def _blas_threads(threads: int) -> contextlib.AbstractContextManager[Any]:
    try:
        from threadpoolctl import threadpool_limits
    except ModuleNotFoundError:
        return contextlib.nullcontext()
    return threadpool_limits(threads)  # type: ignore[no-any-return]


def absences(contenders: Sequence[Contender]) -> dict[str, str]:
    """Return, for contenders whose packages are not installed, which are missing."""
    missing = {each.name: [package for package in each.packages.values() if _version(package) is None] for each in contenders}
    return {name: f"{', '.join(packages)} is not installed" for name, packages in missing.items() if packages}


def machine_facts(contenders: Sequence[Contender]) -> dict[str, Any]:
    """Return processor, memory, system, versions of all contenders, and the BLAS of NumPy with the processor it takes this one for."""
    ours = versions()
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gbytes": _memory_gbytes(),
        "system": platform.platform(),
        "load_average": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "blas": _blas(),
        "versions": {package: _version(package) for each in contenders for package in each.packages.values()},
        **{name: ours[name] for name in ("level", "compiler", "python")},
    }


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return platform.processor() or platform.machine()


def _memory_gbytes() -> int | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (ValueError, OSError):
        return None


def _blas() -> str:
    try:
        from threadpoolctl import threadpool_info
    except ModuleNotFoundError:
        return f"{versions()['numpy_blas']}, core unknown without threadpoolctl"
    found = [each for each in threadpool_info() if each["user_api"] == "blas"]
    return ", ".join(sorted({f"{each['internal_api']} {each['version']} for {each.get('architecture', 'unknown')}" for each in found}))
