"""A network: an immutable graph of layers, and all its parameters in one block of memory."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core, layers
from digitcompress._arguments import as_integer, as_number
from digitcompress._arrays import as_images
from digitcompress._description import KIND, VERSION, NodeRecord, Structure, check_arrays, check_nodes, describe, read_structure
from digitcompress._registry import check_name
from digitcompress._sealed import seal, unseal
from digitcompress.errors import DataError, FormatError, LimitError, ShapeError

__all__ = ["Input", "Network", "Node"]

_MAX_VALUES = 64 << 20


class _Shape(NamedTuple):
    channels: int
    height: int
    width: int


def Input(channels: int, height: int = 1, width: int = 1) -> tuple[int, int, int]:
    """Shape of one input: channels, height and width, each in 1..4096 (a flat vector may have up to 1,048,576 channels).

    Raises
    ------
    DataError
        If an extent is out of range.
    LimitError
        If there are more than 67,108,864 values.

    Examples
    --------
    >>> tuple(Input(1, 28, 28))
    (1, 28, 28)
    """
    flat = height == width == 1
    shape = _Shape(
        as_integer("Input: channels", channels, 1, 1 << 20 if flat else 4096),
        as_integer("Input: height", height, 1, 4096),
        as_integer("Input: width", width, 1, 4096),
    )
    if shape.channels * shape.height * shape.width > _MAX_VALUES:
        message = f"Input: must have at most {_MAX_VALUES:,} values, got {tuple(shape)}"
        raise LimitError(message)
    return shape


@dataclass(frozen=True)
class Node:
    """A layer with a place of its own in the graph.

    Parameters
    ----------
    layer : layer
        From ``dc.layers``.
    inputs : sequence of str, default=()
        Names of the nodes it reads, in order; ``"input"`` is the network's own input. Without names it reads the node before it.
    name : str, default=""
        What it is called; by default its kind with a number, as ``conv1``.
    loss_weight : float, default=0
        Above zero the node is an auxiliary head: training adds its loss, times this weight, to that of the logits. It has as many values
        as the network's output and stands before it. Predictions, evaluations and records of training look at the output alone,
        and do not compute what only heads need.

    Examples
    --------
    >>> import digitcompress as dc
    >>> conv, relu = dc.layers.Conv2d(4, kernel=3, padding=1), dc.layers.ReLU()
    >>> block = [conv, Node(relu, name="trunk"), conv, Node(dc.layers.Add(), inputs=("conv2", "trunk"))]
    >>> dc.Network(dc.Input(1, 28, 28), [*block, dc.layers.GlobalAvgPool(), dc.layers.Dense(10)]).parameter_count
    238

    A head after the first pooling, as GoogLeNet has them:

    >>> trunk, head = Node(dc.layers.MaxPool2d(2), name="trunk"), Node(dc.layers.Dense(10), name="head", loss_weight=0.3)
    >>> end = [dc.layers.Flatten(), dc.layers.Dense(10)]
    >>> net = dc.Network(dc.Input(1, 28, 28), [conv, trunk, dc.layers.Flatten(), head, Node(conv, ("trunk",)), *end])
    >>> net.forward(np.zeros((5, 28, 28)), node="head").shape
    (5, 10)
    """

    layer: Any
    inputs: Sequence[str] = ()
    name: str = ""
    loss_weight: float = 0.0


class Network:
    """An immutable graph of layers with its parameters.

    Only ``fit`` and writing through `parameters` change the numbers; passes return new networks. The arrays of `parameters` are
    views of the network's memory. A convolution over images smaller than its kernel keeps its weight in another order than the array's,
    which is not C-contiguous then: write to ``array[...]``, not to ``array.reshape(-1)``.

    Parameters
    ----------
    input_shape : tuple of int
        Channels, height and width of one image: ``dc.Input(1, 28, 28)``.
    layers : sequence of layers and Nodes
        From ``dc.layers``, in topological order. A layer reads the one before it, a ``dc.Node`` says what it reads. The last one puts out
        the logits, or is a Softmax after them.
    initializer : str, default="he_uniform"
        How parameters start; see ``Network.initializers()``.
    seed : int, default=0
        Same seed, same bits.

    Raises
    ------
    ShapeError
        If a layer does not fit what it reads; the message names the node.
    DataError
        If the initializer or a node's input is unknown, two nodes share a name, nobody reads a node, or a weight of a loss is out of range.
    TypeError
        If an item is neither a layer nor a Node.
    LimitError
        If there are more than 67,108,864 weights.

    Examples
    --------
    >>> import digitcompress as dc
    >>> net = dc.Network(dc.Input(1, 28, 28), [dc.layers.Flatten(), dc.layers.Dense(10)])
    >>> net.parameter_count
    7850
    >>> net.predict(np.zeros((2, 28, 28), dtype=np.uint8))
    array([0, 0])
    """

    def __init__(self, input_shape: Sequence[int], layers: Sequence[Any], *, initializer: str = "he_uniform", seed: int = 0) -> None:
        check_name("initializer", _core.INITIALIZERS, initializer)
        nodes = [_node_arguments(item) for item in layers]
        channels, height, width = Input(*input_shape)
        self._input_shape = (channels, height, width)
        self._core = _core.NetworkCore(list(self._input_shape), nodes, initializer, as_integer("Network: seed", seed, 0))
        self._transforms: tuple[tuple[Any, ...], ...] = ()
        self._compression: tuple[Any, ...] = ()
        self._lock = threading.Lock()
        self._nodes = [node | {"layer": _layer(*node["layer"])} for node in self._core.nodes()]
        self.parameters: Mapping[str, NDArray[np.float32]] = MappingProxyType(
            {name: self._core.parameter_view(name) for name, _, _ in self._core.parameters()}
        )

    @staticmethod
    def initializers() -> dict[str, str]:
        """Return the names of the initializers and what each draws."""
        return dict(_core.INITIALIZERS)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of one image."""
        return self._input_shape

    @property
    def layers(self) -> list[Any]:
        """The layers in order."""
        return [node["layer"] for node in self._nodes]

    @property
    def nodes(self) -> list[Node]:
        """The layers in order, with their names and what they read."""
        return [Node(node["layer"], tuple(node["inputs"]), node["name"], node["loss_weight"]) for node in self._nodes]

    @property
    def node_names(self) -> tuple[str, ...]:
        """The names of the nodes in order, for ``forward(node=...)``."""
        return tuple(node["name"] for node in self._nodes)

    @property
    def classes(self) -> int:
        """Number of logits."""
        name = self._core.logits_node()
        return int(np.prod(next(node["output_shape"] for node in self._nodes if node["name"] == name)))

    @property
    def parameter_count(self) -> int:
        """Number of trainable values."""
        return sum(self.parameters[name].size for name, _, trainable in self._core.parameters() if trainable)

    @property
    def multiply_adds(self) -> int:
        """Multiplications with additions that predicting one image takes; what only auxiliary heads need is left out."""
        return sum(node["multiply_adds"] for node in self._nodes if node["predicts"])

    @property
    def compression(self) -> tuple[Any, ...]:
        """The passes this network has been prepared with, in order; ``convert`` keeps the record."""
        return self._compression

    @property
    def is_prepared(self) -> bool:
        """Whether its weights are transformed at every pass, as ``prepare`` sets up and ``convert`` ends."""
        return bool(self._transforms)

    def effective_parameters(self) -> dict[str, NDArray[np.float32]]:
        """Return copies of the values a forward pass computes with: stored ones after pruning and quantization."""
        return {name: self._core.effective_copy(name) for name in self.parameters}

    def forward(self, images: Any, node: str | None = None, *, threads: int | None = None) -> NDArray[np.float32]:
        """Return the output of a node for each image.

        Parameters
        ----------
        images : array_like, shape (samples, height, width), (samples, channels, height, width) or (samples, features)
            Bytes are divided by 255; floats are taken as they are.
        node : str, optional
            A name of `node_names`; ``"dense1"`` means ``"fc1"``. The logits by default.
        threads : int, optional
            At most so many threads; by default DIGITCOMPRESS_NUM_THREADS or all processors.

        Returns
        -------
        ndarray of float32, shape (samples, features)

        Raises
        ------
        ShapeError, DataError, TypeError
            If the images do not fit, or there is no such node.
        """
        checked = as_images(images, self.input_shape)
        return self._core.forward(_core.ImageView(checked), self._node(node), as_threads(threads))

    def predict(self, images: Any, *, threads: int | None = None) -> NDArray[np.int64]:
        """Return the class of the largest logit for each image, the first of equals."""
        # Tried as they are: one small image takes less time to classify than to check from here.
        predictions: NDArray[np.int64] | None = _core.predict(self._core, images, 0 if threads is None else as_threads(threads))
        return self.forward(images, threads=threads).argmax(axis=1) if predictions is None else predictions

    def predict_proba(self, images: Any, *, threads: int | None = None) -> NDArray[np.float32]:
        """Return the softmax of the logits, shape (samples, classes)."""
        logits = self.forward(images, threads=threads)
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
        probabilities: NDArray[np.float32] = exponentials / exponentials.sum(axis=1, keepdims=True)
        return probabilities

    def summary(self) -> str:
        """Return a table of the nodes: output shape, parameters, multiply-adds and bytes.

        The total of multiply-adds leaves out what only auxiliary heads need. Running averages and ranges count as parameters; where there
        are any, the last row says how many values are trainable.
        """
        rows = [("Node", "Layer", "Output", "Parameters", "Multiply-adds", "Bytes")]
        for node in self._nodes:
            count = sum(self.parameters[name].size for name in node["parameters"])
            shape = " x ".join(str(extent) for extent in _trimmed(node["output_shape"]))
            name = f"{node['name']} (loss x {node['loss_weight']:g})" if node["loss_weight"] else node["name"]
            rows.append((name, repr(node["layer"]), shape, f"{count:,}", f"{node['multiply_adds']:,}", f"{4 * count:,}"))
        total = sum(values.size for values in self.parameters.values())
        name = "Total" if total == self.parameter_count else f"Total ({self.parameter_count:,} trainable)"
        rows.append((name, "", "", f"{total:,}", f"{self.multiply_adds:,}", f"{4 * total:,}"))
        widths = [max(len(row[column]) for row in rows) for column in range(6)]
        lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
        rule = "-" * max(len(line) for line in lines)
        return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])

    def __repr__(self) -> str:
        is_chain = all(node["inputs"] == [before] for before, node in zip(("input", *self.node_names), self._nodes, strict=False))
        return f"Network({(' -> ' if is_chain else ', ').join(self.node_names)}; {self.parameter_count:,} parameters)"

    def __reduce__(self) -> tuple[Any, ...]:
        return from_bytes, (to_bytes(self),)

    def _node(self, name: str | None) -> str:
        if name is None:
            return str(self._core.logits_node())
        known = f"fc{name.removeprefix('dense')}" if str(name).startswith("dense") else name
        if known not in self.node_names:
            message = f"unknown node {name!r}; known: {', '.join(self.node_names)}"
            raise DataError(message)
        return known


