"""What makes two trainings the same one, and where they differ."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress.callbacks import Callback
from digitcompress.network import Network, description_of
from digitcompress.training._data import TrainingData

Identity = dict[str, Any]


def identity_of(network: Network, data: TrainingData, rules: Mapping[str, Any], settings: Mapping[str, Any]) -> Identity:
    """Return, as JSON can hold it, all that decides the bits of a training besides its state."""
    return {
        "network": description_of(network),
        "data": _pair(data.train),
        "validation": None if data.validation is None else _pair(data.validation),
        "sample_weight": None if data.sample_weights is None else fingerprint(data.sample_weights),
        "class_weight": data.class_weights,
        **{name: _described(rule) for name, rule in rules.items()},
        **settings,
    }


def stateful(callbacks: Sequence[Callback]) -> list[Callback]:
    """Return the callbacks that a resumed training needs the state of."""
    return [callback for callback in callbacks if type(callback).state is not Callback.state]


def fingerprint(*arrays: NDArray[Any]) -> str:
    """Return a digest of arrays: their types, shapes and contents."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def differences(theirs: Any, ours: Any, where: str = "") -> Iterator[str]:
    """Yield, for each place where two identities differ, what is there and what is here."""
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        for name in sorted(theirs.keys() | ours.keys()):
            yield from differences(theirs.get(name), ours.get(name), f"{where}.{name}" if where else str(name))
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for index, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from differences(one, other, f"{where}[{index}]")
    elif theirs != ours:
        yield f"{where} is {_short(theirs)} there and {_short(ours)} here"


def _pair(pair: tuple[NDArray[Any], NDArray[Any]]) -> dict[str, str | int]:
    return {"samples": len(pair[0]), "images": fingerprint(pair[0]), "labels": fingerprint(pair[1])}


def _described(rule: Any) -> Any:
    if isinstance(rule, list):
        return [_described(each) for each in rule]
    return {"name": type(rule).__name__, **rule.to_dict()}


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
