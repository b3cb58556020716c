"""The published tables, once, as data. Shares are in percent, as printed."""

from typing import NamedTuple

LEARNING_RATES = (0.02, 0.01, 0.0002, 0.0001)
DEFAULT_RATE = 0.0002
BATCH_SIZE = 64
SHORT_EPOCHS = 10
LONG_EPOCHS = 25


class Accuracies(NamedTuple):
    """Accuracy on the training, validation and test images."""

    train: float
    validation: float
    test: float


class Final(NamedTuple):
    """A row of table 4: accuracies, seconds of training, and the cross entropy, which the source prints with a percent sign."""

    accuracies: Accuracies
    seconds: float
    loss: float


# Tables 1 to 3: 10 epochs at each learning rate.
BY_RATE = {
    "MLP": {
        0.02: Accuracies(97.0, 96.7, 97.1),
        0.01: Accuracies(97.2, 97.1, 97.1),
        0.0002: Accuracies(97.2, 97.3, 96.7),
        0.0001: Accuracies(97.1, 97.3, 96.6),
    },
    "LeNet": {
        0.02: Accuracies(95.3, 96.9, 99.3),
        0.01: Accuracies(95.3, 91.7, 99.2),
        0.0002: Accuracies(96.3, 88.0, 98.1),
        0.0001: Accuracies(96.2, 97.1, 99.2),
    },
    "ResNet-18": {
        0.02: Accuracies(98.2, 97.8, 99.1),
        0.01: Accuracies(98.0, 98.2, 99.2),
        0.0002: Accuracies(98.2, 98.3, 99.2),
        0.0001: Accuracies(98.1, 97.2, 99.4),
    },
}
# Table 4 and the training times of figure 27: 25 epochs at the default learning rate.
FINAL = {
    "ResNet-18": Final(Accuracies(98.9, 99.0, 99.1), 502, 1.4),
    "LeNet": Final(Accuracies(98.1, 98.7, 99.2), 908, 0.6),
    "MLP": Final(Accuracies(98.4, 98.6, 97.3), 235, 4.2),
}