def derive(
    network: Network,
    nodes: Sequence[Node],
    values: Sequence[NDArray[np.float32]],
    transforms: Sequence[tuple[Any, ...]],
    compression: Sequence[Any],
) -> Network:
    """Return a network of other nodes whose trainable parameters take `values`, in order; what passes are made of."""
    derived = Network(network.input_shape, nodes, initializer="zeros")
    names = [name for name, _, trainable in derived._core.parameters() if trainable]
    _fill(derived, dict(zip(names, values, strict=True)), transforms, compression)
    return derived


def _fill(network: Network, values: Mapping[str, Any], transforms: Sequence[tuple[Any, ...]], compression: Sequence[Any]) -> None:
    for name, array in values.items():
        network.parameters[name][...] = array
    attach: dict[str, Callable[..., None]] = {"prune": _core.add_pruning, "quantize": _core.add_quantization}
    for kind, *arguments in transforms:
        attach[kind](network._core, *arguments)
    network._transforms = tuple(transforms)
    network._compression = tuple(compression)


def _structure(network: Network) -> Structure:
    records = tuple(NodeRecord(node.name, node.layer, tuple(node.inputs), node.loss_weight) for node in network.nodes)
    return Structure(network.input_shape, records, network._transforms, network._compression)


def description_of(network: Network) -> dict[str, Any]:
    """Return all of a network but its numbers, as JSON can hold it."""
    return describe(_structure(network))


