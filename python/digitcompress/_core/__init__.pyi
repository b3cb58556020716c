"""
Compiled core of digitcompress; use the public names of the digitcompress package.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing
import typing_extensions

import digitcompress._described

class CsvReader:
    """
    Reads Kaggle's digit-recognizer format piece by piece.
    """
    def __init__(
        self,
        source: str,
        *,
        labels: bool,
        label_last: bool,
        max_rows: typing.SupportsInt | typing.SupportsIndex,
        expected_bytes: typing.SupportsInt | typing.SupportsIndex,
    ) -> None: ...
    def feed(self, piece: typing_extensions.Buffer) -> None:
        """
        Take the next bytes of the text.
        """
    def finish(self) -> tuple[numpy.ndarray, numpy.ndarray]:
        """
        The images and the labels (empty without labels) of all rows.
        """

class ImageView:
    """
    A (samples, features) uint8 or float32 array, seen by the core without a copy.
    """
    def __init__(self, array: numpy.ndarray) -> None: ...
    @property
    def address(self) -> int:
        """
        Where the core reads the first pixel.
        """

class NetworkCore:
    """
    Structure and parameters of a network.
    """
    def __init__(
        self,
        input: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"],
        nodes: collections.abc.Sequence[
            tuple[digitcompress._described.Described, str, collections.abc.Sequence[str], typing.SupportsFloat | typing.SupportsIndex]
        ],
        initializer: str,
        seed: typing.SupportsInt | typing.SupportsIndex,
    ) -> None: ...
    def effective_copy(self, name: str) -> numpy.ndarray:
        """
        The values a forward pass computes with.
        """
    def forward(self, images: ImageView, node: str, threads: typing.SupportsInt | typing.SupportsIndex) -> numpy.ndarray:
        """
        Output of a node, (samples, features).
        """
    def logits_node(self) -> str:
        """
        Name of the node whose output losses and predictions read.
        """
    def nodes(self) -> list:
        """
        A dict for each node, in order.
        """
    def parameter_view(self, name: str) -> numpy.ndarray:
        """
        Writable view of the stored values.
        """
    def parameters(self) -> list:
        """
        (name, shape, trainable) of each parameter, in the arena's order.
        """

class Trainer:
    """
    Trains a network in place, piece by piece.
    """
    def __init__(
        self,
        network: NetworkCore,
        data: tuple[ImageView, typing.Annotated[numpy.typing.ArrayLike, numpy.int64]],
        validation: tuple[ImageView, typing.Annotated[numpy.typing.ArrayLike, numpy.int64]] | None,
        rules: tuple[
            digitcompress._described.Described,
            digitcompress._described.Described,
            digitcompress._described.Described,
            collections.abc.Sequence[digitcompress._described.Described],
        ],
        settings: dict,
        sample_weights: typing.Annotated[numpy.typing.ArrayLike, numpy.float32] | None,
    ) -> None: ...
    def epoch_records(self) -> dict: ...
    def last_epoch(self) -> dict: ...
    def optimizer_state(self) -> list:
        """
        Views of the optimizer's numbers: for each slot a dict by parameter.
        """
    def resume(
        self,
        step: typing.SupportsInt | typing.SupportsIndex,
        samples: typing.SupportsInt | typing.SupportsIndex,
        schedule: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
        unfinished: dict,
    ) -> None:
        """
        Stand where another trainer stood.
        """
    def run(self, steps: typing.SupportsInt | typing.SupportsIndex, callback: typing.Any) -> bool:
        """
        Go so many steps on; False when Ctrl-C stopped it before.
        """
    def running(self) -> tuple[float, float]:
        """
        Mean loss and accuracy of the epoch so far.
        """
    def schedule_state(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        What the schedule remembers of the epochs.
        """
    def step_records(self) -> dict: ...
    def unfinished_epoch(self) -> dict:
        """
        The record of the epoch so far.
        """
    @property
    def epoch_samples(self) -> int:
        """
        Samples of the unfinished epoch.
        """
    @property
    def step(self) -> int: ...
    @property
    def steps_per_epoch(self) -> int: ...

def add_pruning(network: NetworkCore, parameter: str, criterion: str, sparsity: typing.SupportsFloat | typing.SupportsIndex) -> None:
    """
    Mask a parameter of a network that is not shared yet.
    """

def add_quantization(
    network: NetworkCore,
    parameter: str,
    format: str,
    weight_bits: typing.SupportsInt | typing.SupportsIndex,
    gradient_bits: typing.SupportsInt | typing.SupportsIndex,
    seed: typing.SupportsInt | typing.SupportsIndex,
) -> None:
    """
    Fake-quantize a parameter (0 bits: leave alone) of a network that is not shared yet.
    """

