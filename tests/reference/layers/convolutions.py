"""Convolutions, which correlate (Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, sections 2 and 4)."""

from dataclasses import dataclass

import numpy as np

from reference.layers.layer import Layer, as_maps, over_samples, per_channel
from reference.layers.taps import Taps


def contract(formula, *operands):
    return np.einsum(formula, *operands, optimize=True)


@dataclass
class Conv2d(Layer):
    """y[o, i, j] = b[o] + sum over c, u, v of w[o, c, u, v] x[c, i s + u - p, j s + v - p]; c runs over the channels of o's group."""

    channels: int = 1
    kernel: int = 3
    stride: int = 1
    padding: int = 0
    groups: int = 1
    bias: bool = True
    variants = (
        {"channels": 6},
        {"channels": 1, "kernel": 1, "bias": False},
        {"channels": 5, "kernel": 5, "padding": 2},
        {"channels": 3, "stride": 2, "padding": 1},
        {"channels": 2, "kernel": 4, "stride": 3, "padding": 3},
        {"channels": 6, "stride": 2, "groups": 2, "bias": False},
        {"channels": 4, "padding": 1, "groups": 4},
        {"channels": 8, "kernel": 2, "groups": 4},
    )
    place = "image"

    @property
    def taps(self):
        return Taps(self.kernel, self.stride, self.padding)

    def parameter_shapes(self, shape):
        weight = (self.channels, shape[0] // self.groups, self.kernel, self.kernel)
        return {f"{self.name}.weight": weight} | ({f"{self.name}.bias": (self.channels,)} if self.bias else {})

    def grouped(self, values):
        """(samples, group, channel of the group, ...)."""
        return values.reshape(len(values), self.groups, -1, *values.shape[2:])

    def weight(self, parameters):
        """(group, output channel of the group, input channel of the group, kernel, kernel)."""
        weight = parameters[f"{self.name}.weight"]
        return weight.reshape(self.groups, -1, *weight.shape[1:])

    def forward(self, inputs, parameters):
        images, weight = self.taps.pad(as_maps(inputs)), self.weight(parameters)
        shape = [self.taps.outputs(extent) for extent in as_maps(inputs).shape[2:]]
        outputs = np.zeros((len(inputs), self.channels, *shape))
        for (u, v), place in self.taps.of_input(as_maps(inputs)):
            outputs += contract("ngchw,goc->ngohw", self.grouped(images[place]), weight[..., u, v]).reshape(outputs.shape)
        return outputs + per_channel(parameters[f"{self.name}.bias"], outputs) if self.bias else outputs

    def backward(self, inputs, gradient, parameters):
        images, weight = self.taps.pad(as_maps(inputs)), self.weight(parameters)
        of_outputs = self.grouped(as_maps(gradient))
        of_images, of_weight = np.zeros_like(images), np.zeros_like(weight)
        for (u, v), place in self.taps.of_input(as_maps(inputs)):
            of_weight[..., u, v] = contract("ngohw,ngchw->goc", of_outputs, self.grouped(images[place]))
            of_images[place] += contract("ngohw,goc->ngchw", of_outputs, weight[..., u, v]).reshape(images[place].shape)
        gradients = {f"{self.name}.weight": of_weight.reshape(parameters[f"{self.name}.weight"].shape)}
        if self.bias:
            gradients[f"{self.name}.bias"] = over_samples(as_maps(gradient))
        return self.taps.crop(of_images).reshape(inputs.shape), gradients


@dataclass
class ConvTranspose2d(Layer):
    """Each input value adds its multiple of the kernel to the output: y[o, i s + u - p, j s + v - p] += w[c, o, u, v] x[c, i, j]."""

    channels: int = 1
    kernel: int = 3
    stride: int = 1
    padding: int = 0
    output_padding: int = 0
    bias: bool = True
    variants = (
        {"channels": 3},
        {"channels": 2, "stride": 2, "padding": 1, "output_padding": 1},
        {"channels": 5, "kernel": 2, "stride": 2, "bias": False},
        {"channels": 1, "kernel": 4, "stride": 3, "padding": 2, "output_padding": 2},
        {"channels": 4, "kernel": 1},
        {"channels": 3, "padding": 1},
    )
    place = "image"

    @property
    def taps(self):
        return Taps(self.kernel, self.stride, self.padding)

    def parameter_shapes(self, shape):
        weight = (shape[0], self.channels, self.kernel, self.kernel)
        return {f"{self.name}.weight": weight} | ({f"{self.name}.bias": (self.channels,)} if self.bias else {})

    def canvas(self, images):
        """Outputs before the padding is cut off."""
        extents = [(extent - 1) * self.stride + self.kernel + self.output_padding for extent in images.shape[2:]]
        return np.zeros((len(images), self.channels, *extents))

    def forward(self, inputs, parameters):
        images, weight = as_maps(inputs), parameters[f"{self.name}.weight"]
        canvas = self.canvas(images)
        for (u, v), place in self.taps.places(*images.shape[2:]):
            canvas[place] += contract("nchw,co->nohw", images, weight[..., u, v])
        outputs = self.taps.crop(canvas)
        return outputs + per_channel(parameters[f"{self.name}.bias"], outputs) if self.bias else outputs

    def backward(self, inputs, gradient, parameters):
        images, weight = as_maps(inputs), parameters[f"{self.name}.weight"]
        of_canvas = self.taps.pad(as_maps(gradient))
        of_images, of_weight = np.zeros_like(images), np.zeros_like(weight)
        for (u, v), place in self.taps.places(*images.shape[2:]):
            of_images += contract("nohw,co->nchw", of_canvas[place], weight[..., u, v])
            of_weight[..., u, v] = contract("nchw,nohw->co", images, of_canvas[place])
        gradients = {f"{self.name}.weight": of_weight}
        if self.bias:
            gradients[f"{self.name}.bias"] = over_samples(as_maps(gradient))
        return of_images.reshape(inputs.shape), gradients