def to_bytes(network: Network) -> bytes:
    """Return a network as the bytes of its file: what saving, pickling and copying share."""
    return seal(KIND, VERSION, description_of(network), network.parameters)


def from_bytes(content: bytes, name: str = "network") -> Network:
    """Return the network that some bytes describe; every fault in them is a FormatError that begins with `name`."""
    description, arrays = unseal(content, name, KIND, VERSION)
    structure = read_structure(description, name)
    try:
        nodes = [Node(node.layer, node.inputs, node.name, node.loss_weight) for node in structure.nodes]
        network = Network(structure.input_shape, nodes, initializer="zeros")
        check_nodes(structure.nodes, _structure(network).nodes, name)
        check_arrays(arrays, {key: view.shape for key, view in network.parameters.items()}, name)
        _fill(network, arrays, structure.transforms, structure.compression)
    except (DataError, ShapeError, LimitError) as error:
        kind = LimitError if isinstance(error, LimitError) else FormatError
        message = f"{name}: {error}"
        raise kind(message) from error
    return network


def _node_arguments(item: Any) -> tuple[Any, str, list[str], float]:
    node = item if isinstance(item, Node) else Node(item)
    if type(node.layer).__name__ not in _core.LAYERS:
        message = f"Network: layers must come from dc.layers ({', '.join(_core.LAYERS)}), got {node.layer!r:.100}"
        raise TypeError(message)
    inputs = [node.inputs] if isinstance(node.inputs, str) else list(node.inputs)
    return node.layer, str(node.name), [str(name) for name in inputs], as_number("Node: loss_weight", node.loss_weight, 0.0)


def _layer(kind: str, fields: Mapping[str, Any]) -> Any:
    return getattr(layers, kind)(**fields)


def as_network(network: Any, where: str) -> Network:
    """Return `network` if it is one."""
    if isinstance(network, Network):
        return network
    message = f"{where}: network must be a Network, got {type(network).__name__}"
    raise TypeError(message)


def as_threads(threads: int | None) -> int:
    """Return a thread count for the core, 0 standing for its default."""
    return 0 if threads is None else as_integer("threads", threads, 1, 256)


def _trimmed(shape: Sequence[int]) -> Sequence[int]:
    return shape[:1] if tuple(shape[1:]) == (1, 1) else shape


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell.ljust(width) if column < 3 else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths, strict=True))]