def augment(
    images: ImageView,
    shape: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"],
    sequence: collections.abc.Sequence[digitcompress._described.Described],
    seed: typing.SupportsInt | typing.SupportsIndex,
    epoch: typing.SupportsInt | typing.SupportsIndex,
    threads: typing.SupportsInt | typing.SupportsIndex,
) -> numpy.ndarray:
    """
    Changed copies of images of one shape.
    """

def code_bits(format: str, bits: typing.SupportsInt | typing.SupportsIndex) -> int:
    """
    Bits a stored code takes.
    """

def decode_idx(buffer: typing_extensions.Buffer, source: str) -> numpy.ndarray:
    """
    The array in the bytes of a whole IDX file.
    """

def default_threads() -> int:
    """
    Threads a call uses unless told otherwise.
    """

def evaluate(
    network: NetworkCore,
    images: ImageView,
    labels: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    loss: digitcompress._described.Described,
    threads: typing.SupportsInt | typing.SupportsIndex,
) -> dict: ...
def faithful_probabilities(
    images: numpy.ndarray,
    weights: collections.abc.Sequence[numpy.ndarray],
    *,
    compression: str = "none",
    bits: typing.SupportsInt | typing.SupportsIndex = 8,
    threads: typing.SupportsInt | typing.SupportsIndex | None = None,
) -> numpy.typing.NDArray[numpy.float64]:
    """
    Return the softmax outputs (n, C) in float64; quantized as in training when `compression` says so.
    """

def faithful_quirks() -> dict:
    """
    Return what each switchable quirk of the source is, by its name.
    """

def faithful_train(
    images: numpy.ndarray,
    labels: numpy.ndarray,
    start: collections.abc.Sequence[numpy.ndarray],
    learning_rate: typing.SupportsFloat | typing.SupportsIndex,
    iterations: typing.SupportsInt | typing.SupportsIndex,
    *,
    compression: str = "none",
    bits: typing.SupportsInt | typing.SupportsIndex = 8,
    rate: typing.SupportsFloat | typing.SupportsIndex = 0.1,
    gradient_samples: typing.SupportsFloat | typing.SupportsIndex | None = None,
    record_every: typing.SupportsInt | typing.SupportsIndex = 10,
    threads: typing.SupportsInt | typing.SupportsIndex | None = None,
    checkpoints: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = [],
    dev_images: numpy.ndarray | None = None,
    dev_labels: numpy.ndarray | None = None,
    quirks: dict | None = None,
    loss: str = "cross_entropy",
    progress: typing.Any = None,
) -> dict:
    """
    Train by the published study's own arithmetic, in float64.

    One trajectory serves every loss, because the source's losses never reach its gradient.

    Parameters
    ----------
    images : ndarray of uint8 or float64, shape (n, ...)
        C-contiguous; bytes are divided by 255.
    labels : ndarray of int64, shape (n,)
    start : sequence of ndarray of float64
        W1, b1, W2, b2 or W1 … b3; weights (out, in), biases (out, 1) or (out,). Unchanged.
    learning_rate : float
    iterations : int
    compression : {"none", "quantized", "pruned", "both"}
    bits : int
        Codes run from ``-(2**bits - 1)`` to ``2**bits - 1``; 1 to 16.
    rate : float
        Share of each layer's weights masked before an update, in [0, 1).
    gradient_samples : float, optional
        The m of 1/m; by default the number of images.
    record_every : int
        Iterations between two entries of the histories.
    threads : int, optional
        Changes the time, never the result.
    checkpoints : sequence of int
        Numbers of updates after which the weights are returned too.
    dev_images, dev_labels : ndarray, optional
        Classified with the weights of every checkpoint and the last ones.
    quirks : dict of bool, optional
        Switches of `faithful_quirks`, all on by default.
    loss : str
        What is differentiated without the quirk ``loss_ignored``.
    progress : callable, optional
        Told the iterations done, at most every 50 ms; raising KeyboardInterrupt stops, as Ctrl-C does.

    Returns
    -------
    dict
        ``iterations`` done, ``interrupted``, ``weights`` in the shapes of `start`, ``dev_confusion`` (C, C); for each record, with the forward pass
        of that iteration: ``iteration``, ``correct``, ``confusion`` (R, C, C) as [true, predicted], ``losses`` and ``class_losses`` (R, C) by name as
        the source reports them; ``checkpoints``, each with ``iterations``, ``weights`` and ``dev_confusion``.
    """

def format_has_scale(format: str) -> bool: ...
def idx_file_bytes(prefix: typing_extensions.Buffer, source: str) -> int:
    """
    Size of the IDX file that begins with `prefix`, as its header declares it.
    """

def kept(
    values: typing.Annotated[numpy.typing.ArrayLike, numpy.float32], criterion: str, sparsity: typing.SupportsFloat | typing.SupportsIndex
) -> numpy.ndarray:
    """
    Which weights survive pruning.
    """

