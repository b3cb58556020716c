"""Compression as a pass: from a network to a new one that trains compressed, and on to one that is."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from digitcompress._arguments import as_integer
from digitcompress.layers import FakeQuantize, LeakyReLU, ReLU, Sigmoid, Tanh
from digitcompress.network import Network, Node, derive
from digitcompress.pruning import Pruning
from digitcompress.quantization import Quantization

__all__ = ["convert", "prepare"]

_ACTIVATIONS = {ReLU: False, Sigmoid: False, Tanh: True, LeakyReLU: True}  # whether the output can be negative

Pass = Pruning | Quantization


def prepare(network: Network, passes: Sequence[Pass], *, seed: int = 0) -> Network:
    """Return a network that trains under compression; ``fit`` trains it, ``convert`` finishes it.

    Parameters
    ----------
    network : Network
        Unchanged.
    passes : sequence of Pruning and Quantization
        Applied to the weights in this order; quantized activations become FakeQuantize nodes after each activation.
    seed : int, default=0
        Keys the stochastic rounding of gradients.

    Returns
    -------
    Network
        Its stored parameters equal those of `network`.

    Raises
    ------
    TypeError
        If a pass is none.

    Examples
    --------
    >>> import digitcompress as dc
    >>> net = dc.prepare(dc.models.mlp([784, 10, 10]), [dc.Pruning(0.5), dc.Quantization(weights=4)])
    >>> net.node_names
    ('flatten1', 'fc1', 'relu1', 'quantize1', 'fc2')
    """
    for item in passes:
        _check_pass(item)
    as_integer("prepare: seed", seed, 0)
    nodes = network.nodes
    for item in passes:
        nodes = _with_activation_quantizers(nodes, item)
    trainable = [(name, shape) for name, shape, is_trainable in network._core.parameters() if is_trainable]
    values = [network.parameters[name] for name, _ in trainable]
    added = [row for name, shape in trainable for item in passes for row in _transform(name, shape, item, seed)]
    return derive(network, nodes, values, [*network._transforms, *added], (*network.compression, *passes))


def convert(network: Network) -> Network:
    """Return the network whose parameters are the effective ones of a prepared network: pruned and rounded for good.

    Parameters
    ----------
    network : Network
        Unchanged.

    Returns
    -------
    Network
        It computes what `network` computes, bit for bit; its ``compression`` says how it came about.

    Examples
    --------
    >>> import digitcompress as dc
    >>> final = dc.convert(dc.prepare(dc.models.mlp([784, 10, 10]), [dc.Pruning(0.5)]))
    >>> int((final.parameters["fc2.weight"] == 0).sum())
    50
    """
    effective = network.effective_parameters()
    names = [name for name, _, is_trainable in network._core.parameters() if is_trainable]
    final = derive(network, network.nodes, [effective[name] for name in names], (), network.compression)
    for name in set(effective) - set(names):
        final.parameters[name][...] = effective[name]
    return final


def _check_pass(item: Any) -> None:
    if not isinstance(item, Pass):
        message = f"prepare: passes must be Pruning or Quantization, got {item!r}"
        raise TypeError(message)


def _with_activation_quantizers(nodes: Sequence[Node], item: Pass) -> list[Node]:
    """Put a quantizer after each activation; what read the activation reads the quantizer, a loss of its own too."""
    if not isinstance(item, Quantization) or item.activations is None:
        return list(nodes)
    taken = {node.name for node in nodes}
    names = (name for number in count(1) if (name := f"quantize{number}") not in taken)
    extended: list[Node] = []
    renamed: dict[str, str] = {}
    for node in nodes:
        is_quantized = type(node.layer) in _ACTIVATIONS
        weight = 0.0 if is_quantized else node.loss_weight
        extended.append(replace(node, inputs=tuple(renamed.get(name, name) for name in node.inputs), loss_weight=weight))
        if is_quantized:
            quantizer = FakeQuantize(item.activations, _ACTIVATIONS[type(node.layer)])
            renamed[node.name] = next(names)
            extended.append(Node(quantizer, (node.name,), renamed[node.name], node.loss_weight))
    return extended


def _transform(name: str, shape: tuple[int, ...], item: Pass, seed: int) -> list[tuple[Any, ...]]:
    is_weight = len(shape) > 1
    if isinstance(item, Pruning):
        return [("prune", name, item.criterion, float(item.sparsity))] if is_weight else []
    weight_bits = (item.weights or 0) if is_weight else 0
    gradient_bits = item.gradients or 0
    return [("quantize", name, item.scheme, weight_bits, gradient_bits, seed)] if weight_bits or gradient_bits else []
