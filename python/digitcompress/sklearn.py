"""A classifier as scikit-learn expects one: in pipelines, grid searches and cross-validation."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from digitcompress import losses, models, optimizers
from digitcompress._extras import import_extra
from digitcompress._registry import check_name
from digitcompress.callbacks import EarlyStopping
from digitcompress.compression import convert, prepare
from digitcompress.errors import DataError, ShapeError
from digitcompress.network import Network, as_network
from digitcompress.training import fit

import_extra("sklearn.base", extra="sklearn", purpose="digitcompress.sklearn")

from sklearn.base import BaseEstimator, ClassifierMixin  # noqa: E402
from sklearn.utils import check_random_state, compute_class_weight  # noqa: E402
from sklearn.utils.multiclass import check_classification_targets  # noqa: E402
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data  # noqa: E402

__all__ = ["DigitClassifier"]

SCALINGS = {"max_abs": "bytes by 255, others by the largest magnitude that fit saw", "none": "as they are"}


class DigitClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A network of digitcompress as a scikit-learn classifier.

    Parameters
    ----------
    model : str or callable, default="mlp"
        What is trained. "mlp" has as many inputs as there are features and as many outputs as there are classes; the others of
        ``dc.models.names()`` are made for 28 by 28 pixels and ten classes. A function is called with the keywords ``input_shape``
        (channels, height, width), ``classes`` and ``seed``, and returns a ``dc.Network``.
    hidden_layer_sizes : tuple of int, default=(128,)
        Hidden layers of "mlp".
    recipe : sequence of passes, optional
        ``dc.Pruning`` and ``dc.Quantization`` to train under; the fitted network is pruned and rounded for good.
    loss, optimizer : str or object
        As ``dc.fit`` takes them.
    learning_rate : float, optional
        Of the named `optimizer`; its own default otherwise.
    epochs, batch_size : int
        Passes over the data, and samples a step.
    schedule, augmentation : object, optional
        Of the learning rate and of the images, as ``dc.fit`` takes them.
    early_stopping : bool, default=False
        Whether to hold `validation_fraction` of the samples out, end when their loss has not improved for `n_iter_no_change` epochs, and
        keep the best epoch's network.
    validation_fraction : float, default=0.1
        Share of the samples, in (0, 1).
    n_iter_no_change : int, default=5
        Epochs without improvement that are borne.
    class_weight : "balanced" or dict of label to float, optional
        Factor of each class in the loss; balanced is n / (classes · n_c).
    scaling : {"max_abs", "none"}, default="max_abs"
        What is done to the features: "max_abs" divides bytes by 255 and others by the largest magnitude that `fit` saw, which makes 0..1
        of pixels whatever their type. Features of different units belong into a ``StandardScaler`` before this classifier.
    random_state : int, RandomState instance or None
        Keys initial weights and shuffling. The number of threads changes nothing.
    threads : int, optional
        At most so many threads; by default DIGITCOMPRESS_NUM_THREADS or all processors.
    verbose : bool, default=False
        Whether to show a progress bar.

    Attributes
    ----------
    classes_ : ndarray, shape (classes,)
        The labels, sorted.
    network_ : Network
        The trained network.
    history_ : History
        What the training recorded.
    loss_curve_ : list of float
        Mean training loss of each epoch.
    n_features_in_ : int
        Features, pixels of an image included.
    n_iter_ : int
        Epochs trained.
    validation_scores_ : list of float
        Accuracy on the samples held out after each epoch; empty without early stopping.
    scale_ : float
        What features are divided by.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> classifier = DigitClassifier(random_state=0).fit(X[:1000], y[:1000])
    >>> classifier.score(X[1000:], y[1000:]) > 0.85
    True
    >>> classifier.network_
    Network(flatten1 -> fc1 -> relu1 -> fc2; 9,610 parameters)
    """

    def __init__(
        self,
        model: Any = "mlp",
        *,
        hidden_layer_sizes: Sequence[int] = (128,),
        recipe: Any = None,
        loss: Any = "cross_entropy",
        optimizer: Any = "adam",
        learning_rate: float | None = None,
        epochs: int = 20,
        batch_size: int | None = 64,
        schedule: Any = "constant",
        augmentation: Any = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 5,
        class_weight: Any = None,
        scaling: str = "max_abs",
        random_state: Any = None,
        threads: int | None = None,
        verbose: bool = False,
    ) -> None:
        self.model = model
        self.hidden_layer_sizes = hidden_layer_sizes
        self.recipe = recipe
        self.loss = loss
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.schedule = schedule
        self.augmentation = augmentation
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.class_weight = class_weight
        self.scaling = scaling
        self.random_state = random_state
        self.threads = threads
        self.verbose = verbose

    def fit(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> "DigitClassifier":
        """Train a new network.

        Parameters
        ----------
        X : array_like, shape (samples, features), (samples, height, width) or (samples, channels, height, width)
            Features or pixels. Rows of a square number of features are square images to models of images.
        y : array_like, shape (samples,)
            Labels of any type.
        sample_weight : array_like, shape (samples,), optional
            Factor of each sample in the loss.

        Returns
        -------
        DigitClassifier
            Itself.

        Raises
        ------
        ValueError, TypeError
            If an argument or a parameter does not fit.
        DivergenceError
            If the loss is no longer finite.
        """
        rows, shape = _rows(X)
        rows, y = validate_data(self, rows, y)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        self.scale_ = self._learnt_scale(rows)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        weights = None if self.class_weight is None else compute_class_weight(self.class_weight, classes=self.classes_, y=y)
        network = self._new_network(shape or _square(rows.shape[1]), seed)
        self.history_ = fit(
            network,
            (self._scaled(rows), labels.astype(np.int64)),
            loss=self._chosen_loss(),
            optimizer=self._chosen_optimizer(),
            epochs=self.epochs,
            batch_size=self.batch_size,
            schedule=self.schedule,
            augmentation=self.augmentation,
            **self._stopping(len(rows)),
            class_weight=weights,
            sample_weight=None if sample_weight is None else _check_sample_weight(sample_weight, rows),
            record_every=1 if self.batch_size is None or len(rows) <= self.batch_size else None,
            seed=seed,
            threads=self.threads,
            progress=bool(self.verbose),
        )
        self.network_ = convert(network) if self.recipe else network
        self.loss_curve_ = self.history_.columns["loss"].tolist()
        self.validation_scores_ = self.history_.columns.get("val_accuracy", np.empty(0)).tolist()
        self.n_iter_ = len(self.loss_curve_)
        return self

    def decision_function(self, X: Any) -> NDArray[np.float32]:
        """Return the logits, shape (samples, classes); of two classes their difference, shape (samples,)."""
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the label of the largest logit for each sample, the first of equals."""
        logits = self._logits(X)
        labels: NDArray[Any] = self.classes_[logits.argmax(axis=1)]
        return labels

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the softmax of the logits, shape (samples, classes)."""
        return np.exp(self.predict_log_proba(X))

    def predict_log_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the logarithm of the softmax of the logits, shape (samples, classes)."""
        logits = self._logits(X).astype(np.float64)
        above = logits - logits.max(axis=1, keepdims=True)
        logarithms: NDArray[np.float64] = above - np.log(np.exp(above).sum(axis=1, keepdims=True))
        return logarithms

    def _logits(self, X: Any) -> NDArray[np.float32]:
        check_is_fitted(self)
        rows = validate_data(self, _rows(X)[0], reset=False)
        return self.network_.forward(self._scaled(rows), threads=self.threads)

    def _learnt_scale(self, rows: NDArray[Any]) -> float:
        if check_name("scaling", SCALINGS, self.scaling) == "none":
            return 1.0
        if rows.dtype == np.uint8:
            return 255.0
        return max(abs(float(rows.min())), abs(float(rows.max()))) or 1.0

    def _scaled(self, rows: NDArray[Any]) -> NDArray[Any]:
        if rows.dtype == np.uint8 and self.scale_ == 255.0:
            return rows  # the core divides bytes itself
        with np.errstate(over="ignore"):  # what overflows is found as not finite
            return (rows / self.scale_).astype(np.float32)

    def _chosen_loss(self) -> Any:
        chosen = losses.get(self.loss)
        if chosen.reconstructs:
            message = f"DigitClassifier: loss must compare with labels, got {self.loss!r}"
            raise DataError(message)
        return chosen

    def _chosen_optimizer(self) -> Any:
        if self.learning_rate is None:
            return optimizers.get(self.optimizer)
        if not isinstance(self.optimizer, str):
            message = f"DigitClassifier: learning_rate must be None when optimizer is an object, got {self.learning_rate!r}"
            raise DataError(message)
        return type(optimizers.get(self.optimizer))(learning_rate=self.learning_rate)

    def _stopping(self, samples: int) -> dict[str, Any]:
        if not self.early_stopping:
            return {}
        if samples < 2:
            message = f"DigitClassifier: early_stopping must have at least two samples, got {samples} sample"
            raise DataError(message)
        return {"validation": self.validation_fraction, "callbacks": [EarlyStopping(patience=self.n_iter_no_change)]}

    def _new_network(self, shape: tuple[int, int, int], seed: int) -> Network:
        classes = len(self.classes_)
        if callable(self.model):
            network = as_network(self.model(input_shape=shape, classes=classes, seed=seed), "DigitClassifier: model")
        elif self.model == "mlp":
            network = models.mlp([math.prod(shape), *self.hidden_layer_sizes, classes], seed=seed)
        else:
            network = models.get(self.model)(seed=seed)
        if math.prod(network.input_shape) != math.prod(shape) or network.classes != classes:
            found = f"one for {network.input_shape} and {network.classes}"
            message = f"DigitClassifier: model must be made for the input shape {shape} and {classes} classes, got {found}"
            raise ShapeError(message)
        return prepare(network, self.recipe, seed=seed) if self.recipe else network


def _rows(X: Any) -> tuple[Any, tuple[int, int, int] | None]:
    """Return one row for each sample, and the shape of an image when X has images."""
    values = X if hasattr(X, "shape") else np.asarray(X)
    if len(values.shape) not in {3, 4}:
        return values, None
    _, *channels, height, width = values.shape
    return np.asarray(values).reshape(len(values), -1), (*channels, height, width) if channels else (1, height, width)


def _square(features: int) -> tuple[int, int, int]:
    side = math.isqrt(features)
    return (1, side, side) if side * side == features else (features, 1, 1)