def loss_gradient(
    loss: digitcompress._described.Described,
    logits: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
    labels: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """
    Loss of each sample and its gradient with respect to the logits.
    """

def machine_floors(threads: typing.SupportsInt | typing.SupportsIndex = 0) -> dict:
    """
    Measure multiply-adds in registers, reading from memory (operations and bytes a second) and a round trip between threads.
    """

def network_gradient(
    network: NetworkCore,
    images: ImageView,
    labels: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    loss: digitcompress._described.Described,
    threads: typing.SupportsInt | typing.SupportsIndex = 0,
) -> dict:
    """
    Mean gradient of each parameter.
    """

def optimizer_steps(
    optimizer: digitcompress._described.Described,
    parameter: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
    gradients: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
    rate_factors: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [],
) -> numpy.ndarray:
    """
    The parameter after one step a row of gradients.
    """

def predict(network: NetworkCore, images: typing.Any, threads: typing.SupportsInt | typing.SupportsIndex) -> typing.Any:
    """
    Class of the largest logit for each image; None if the images need to be converted or refused first.
    """

def prediction_seconds(
    network: NetworkCore,
    images: typing.Any,
    threads: typing.SupportsInt | typing.SupportsIndex,
    calls: typing.SupportsInt | typing.SupportsIndex,
) -> float:
    """
    Mean seconds a call of predict spends outside Python.
    """

def reconstruction_gradient(
    loss: digitcompress._described.Described,
    outputs: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
    targets: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """
    Loss of each sample and its gradient with respect to the outputs.
    """

def reconstructs(loss: digitcompress._described.Described) -> bool:
    """
    Whether the output is compared with the input instead of labels.
    """

def round_stochastically(
    values: typing.Annotated[numpy.typing.ArrayLike, numpy.float32],
    format: str,
    bits: typing.SupportsInt | typing.SupportsIndex,
    seed: typing.SupportsInt | typing.SupportsIndex,
    stream: typing.SupportsInt | typing.SupportsIndex,
) -> numpy.ndarray: ...
def round_to_format(
    values: typing.Annotated[numpy.typing.ArrayLike, numpy.float32], format: str, bits: typing.SupportsInt | typing.SupportsIndex
) -> numpy.ndarray: ...
def schedule_factors(
    schedule: digitcompress._described.Described,
    total_steps: typing.SupportsInt | typing.SupportsIndex,
    steps_per_epoch: typing.SupportsInt | typing.SupportsIndex,
    metrics: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
) -> numpy.typing.NDArray[numpy.float64]:
    """
    What the learning rate is multiplied by at each step, float64.
    """

AUGMENTATIONS: dict
IDX_LONGEST_HEADER: int
INITIALIZERS: dict = {
    "he_uniform": "U(-a, a), a = sqrt(6 / fan_in); biases 0 (He et al. 2015).",
    "he_normal": "Normal cut at two deviations, variance 2 / fan_in, as Keras; biases 0 (He et al. 2015).",
    "glorot_uniform": "U(-a, a), a = sqrt(6 / (fan_in + fan_out)); biases 0 (Glorot and Bengio 2010).",
    "glorot_normal": "Normal cut at two deviations, variance 2 / (fan_in + fan_out), as Keras; biases 0 (Glorot and Bengio 2010).",
    "lecun_uniform": "U(-a, a), a = sqrt(3 / fan_in); biases 0 (LeCun et al. 1998).",
    "lecun_normal": "Normal cut at two deviations, variance 1 / fan_in, as Keras; biases 0 (LeCun et al. 1998).",
    "kaiming_uniform": "PyTorch's name of he_uniform.",
    "kaiming_normal": "N(0, 2 / fan_in), as PyTorch; biases 0 (He et al. 2015).",
    "xavier_uniform": "PyTorch's name of glorot_uniform.",
    "xavier_normal": "N(0, 2 / (fan_in + fan_out)), as PyTorch; biases 0 (Glorot and Bengio 2010).",
    "pytorch": "U(-a, a), a = 1 / sqrt(fan_in), for weights and biases: what PyTorch's layers start with.",
    "uniform_half": "U(-1/2, 1/2) for weights and biases, as the loss study draws its starts.",
    "zeros": "All zero.",
}
LAYERS: dict
LOSSES: dict
NUMBER_FORMATS: dict = {
    "symmetric": "Codes around 0 with one scale a tensor, its largest magnitude; 1 bit: sign times mean magnitude.",
    "truncated": "Fixed scale 2^bits - 1, rounded toward zero, saturating at ±1, as the loss study does.",
}
OPTIMIZERS: dict
PRUNING_CRITERIA: dict = {"magnitude": "Absolute value of the weight (Han et al. 2015)."}
SCHEDULES: dict
compiler: str
eigen_version: str
level: str

LEVELS: tuple[str, ...]

def best_level() -> str:
    """Best processor level of this machine."""
