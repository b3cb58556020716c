"""The networks that the search looks at: a plain grid of small convolutional networks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from digitcompress.layers import BatchNorm, Conv2d, Dense, Flatten, GlobalAvgPool, LeakyReLU, MaxPool2d
from digitcompress.network import Input, Network

SLOPE = 0.1


@dataclass(frozen=True)
class Candidate:
    """A network of a few convolutions, the first `pooled` of them before a pooling: plain ones or, after the first, separable ones."""

    filters: tuple[int, ...]
    kernel: int = 3
    separable: bool = False
    head: str = "flatten"
    units: int = 0
    norm: bool = False
    pooled: int = 2

    @property
    def name(self) -> str:
        """The network in words."""
        kind = f"{'separable ' if self.separable else ''}{self.kernel}x{self.kernel}"
        end = {"flatten": "", "global": ", global pooling"}[self.head] + (f", {self.units} units" if self.units else "")
        return f"{kind} {'-'.join(map(str, self.filters))}{', pooled once' if self.pooled == 1 else ''}{', norm' if self.norm else ''}{end}"

    def network(self, *, seed: int) -> Network:
        """Return the network with random parameters."""
        return Network(Input(1, 28, 28), [*self._stages(), *self._head()], seed=seed)

    def _stages(self) -> Iterator[Any]:
        channels = 1
        for place, filters in enumerate(self.filters):
            yield from self._convolution(place, channels, filters)
            yield from (BatchNorm(),) if self.norm else ()
            yield LeakyReLU(SLOPE)
            yield from (MaxPool2d(2),) if place < self.pooled else ()
            channels = filters

    def _convolution(self, place: int, channels: int, filters: int) -> Iterator[Any]:
        if not self.separable or place == 0:
            yield Conv2d(filters, kernel=self.kernel, bias=not self.norm)
            return
        yield Conv2d(channels, kernel=self.kernel, groups=channels, bias=False)
        yield Conv2d(filters, kernel=1, bias=not self.norm)

    def _head(self) -> Iterator[Any]:
        yield GlobalAvgPool() if self.head == "global" else Flatten()
        yield from (Dense(self.units), LeakyReLU(SLOPE)) if self.units else ()
        yield Dense(10)
