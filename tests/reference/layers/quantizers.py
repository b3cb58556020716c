"""Quantizers of activations."""

from dataclasses import dataclass

import numpy as np

from reference import number_formats
from reference.layers.layer import Layer


@dataclass
class FakeQuantize(Layer):
    """Activation quantizer over the range "<name>.range"; 0: none set yet, everything passes.

    Its gradient passes straight through inside the range and stops where a value is clipped.
    """

    bits: int = 8
    signed: bool = False
    variants = ({}, {"bits": 3}, {"bits": 4, "signed": True})
    place = "flat"
    differentiable = False

    def parameter_shapes(self, shape):
        return {f"{self.name}.range": (1,)}

    def forward(self, inputs, parameters):
        value_range = float(parameters[f"{self.name}.range"][0])
        if value_range == 0:
            return inputs
        quantize = number_formats.signed if self.signed else number_formats.unsigned
        return quantize(inputs, self.bits, value_range)

    def derivative(self, inputs, parameters):
        value_range = float(parameters[f"{self.name}.range"][0])
        if value_range == 0:
            return np.ones_like(inputs)
        lowest = -value_range if self.signed else 0.0
        return ((inputs >= lowest) & (inputs <= value_range)).astype(np.float64)
