"""What a contender is handed, and what it has to be able to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from digitcompress.benchmarks._workloads import Workload
from digitcompress.network import Network


@dataclass(frozen=True)
class Task:
    """A workload with its start, its data and the threads to use."""

    workload: Workload
    network: Network
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    threads: int
    batch_size: int

    @cached_property
    def pixels(self) -> NDArray[np.float32]:
        """The images as floats in 0..1, shape (images, 1, 28, 28)."""
        return (self.images.astype(np.float32) / np.float32(255))[:, np.newaxis]

    @property
    def reconstructs(self) -> bool:
        """Whether the target is the image itself."""
        return self.workload.loss == "reconstruction"

    @property
    def steps(self) -> int:
        """Steps of one pass over the data."""
        return len(self.images) // self.batch_size


class Trainer(Protocol):
    """A network in training."""

    def run(self, epochs: int) -> None:
        """Train for some passes over the data and return when all is computed."""

    def parameters(self) -> dict[str, NDArray[np.float32]]:
        """Return the present parameters under the names and in the shapes of the network's own."""


@dataclass(frozen=True)
class Contender:
    """Who races: a name, the packages it needs, and how it starts on a task."""

    name: str
    start: Callable[[Task], Trainer]
    packages: Mapping[str, str]  # module to import: name of the distribution
    is_framework: bool = False  # whether the ratios of the limits are to it
    kinds: frozenset[str] | None = None  # layers it can train; None for all
    optimizers: frozenset[str] = frozenset({"sgd"})
    is_quick: bool = True  # whether its warm-up is short enough for a first look
    can_change_threads: bool = True  # whether it heeds `Task.threads` after its first task

    def cannot(self, workload: Workload, network: Network) -> str | None:
        """Return the layers and the optimizer it does not have, as a reason to stay away."""
        kinds = {type(layer).__name__ for layer in network.layers}
        missing = sorted(kinds - self.kinds) if self.kinds is not None else []
        missing += sorted({workload.optimizer} - self.optimizers)
        return f"has no {', '.join(missing)}" if missing else None


def weights_of(network: Network) -> list[tuple[Any, dict[str, NDArray[np.float32]]]]:
    """Return each layer with copies of its parameters, by their short names (``"weight"``, ``"bias"``)."""
    return [
        (node["layer"], {name.rpartition(".")[2]: network.parameters[name].copy() for name in node["parameters"]})
        for node in network._nodes
    ]
