"""What is raced: networks, batches and losses, each described once for every contender."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from digitcompress import models
from digitcompress._registry import check_name
from digitcompress.layers import Conv2d, Dense, Flatten, MaxPool2d, ReLU
from digitcompress.network import Input, Network

__all__ = ["WORKLOADS", "Workload"]


@dataclass(frozen=True)
class Workload:
    """A network to train in mini-batches.

    Parameters
    ----------
    name : str
        For the command line.
    title : str
        For tables.
    network : callable
        Returns the network for a ``seed``, the same start for every contender.
    batch_size : int
        Samples a step.
    images : int
        What one pass goes over, a multiple of `batch_size`.
    loss : str, default="cross_entropy"
        Name of a loss; ``"reconstruction"`` compares the output with the input.
    learning_rate : float, default=0.05
        Of the optimizer.
    optimizer : {"sgd", "adam"}, default="sgd"
        Plain gradient descent, or Adam with its usual constants.
    least : mapping of str to float
        Limits this package has to keep: ``"ratio"`` to the fastest framework, ``"ratio to scikit-learn"``, and ``"share of peak, v3"``,
        the share of the machine's multiply-adds at a processor level.

    Examples
    --------
    >>> WORKLOADS["mlp128"].network(seed=0).parameter_count
    101770
    """

    name: str
    title: str
    network: Callable[..., Network]
    batch_size: int
    images: int
    loss: str = "cross_entropy"
    learning_rate: float = 0.05
    optimizer: str = "sgd"
    least: Mapping[str, float] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """Steps of one pass."""
        return self.images // self.batch_size

    def limits(self, level: str) -> dict[str, float]:
        """Return the limits that apply to a processor level."""
        return {name.partition(",")[0]: least for name, least in self.least.items() if name.partition(", ")[2] in ("", level)}


def _perceptron(*sizes: int) -> Callable[..., Network]:
    return lambda seed=0: models.mlp([784, *sizes], seed=seed)


def _cnn(seed: int = 0) -> Network:
    """Return the network of 10 and 20 channels in logits: cross entropy is its log-softmax with negative log likelihood."""
    convolutions = [Conv2d(10, kernel=5), MaxPool2d(2), ReLU(), Conv2d(20, kernel=5), MaxPool2d(2), ReLU()]
    return Network(Input(1, 28, 28), [*convolutions, Flatten(), Dense(50), ReLU(), Dense(10)], seed=seed)


def _by_adam(name: str, title: str, network: Callable[..., Network], ratio: float, *, loss: str = "cross_entropy") -> Workload:
    """Return a large network with the optimizer that the studies train it by."""
    return Workload(name, f"{title}, Adam", network, 64, 640, loss, 0.001, "adam", {"ratio": ratio})


_ALL = (
    Workload("lenet5", "LeNet-5", models.lenet5, 64, 6_400, least={"ratio": 6.0, "share of peak, v3": 0.6, "share of peak, v4": 0.7}),
    Workload("mlp128", "MLP 784-128-10", _perceptron(128, 10), 64, 25_600, least={"ratio": 3.0, "ratio to scikit-learn": 12.0}),
    Workload("mlp10", "MLP 784-10-10", _perceptron(10, 10), 64, 25_600, least={"ratio": 8.0}),
    Workload("cnn", "CNN 10-20", _cnn, 64, 6_400, least={"ratio": 6.0}),
    Workload("tiny", "CNN of 707 parameters", models.tiny_cnn, 64, 6_400, least={"ratio": 6.0}),
    _by_adam("resnet18", "ResNet-18", models.resnet18, 2.5),
    _by_adam("googlenet", "GoogLeNet", models.googlenet, 2.0),
    _by_adam("squeezenet", "SqueezeNet", models.squeezenet, 3.0),
    _by_adam("capsnet", "Efficient-CapsNet", models.capsnet, 2.0, loss="margin"),
    Workload(
        "autoencoder",
        "Auto-encoder 784-400-784",
        models.autoencoder,
        128,
        12_800,
        loss="reconstruction",
        learning_rate=1.0,
        least={"ratio": 1.5},
    ),
)
WORKLOADS: Mapping[str, Workload] = MappingProxyType({each.name: each for each in _ALL})


def chosen_workloads(names: tuple[str, ...] | None) -> list[Workload]:
    """Return the workloads of these names, all by default."""
    return [WORKLOADS[check_name("workload", WORKLOADS, name)] for name in names or WORKLOADS]


def training_multiply_adds(network: Network) -> int:
    """Return the multiply-adds of one image in training: forward, weight gradients, input gradients.

    A layer's gradients cost as much as its forward pass, each of the two; the first layer with weights needs none of its input. Zeros
    are counted like any other number, and only products are: no activations, pooling, loss or update.
    """
    forward = [int(node["multiply_adds"]) for node in network._nodes if node["multiply_adds"]]
    return 3 * sum(forward) - (forward[0] if forward else 0)
