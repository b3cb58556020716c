"""Pooling and its opposite."""

from dataclasses import dataclass

import numpy as np

from reference.layers.layer import Layer, as_maps
from reference.layers.taps import Taps

VARIANTS = (
    {},
    {"kernel": 3},
    {"kernel": 2, "stride": 1},
    {"kernel": 3, "stride": 2, "padding": 1},
    {"kernel": 4, "stride": 3, "padding": 2},
    {"kernel": 1, "stride": 2},
)


@dataclass
class _Pool(Layer):
    """Base of both; a stride of 0 is the kernel's extent."""

    kernel: int = 2
    stride: int = 0
    padding: int = 0
    place = "image"

    @property
    def taps(self):
        return Taps(self.kernel, self.stride or self.kernel, self.padding)

    def windows(self, images, value):
        """(taps, samples, channels, height, width)."""
        padded = self.taps.pad(images, value)
        return np.stack([padded[place] for _, place in self.taps.of_input(images)])

    def share(self, inputs, of_windows):
        """Gradient of the inputs from that of each window."""
        images = as_maps(inputs)
        of_images = np.zeros_like(self.taps.pad(images))
        for (_, place), part in zip(self.taps.of_input(images), of_windows, strict=True):
            of_images[place] += part
        return self.taps.crop(of_images).reshape(inputs.shape)


@dataclass
class MaxPool2d(_Pool):
    """Largest of each window; the first of equals, row by row, takes the gradient.

    In ceil mode a last window that begins inside the image or the padding before it may reach beyond: places there never win.
    """

    ceil_mode: bool = False
    variants = (
        *VARIANTS,
        {"kernel": 3, "stride": 2, "ceil_mode": True},
        {"kernel": 2, "ceil_mode": True},
        {"kernel": 2, "stride": 1, "ceil_mode": True},
        {"kernel": 2, "stride": 3, "padding": 1, "ceil_mode": True},
        {"kernel": 4, "stride": 4, "padding": 2, "ceil_mode": True},
    )

    def extended(self, images):
        """Images with rows and columns that never win, for windows that reach beyond."""
        extra = [self.beyond(extent) if self.ceil_mode else 0 for extent in images.shape[2:]]
        return np.pad(images, ((0, 0), (0, 0), (0, extra[0]), (0, extra[1])), constant_values=-np.inf)

    def beyond(self, extent):
        """How far the last window reaches past the padding behind: the windows that cover everything, less one that begins there."""
        steps = -((self.kernel - extent - 2 * self.padding) // self.taps.stride)
        begins = [step * self.taps.stride - self.padding for step in range(steps + 1)]
        last = max(begin for begin in begins if begin < extent)
        return max(last + self.kernel - extent - self.padding, 0)

    def forward(self, inputs, parameters):
        return self.windows(self.extended(as_maps(inputs)), -np.inf).max(axis=0)

    def backward(self, inputs, gradient, parameters):
        images = as_maps(inputs)
        extended = self.extended(images)
        winner = self.windows(extended, -np.inf).argmax(axis=0)
        of_extended = self.share(extended, [as_maps(gradient) * (winner == tap) for tap in range(self.kernel**2)])
        return of_extended[:, :, : images.shape[2], : images.shape[3]].reshape(inputs.shape), {}


class AvgPool2d(_Pool):
    """Mean of each window, the zeros of the padding included."""

    variants = VARIANTS

    def forward(self, inputs, parameters):
        return self.windows(as_maps(inputs), 0.0).mean(axis=0)

    def backward(self, inputs, gradient, parameters):
        return self.share(inputs, [as_maps(gradient) / self.kernel**2] * self.kernel**2), {}


class GlobalAvgPool(Layer):
    """Mean of each channel."""

    place = "image"

    def forward(self, inputs, parameters):
        return as_maps(inputs).mean(axis=(2, 3))

    def backward(self, inputs, gradient, parameters):
        images = as_maps(inputs)
        share = as_maps(gradient.reshape(images.shape[:2])) / np.prod(images.shape[2:])
        return np.broadcast_to(share, images.shape).reshape(inputs.shape), {}


@dataclass
class Upsample(Layer):
    """Each value `factor` times down and across."""

    factor: int = 2
    variants = ({}, {"factor": 3}, {"factor": 1})
    place = "image"

    def forward(self, inputs, parameters):
        return as_maps(inputs).repeat(self.factor, axis=2).repeat(self.factor, axis=3)

    def backward(self, inputs, gradient, parameters):
        samples, channels, height, width = as_maps(inputs).shape
        blocks = gradient.reshape(samples, channels, height, self.factor, width, self.factor)
        return blocks.sum(axis=(3, 5)).reshape(inputs.shape), {}
