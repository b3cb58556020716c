"""Full-batch training of a chain of layers in float64: the truth for `digitcompress.fit`.

Each step: masks and codes of the weights from the stored weights, forward pass with the activation ranges of the step before
(the first step: of a pass without activation quantizers), record, gradient straight through to the stored weights, update.
"""

from dataclasses import dataclass, field

import numpy as np

from reference import layers as layers_reference
from reference import losses, metrics, number_formats, pruning


@dataclass(frozen=True)
class Compression:
    """What stands between the stored and the effective weights; None leaves them alone."""

    weight_bits: int | None = None
    scheme: str = "symmetric"
    sparsity: float | None = None

    def effective(self, parameters):
        return {name: self._transform(value) if name.endswith(".weight") else value for name, value in parameters.items()}

    def _transform(self, weight):
        if self.sparsity is not None:
            weight = weight * pruning.mask(weight, self.sparsity)
        if self.weight_bits is not None:
            weight = number_formats.FORMATS[self.scheme].quantize(weight, self.weight_bits)
        return weight


@dataclass
class Trace:
    """What every step looked like before its update, and the parameters after the last."""

    loss: list = field(default_factory=list)
    accuracy: list = field(default_factory=list)
    confusion: list = field(default_factory=list)
    class_loss: list = field(default_factory=list)
    parameters: dict = field(default_factory=dict)

    def record(self, logits, labels, sample_losses, weights):
        """The loss is weighted, the loss of a class is the plain mean of its samples."""
        classes, predicted = logits.shape[1], logits.argmax(axis=1)
        self.loss.append((weights * sample_losses).mean())
        self.accuracy.append((predicted == labels).mean())
        self.confusion.append(metrics.confusion(labels, predicted, classes))
        self.class_loss.append(metrics.class_means(sample_losses, labels, classes))


@dataclass(frozen=True)
class Task:
    """What is minimised."""

    loss: str
    hyper_parameters: dict = field(default_factory=dict)
    class_weight: np.ndarray | None = None
    gradient_samples: int | None = None

    def weights(self, labels, classes):
        """Weight of each sample."""
        return losses.class_weights(self.loss, labels, classes, self.class_weight)[labels]

    def evaluate(self, logits, labels):
        """Loss of each sample, and the gradient of the weighted mean."""
        sample_losses, gradient = losses.LOSSES[self.loss](logits, labels, **self.hyper_parameters)
        weights = self.weights(labels, logits.shape[1])
        return sample_losses, weights[:, None] * gradient / (self.gradient_samples or len(labels))


def ranges(chain, values):
    """The largest magnitude that reached each activation quantizer."""
    quantizers = [(index, layer) for index, layer in enumerate(chain) if isinstance(layer, layers_reference.LAYERS["FakeQuantize"])]
    return {f"{layer.name}.range": np.array([np.abs(values[index]).max()]) for index, layer in quantizers}


def train(chain, parameters, data, task, *, optimizer, iterations, compression=Compression()):
    """Train on `data` = (images already scaled, labels); `optimizer()` makes the optimizer of one parameter array."""
    images, labels = data
    stored = {name: np.array(value, dtype=np.float64) for name, value in parameters.items()}
    steppers = {name: optimizer() for name in stored if not name.endswith(".range")}
    trace = Trace()
    if any(not stored[name] for name in stored.keys() - steppers.keys()):
        # A quantizer without a range lets everything pass, so this is the pass of the plain activations.
        stored |= ranges(chain, layers_reference.forward(chain, images, compression.effective(stored)))
    for _ in range(iterations):
        effective = compression.effective(stored)
        values = layers_reference.forward(chain, images, effective)
        sample_losses, gradient = task.evaluate(values[-1], labels)
        trace.record(values[-1], labels, sample_losses, task.weights(labels, values[-1].shape[1]))
        gradients = layers_reference.backward(chain, values, gradient, effective)
        stored = {name: stepper.step(stored[name], gradients[name]) for name, stepper in steppers.items()}
        stored |= ranges(chain, values)
    trace.parameters = stored
    return trace
