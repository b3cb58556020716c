"""Small networks with the layers of the benchmarks."""

from digitcompress import layers
from digitcompress.benchmarks import Workload


def perceptron():
    return [layers.Flatten(), layers.Dense(12), layers.ReLU(), layers.Dense(10)]


SMALL = (Workload("perceptron", "MLP 784-12-10", perceptron, 64, 640),)
