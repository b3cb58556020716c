"""The most memory a process has used, for tests that ask how much a call needs."""

import os
import subprocess
import sys
from pathlib import Path


def run(code, *arguments, timeout=120):
    """Words that a program prints; it runs in a process of its own and can import `peak_bytes`."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=timeout, env=environment).stdout.split()


def peak_bytes():
    """Bytes; since this program began: what `resource` tells on Linux counts the program that started it, too."""
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return 1024 * int(status.partition("VmHWM:")[2].split()[0])
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
