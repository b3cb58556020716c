"""A network of ours as a module of PyTorch: the same graph, from the same parameters."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.benchmarks._pytorch_capsules import length, primary_capsules, routing
from digitcompress.benchmarks._task import weights_of
from digitcompress.network import Network

# What is averaged while training bears another name there.
_NAMES = {"running_variance": "running_var"}


def torch_network(torch: Any, network: Network) -> Any:
    """Return a module whose output is a list: the logits, then each auxiliary head as a pair of its weight and its values."""
    graph = torch.nn.Module()
    graph.layers = torch.nn.ModuleList(_module(torch, layer, values) for layer, values in weights_of(network))
    graph.names = {module: list(values) for module, (_, values) in zip(graph.layers, weights_of(network), strict=True)}
    graph.prefixes = dict(zip(graph.layers, network.node_names, strict=True))
    graph.forward = _forward(graph.layers, network)
    return graph


def parameters_of(graph: Any) -> dict[str, NDArray[np.float32]]:
    """Return copies of all arrays under our names, the running averages among them."""
    arrays = {}
    for module in graph.layers:
        found = module.state_dict()
        for name in graph.names[module]:
            arrays[f"{graph.prefixes[module]}.{name}"] = found[_NAMES.get(name, name)].numpy().copy()
    return arrays


def _forward(modules: Any, network: Network) -> Any:
    """Return the function that runs the nodes in order."""
    names, readers = network.node_names, [node["inputs"] for node in network._nodes]
    heads = [(node["loss_weight"], node["name"]) for node in network._nodes if node["loss_weight"] > 0]

    def forward(pixels: Any) -> list[Any]:
        values = {"input": pixels}
        for name, inputs, module in zip(names, readers, modules, strict=True):
            values[name] = module(*(values[source] for source in inputs))
        return [values[names[-1]], *((weight, values[name]) for weight, name in heads)]

    return forward


def _module(torch: Any, layer: Any, values: dict[str, NDArray[np.float32]]) -> Any:
    module = _MODULES[type(layer).__name__](torch, layer, values)
    if values:
        found = {_NAMES.get(name, name): torch.from_numpy(array) for name, array in values.items()}
        module.load_state_dict(module.state_dict() | found)
    return module


def _convolution(torch: Any, layer: Any, values: dict[str, Any]) -> Any:
    channels, inputs, *_ = values["weight"].shape
    options = {"stride": layer.stride, "padding": layer.padding, "groups": layer.groups, "bias": layer.bias}
    return torch.nn.Conv2d(inputs * layer.groups, channels, layer.kernel, **options)


def _normalization(torch: Any, layer: Any, values: dict[str, Any]) -> Any:
    return torch.nn.BatchNorm2d(len(values["weight"]), eps=layer.epsilon, momentum=layer.momentum)


def _dense(torch: Any, layer: Any, values: dict[str, Any]) -> Any:
    """Return a linear layer that flattens what it reads, as ours does."""
    units, inputs = values["weight"].shape
    linear = torch.nn.Linear(inputs, units, bias=layer.bias)
    linear.register_forward_pre_hook(lambda _, arguments: (arguments[0].flatten(1),))
    return linear


def _joined(torch: Any, join: Any) -> Any:
    module = torch.nn.Module()
    module.forward = join
    return module


_MODULES: dict[str, Any] = {
    "Add": lambda torch, *_: _joined(torch, lambda *values: sum(values[1:], values[0])),
    "AvgPool2d": lambda torch, layer, _: torch.nn.AvgPool2d(layer.kernel, layer.stride or None, layer.padding),
    "BatchNorm": _normalization,
    "CapsuleRouting": routing,
    "Concat": lambda torch, *_: _joined(torch, lambda *values: torch.cat(values, dim=1)),
    "Conv2d": _convolution,
    "Dense": _dense,
    "Dropout": lambda torch, layer, _: torch.nn.Dropout(layer.rate),
    "Flatten": lambda torch, *_: torch.nn.Flatten(),
    "GlobalAvgPool": lambda torch, *_: torch.nn.AdaptiveAvgPool2d(1),
    "Length": length,
    "LeakyReLU": lambda torch, layer, _: torch.nn.LeakyReLU(layer.slope),
    "MaxPool2d": lambda torch, layer, _: torch.nn.MaxPool2d(layer.kernel, layer.stride or None, layer.padding, ceil_mode=layer.ceil_mode),
    "PrimaryCapsules": primary_capsules,
    "ReLU": lambda torch, *_: torch.nn.ReLU(),
    "Sigmoid": lambda torch, *_: torch.nn.Sigmoid(),
    "Upsample": lambda torch, layer, _: torch.nn.Upsample(scale_factor=layer.factor),
}
KINDS = frozenset(_MODULES)
