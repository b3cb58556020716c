"""The layers and the loss of capsule networks in PyTorch, which has none of them."""

from collections.abc import Callable
from typing import Any

# Of the margin loss: what a present and an absent class must reach, and how much absent ones weigh.
_POSITIVE, _NEGATIVE, _DOWN_WEIGHT = 0.9, 0.1, 0.5
_LEAST_LENGTH = 1e-12


def primary_capsules(torch: Any, layer: Any, values: dict[str, Any]) -> Any:
    """Return a depth-wise convolution as large as the maps, whose neighbouring values are squashed as vectors."""

    def forward(module: Any, maps: Any) -> Any:
        found = torch.nn.functional.conv2d(maps, module.weight.unsqueeze(1), module.bias, groups=maps.shape[1])
        return _squash(torch, found.reshape(len(maps), -1, layer.size))

    return _module(torch, values, forward)


def routing(torch: Any, layer: Any, values: dict[str, Any]) -> Any:
    """Return the routing of capsules by self-attention."""

    def forward(module: Any, capsules: Any) -> Any:
        votes = torch.einsum("sid,kide->skie", capsules, module.weight)
        agreement = torch.einsum("skie,ske->ski", votes, votes.sum(dim=2)) / layer.size**0.5
        shares = torch.softmax(agreement, dim=1) + module.bias.view(layer.capsules, -1)
        return _squash(torch, torch.einsum("ski,skie->ske", shares, votes))

    return _module(torch, values, forward)


def length(torch: Any, _: Any, values: dict[str, Any]) -> Any:
    """Return the layer of lengths of vectors."""
    return _module(torch, values, lambda _, vectors: vectors.norm(dim=-1))


def margin_loss(functional: Any, lengths: Any, labels: Any) -> Any:
    """Return the mean margin loss of lengths."""
    present = functional.one_hot(labels, lengths.shape[1])
    missing, excess = functional.relu(_POSITIVE - lengths), functional.relu(lengths - _NEGATIVE)
    return (present * missing**2 + _DOWN_WEIGHT * (1 - present) * excess**2).sum(dim=1).mean()


def _module(torch: Any, values: dict[str, Any], forward: Callable[[Any, Any], Any]) -> Any:
    module = torch.nn.Module()
    for name, array in values.items():
        module.register_parameter(name, torch.nn.Parameter(torch.empty(array.shape)))
    module.forward = lambda inputs: forward(module, inputs)
    return module


def _squash(torch: Any, vectors: Any) -> Any:
    n = vectors.norm(dim=-1, keepdim=True).clamp_min(_LEAST_LENGTH)
    return vectors * (-torch.expm1(-n) / n)
