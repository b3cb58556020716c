"""The study of architectures: a perceptron, LeNet-5, GoogLeNet and ResNet-18 at four learning rates, published values beside ours."""

from digitcompress.studies.architectures._study import run as run
from digitcompress.studies.architectures._table import ArchitectureTable as ArchitectureTable
from digitcompress.studies.architectures._table import load as load
