"""The study of losses under quantization and pruning: one training of it, or the whole table and its figures.

The published source trains a network of 784-10-10 units by full-batch gradient descent. Its named losses never reach the
gradient; ``faithful=True`` repeats that and its other quirks, everything else differentiates the loss it is given.
"""

from digitcompress.studies.losses._cell import Cell as Cell
from digitcompress.studies.losses._cell import train as train
from digitcompress.studies.losses._study import run as run
from digitcompress.studies.losses._table import LossTable as LossTable
