"""The published tables, once, as data: accuracies are shares of 1, sizes kilobytes of the TensorFlow Lite file."""

from typing import NamedTuple

SOURCE_EPOCHS = 20
# What the source left unsaid, with the defaults of the library it used.
SOURCE_RATE = 0.001
SOURCE_BATCH = 32


class Row(NamedTuple):
    """One row of the published tables."""

    network: str
    title: str
    layers: str
    parameters: int
    kilobytes: float
    accuracy: float
    external: float


STEPS = (
    Row("initial", "initial", "80 - 60 - 10", 68_270, 269, 0.9784, 0.7),
    Row("cnn_8_8", "CNN + MP (8,8)", "conv 8, 8 - 10", 10_994, 45.5, 0.9753, 0.9),
    Row("drop_dense", "drop dense layer", "conv 8, 10", 13_610, 55.5, 0.9793, 0.8),
    Row("neurons_2_2", "change neurons (2,2)", "conv 2, 2 - 10", 728, 5.5, 0.3830, 0.2),
    Row("dropout", "dropout 20 %", "conv 8, dropout, 8 - 10", 10_994, 45.5, 0.9812, 0.8),
    Row("two_cnn_3_3_4", "2x CNN + MP (3,3,4)", "conv 3, conv 3, 4 - 10", 468, 5, 0.9279, 0.7),
    Row("neurons_3_4_5", "change neurons (3,4,5)", "conv 3, conv 4, 5 - 10", 707, 6, 0.9483, 0.9),
    Row("leaky_relu", "leaky ReLU 0.1", "conv 3, conv 4, 5 - 10", 707, 6.5, 0.9636, 1.0),
)
LARGE = (
    Row("squeezenet", "SqueezeNet", "fire modules", 45_088, 185, 0.9671, 0.8),
    Row("capsnet", "Efficient-CapsNet", "capsules with self-attention", 161_824, 656, 0.9978, 1.0),
)
ROWS = {row.network: row for row in (*STEPS, *LARGE)}
SMALLEST = "leaky_relu"
