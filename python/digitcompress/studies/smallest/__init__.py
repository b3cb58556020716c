"""The study of the smallest network: published steps from 68,270 to 707 parameters beside ours, and a search for better ones.

The published source shrinks a perceptron for handwritten digits step by step, compares the result with SqueezeNet and Efficient-CapsNet,
and leaves open what longer training and harder images do. `run` repeats all of it, from several random starts, and goes on from there.
"""

from digitcompress.studies.smallest._study import load as load
from digitcompress.studies.smallest._study import run as run
from digitcompress.studies.smallest._table import SmallestTable as SmallestTable
