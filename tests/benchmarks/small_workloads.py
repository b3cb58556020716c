"""Small networks with the layers of the benchmarks."""

from digitcompress import layers
from digitcompress.benchmarks import Workload
from digitcompress.network import Input, Network, Node


def perceptron(seed=0):
    return Network(Input(1, 28, 28), [layers.Flatten(), layers.Dense(12), layers.ReLU(), layers.Dense(10)], seed=seed)


def convolutions(seed=0):
    first = [layers.Conv2d(3, kernel=5, padding=2), layers.ReLU(), layers.MaxPool2d(2)]
    second = [layers.Conv2d(4, kernel=3), layers.LeakyReLU(0.1), layers.MaxPool2d(2)]
    return Network(Input(1, 28, 28), [*first, *second, layers.Flatten(), layers.Dense(10)], seed=seed)


def autoencoder(seed=0):
    return Network(Input(1, 28, 28), [layers.Flatten(), layers.Dense(12), layers.Sigmoid(), layers.Dense(784)], seed=seed)


def branches(seed=0):
    stem = [layers.Conv2d(4, kernel=3, stride=2, padding=1, bias=False), layers.BatchNorm(), Node(layers.ReLU(), name="stem")]
    block = [Node(layers.Conv2d(4, kernel=3, padding=1), ("stem",), "side"), Node(layers.Add(), ("side", "stem"), "sum")]
    beside = [Node(layers.Concat(), ("sum", "stem"), "both"), layers.AvgPool2d(2), layers.GlobalAvgPool(), layers.Dense(10)]
    head = [Node(layers.GlobalAvgPool(), ("stem",), "means"), Node(layers.Dense(10), ("means",), "head", loss_weight=0.3)]
    return Network(Input(1, 28, 28), [*stem, *head, *block, *beside], seed=seed)


def maps(seed=0):
    stem = [layers.Conv2d(4, kernel=5, stride=2), layers.ReLU(), layers.Conv2d(10, kernel=3)]
    return Network(Input(1, 28, 28), [*stem, layers.GlobalAvgPool()], seed=seed)


def capsules(seed=0):
    stem = [layers.Conv2d(8, kernel=7, stride=3), layers.ReLU(), layers.BatchNorm()]
    return Network(Input(1, 28, 28), [*stem, layers.PrimaryCapsules(4), layers.CapsuleRouting(10, 6), layers.Length()], seed=seed)


SMALL = (
    Workload("perceptron", "MLP 784-12-10", perceptron, 64, 640),
    Workload("convolutions", "CNN 3-4", convolutions, 64, 640),
    Workload("branches", "CNN with a sum, a concatenation and a head", branches, 64, 640),
    Workload("autoencoder", "Auto-encoder 784-12-784", autoencoder, 64, 640, loss="reconstruction", learning_rate=1.0),
    Workload("maps", "CNN that ends in the means of its maps", maps, 64, 640),
    Workload("capsules", "Capsules of 4 and 6 values", capsules, 64, 640, loss="margin"),
    Workload("adam", "MLP 784-12-10, Adam", perceptron, 64, 640, learning_rate=0.001, optimizer="adam"),
)
