"""The command line: ``digitcompress bench | fetch | info | study``."""

from digitcompress.cli._benchmarks import bench
from digitcompress.cli._datasets import fetch
from digitcompress.cli._information import info
from digitcompress.cli._program import program as main
from digitcompress.cli._studies import study

__all__ = ["main"]

for _command in (bench, fetch, info, study):
    main.add_command(_command)
