"""scikit-learn as a contender: its multi-layer perceptrons, one `partial_fit` a pass."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._extras import import_extra
from digitcompress.benchmarks._task import Contender, Task, weights_of

_ACTIVATIONS = {"ReLU": "relu", "Sigmoid": "logistic", "Tanh": "tanh"}


class _Training:
    def __init__(self, task: Task) -> None:
        networks: Any = import_extra("sklearn.neural_network", extra="peers", purpose="the contender scikit-learn")
        self._task = task
        layers = weights_of(task.network)
        dense = [values for _, values in layers if values]
        options: dict[str, Any] = {
            "hidden_layer_sizes": [len(values["bias"]) for values in dense[:-1]],
            "activation": next(_ACTIVATIONS[kind] for layer, _ in layers if (kind := type(layer).__name__) in _ACTIVATIONS),
            "solver": "sgd",
            "batch_size": task.batch_size,
            "learning_rate_init": task.workload.learning_rate * self._scale(dense),
            "momentum": 0.0,
            "alpha": 0.0,
            "random_state": 0,
        }
        self._pixels = task.pixels.reshape(len(task.images), -1)
        self._targets = self._pixels if task.reconstructs else task.labels
        self._model = (networks.MLPRegressor if task.reconstructs else networks.MLPClassifier)(**options)
        self._begin(dense)

    def _scale(self, dense: list[dict[str, NDArray[np.float32]]]) -> float:
        """Half the sum over the features is what its regressor descends; the others descend their mean."""
        return 2 / len(dense[-1]["bias"]) if self._task.reconstructs else 1.0

    def _begin(self, dense: list[dict[str, NDArray[np.float32]]]) -> None:
        """Let it build its arrays with one step, then put the start into them."""
        size = self._task.batch_size
        first = {} if self._task.reconstructs else {"classes": np.arange(len(dense[-1]["bias"]))}
        self._model.partial_fit(self._pixels[:size], self._targets[:size], **first)
        for index, values in enumerate(dense):
            self._model.coefs_[index][...] = values["weight"].T
            self._model.intercepts_[index][...] = values["bias"]

    def run(self, epochs: int) -> None:
        for _ in range(epochs):
            self._model.partial_fit(self._pixels, self._targets)

    def parameters(self) -> dict[str, NDArray[np.float32]]:
        pairs = zip(self._model.coefs_, self._model.intercepts_, strict=True)
        values = (array for weight, bias in pairs for array in (weight.T.copy(), bias.copy()))
        return dict(zip(self._task.network.parameters, values, strict=True))


SCIKIT_LEARN = Contender("scikit-learn", _Training, {"sklearn": "scikit-learn"}, kinds=frozenset({"Flatten", "Dense", *_ACTIVATIONS}))
