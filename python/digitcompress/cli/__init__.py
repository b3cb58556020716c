"""The command line: ``digitcompress fetch | study | info``."""

from digitcompress.cli._datasets import fetch
from digitcompress.cli._information import info
from digitcompress.cli._program import program as main
from digitcompress.cli._studies import study

__all__ = ["main"]

for _command in (fetch, info, study):
    main.add_command(_command)
