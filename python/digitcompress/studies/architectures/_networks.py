"""The networks of the study, and which of the published names belongs to each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from digitcompress import models
from digitcompress._registry import chosen_names
from digitcompress.network import Network

LARGE = 1_000_000


@dataclass(frozen=True)
class Architecture:
    """A network under the name that the study's options and files use."""

    name: str
    title: str
    make: Callable[[int], Network]
    published: str | None  # under which name the source prints its results

    @property
    def parameters(self) -> int:
        """Trainable parameters."""
        return _sizes(self.name)[0]

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of one forward pass of one image."""
        return _sizes(self.name)[1]

    @property
    def is_large(self) -> bool:
        """Whether one start is enough, and a first look takes few images."""
        return self.parameters > LARGE


_ALL = (
    Architecture("mlp", "MLP", lambda seed: models.mlp([784, 120, 84, 10], seed=seed), "MLP"),
    Architecture("lenet5", "LeNet-5, ReLU, max", lambda seed: models.lenet5(seed=seed), None),
    Architecture(
        "lenet5-described",
        "LeNet-5 as described",
        lambda seed: models.lenet5(activation="sigmoid", pooling="average", seed=seed),
        None,
    ),
    Architecture("googlenet", "GoogLeNet", lambda seed: models.googlenet(seed=seed), "LeNet"),
    Architecture("resnet18", "ResNet-18", lambda seed: models.resnet18(seed=seed), "ResNet-18"),
)
ARCHITECTURES = {each.name: each for each in _ALL}


def chosen_networks(names: Iterable[str] | None) -> tuple[str, ...]:
    """Return the networks to study, each once, in the order of the tables; None means all."""
    return chosen_names("models", "network", ARCHITECTURES, names)


@cache
def _sizes(name: str) -> tuple[int, int]:
    network = ARCHITECTURES[name].make(0)
    return network.parameter_count, network.multiply_adds
