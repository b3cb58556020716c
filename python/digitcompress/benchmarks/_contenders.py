"""Everybody who can race, in the order of the tables."""

from collections.abc import Sequence

from digitcompress.benchmarks._digitcompress import OURS
from digitcompress.benchmarks._jax import LOOP, SCAN
from digitcompress.benchmarks._numpy import NUMPY
from digitcompress.benchmarks._pytorch import COMPILED, EAGER
from digitcompress.benchmarks._scikit_learn import SCIKIT_LEARN
from digitcompress.benchmarks._task import Contender

PEERS: Sequence[Contender] = (EAGER, COMPILED, LOOP, SCAN, SCIKIT_LEARN, NUMPY)
CONTENDERS: Sequence[Contender] = (OURS, *PEERS)
