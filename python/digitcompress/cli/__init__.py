"""The command line: ``digitcompress bench | evaluate | fetch | info | predict | study | train``."""

from digitcompress.cli._benchmarks import bench
from digitcompress.cli._datasets import fetch
from digitcompress.cli._information import info
from digitcompress.cli._networks import evaluate, predict
from digitcompress.cli._program import program as main
from digitcompress.cli._studies import study
from digitcompress.cli._training import train

__all__ = ["main"]

for _command in (bench, evaluate, fetch, info, predict, study, train):
    main.add_command(_command)
