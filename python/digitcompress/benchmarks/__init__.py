"""Benchmarks: this package against the frameworks, on the machine at hand.

``digitcompress bench`` runs them; `run` does so from Python.
"""

from digitcompress.benchmarks._results import Results as Results
from digitcompress.benchmarks._suite import run as run
from digitcompress.benchmarks._workloads import WORKLOADS as WORKLOADS
from digitcompress.benchmarks._workloads import Workload as Workload
