"""Networks in float64: nodes that read the nodes before them, and the chain rule backwards through them."""

from dataclasses import dataclass

import numpy as np

from reference import layers, losses

INPUT = "input"


@dataclass(frozen=True)
class Node:
    """A layer and the names of the nodes it reads; `layer.name` is its own. A `loss_weight` makes it an auxiliary head."""

    layer: layers.Layer
    inputs: tuple[str, ...]
    loss_weight: float = 0.0

    def read(self, values):
        found = [values[name] for name in self.inputs]
        return found if self.layer.joins else found[0]


def flat_if_points(values):
    """Images of one pixel are flat vectors."""
    return values.reshape(len(values), -1) if values.shape[2:] == (1, 1) else values


@dataclass(frozen=True)
class Graph:
    input_shape: tuple[int, int, int]
    nodes: tuple[Node, ...]

    @property
    def logits(self):
        """The last node, or what a final Softmax reads."""
        last = self.nodes[-1]
        return last.inputs[0] if isinstance(last.layer, layers.LAYERS["Softmax"]) else last.layer.name

    @property
    def outputs(self):
        """Every output with a loss, and what it weighs."""
        return {self.logits: 1.0} | {node.layer.name: node.loss_weight for node in self.nodes if node.loss_weight}

    @property
    def differentiable(self):
        return all(node.layer.differentiable for node in self.nodes)

    def forward(self, images, parameters):
        """Outputs of every node by name."""
        values = {INPUT: flat_if_points(np.asarray(images, dtype=np.float64).reshape(len(images), *self.input_shape))}
        for node in self.nodes:
            values[node.layer.name] = flat_if_points(node.layer.forward(node.read(values), parameters))
        return values

    def backward(self, values, gradients, parameters):
        """Gradient of every node and every parameter by name, from those of some nodes."""
        of_nodes = {name: np.zeros_like(value) for name, value in values.items()} | gradients
        of_parameters = {}
        for node in reversed(self.nodes):
            shares, own = node.layer.backward(node.read(values), of_nodes[node.layer.name], parameters)
            for name, share in zip(node.inputs, shares if node.layer.joins else [shares], strict=True):
                of_nodes[name] = of_nodes[name] + share.reshape(values[name].shape)
            for name, gradient in own.items():
                of_parameters[name] = of_parameters.get(name, 0) + gradient
        return of_nodes, of_parameters

    def mean_loss(self, parameters, data, loss="cross_entropy"):
        """What training minimises, the mean loss of the logits plus the weighted ones of heads, and its gradient for every parameter."""
        images, labels = data
        values = self.forward(images, parameters)
        total, of_outputs = 0.0, {}
        for name, weight in self.outputs.items():
            sample_losses, gradient = losses.LOSSES[loss](values[name].reshape(len(labels), -1), labels)
            total += weight * sample_losses.mean()
            of_outputs[name] = weight * gradient.reshape(values[name].shape) / len(labels)
        return total, self.backward(values, of_outputs, parameters)[1]


def build(input_shape, plan, training=False):
    """Graph of a plan: (class name, name, hyper-parameters, inputs), for a head the weight of its loss too, of each node."""
    nodes = [Node(layers.LAYERS[kind](name, **hyper), tuple(inputs), *weight) for kind, name, hyper, inputs, *weight in plan]
    for node in nodes:
        if hasattr(node.layer, "training"):
            node.layer.training = training
    return Graph(tuple(input_shape), tuple(nodes))


def read(net, training=False):
    """Graph of a network, from its own description."""
    plan = [(type(node.layer).__name__, node.name, node.layer.to_dict(), node.inputs, node.loss_weight) for node in net.nodes]
    return build(net.input_shape, plan, training=training)
