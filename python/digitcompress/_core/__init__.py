"""Load the compiled core built for the best processor level this machine runs."""

import importlib
import os

from digitcompress._core._cpu import best_level

LEVELS = ("v4", "v3", "v2", "armv8")


def _candidates() -> tuple[str, ...]:
    wanted = os.environ.get("DIGITCOMPRESS_ISA")
    best = best_level()
    if wanted is None:
        return LEVELS[LEVELS.index(best) :]
    runnable = ("armv8",) if best == "armv8" else LEVELS[LEVELS.index(best) : LEVELS.index("armv8")]
    if wanted not in runnable:
        message = f"DIGITCOMPRESS_ISA must be one of {', '.join(runnable)} on this machine, got {wanted!r}"
        raise ImportError(message)
    return (wanted,)


def _load() -> None:
    for candidate in _candidates():
        name = f"{__name__}._core_{candidate}"
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
            continue  # this level was left out of the build
        globals().update({key: value for key, value in vars(module).items() if not key.startswith("__")})
        return
    message = f"digitcompress was built without the processor levels {', '.join(_candidates())}; reinstall it on this machine"
    raise ImportError(message)


_load()
