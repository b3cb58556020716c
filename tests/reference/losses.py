"""Losses of classifiers in float64, written from their definitions.

Every function takes logits (samples, classes) and integer labels and returns the loss of each sample and its gradient with
respect to that sample's logits.

- Cross entropy, squared error of the softmax: Bishop, "Pattern Recognition and Machine Learning", 2006, sections 4.3.4 and 5.2.
- Focal: Lin et al., "Focal loss for dense object detection", ICCV 2017, eq. (4).
- Multi-class hinge: Crammer & Singer, "On the algorithmic implementation of multiclass kernel-based vector machines", JMLR 2001.
- One-versus-rest hinge: Rifkin & Klautau, "In defense of one-vs-all classification", JMLR 2004.
- Label smoothing: Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR 2016, section 7.
- Margin: Sabour, Frosst & Hinton, "Dynamic routing between capsules", NIPS 2017, eq. (4); its "logits" are lengths.
- Negative log likelihood: Bishop 2006, section 4.3.4; its "logits" are log-probabilities.

Reconstruction losses take outputs and targets (samples, features) instead: Goodfellow, Bengio & Courville, "Deep Learning", 2016,
sections 6.2.2.1 and 6.2.2.2 (squared error, Bernoulli outputs) and chapter 14.
"""

import numpy as np


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def softmax(logits):
    return np.exp(log_softmax(logits))


def one_hot(labels, classes):
    return np.eye(classes)[labels]


def through_softmax(probabilities, gradient):
    """Gradient for the logits from one for the probabilities: J = diag(p) - p p^T."""
    return probabilities * (gradient - (probabilities * gradient).sum(axis=1, keepdims=True))


def cross_entropy(logits, labels, label_smoothing=0.0):
    classes = logits.shape[1]
    targets = (1 - label_smoothing) * one_hot(labels, classes) + label_smoothing / classes
    return -(targets * log_softmax(logits)).sum(axis=1), softmax(logits) - targets


def negative_log_likelihood(log_probabilities, labels):
    picked = one_hot(labels, log_probabilities.shape[1])
    return -(picked * log_probabilities).sum(axis=1), -picked


def mean_squared_error(logits, labels):
    classes = logits.shape[1]
    probabilities = softmax(logits)
    difference = probabilities - one_hot(labels, classes)
    return (difference**2).mean(axis=1), through_softmax(probabilities, 2 * difference / classes)


def focal(logits, labels, gamma=2.0):
    rows = np.arange(len(labels))
    log_p = log_softmax(logits)[rows, labels]
    p = np.exp(log_p)
    # 1 - p from the other classes: subtracting a p near 1 would cancel.
    others = (softmax(logits) * (1 - one_hot(labels, logits.shape[1]))).sum(axis=1)
    slope = np.zeros_like(p)
    if gamma > 0:
        positive = others > 0
        slope[positive] = gamma * others[positive] ** (gamma - 1) * p[positive] * log_p[positive]
    # d/dz_j of -(1-p)^g log p, with dp/dz_j = p (y_j - p_j)
    factor = slope - others**gamma
    return -(others**gamma) * log_p, factor[:, None] * (one_hot(labels, logits.shape[1]) - softmax(logits))


def hinge(logits, labels):
    rows = np.arange(len(labels))
    rivals = logits.copy()
    rivals[rows, labels] = -np.inf
    rival = rivals.argmax(axis=1)
    margin = 1 + logits[rows, rival] - logits[rows, labels]
    gradient = np.zeros_like(logits)
    gradient[rows, rival] += margin > 0
    gradient[rows, labels] -= margin > 0
    return np.maximum(margin, 0), gradient


def hinge_one_vs_rest(logits, labels):
    sign = 2 * one_hot(labels, logits.shape[1]) - 1
    margin = 1 - sign * logits
    return np.maximum(margin, 0).sum(axis=1), -sign * (margin > 0)


def margin(lengths, labels, positive=0.9, negative=0.1, down_weight=0.5):
    present = one_hot(labels, lengths.shape[1])
    missing, excess = np.maximum(0, positive - lengths), np.maximum(0, lengths - negative)
    losses = present * missing**2 + down_weight * (1 - present) * excess**2
    return losses.sum(axis=1), -2 * present * missing + 2 * down_weight * (1 - present) * excess


def reconstruction(outputs, targets):
    difference = outputs - targets
    return (difference**2).mean(axis=1), 2 * difference / outputs.shape[1]


def binary_reconstruction(outputs, targets):
    """-x log s - (1 - x) log(1 - s), where -log s(z) = log(1 + exp(-z))."""
    losses = targets * np.logaddexp(0, -outputs) + (1 - targets) * np.logaddexp(0, outputs)
    return losses.mean(axis=1), (np.exp(-np.logaddexp(0, -outputs)) - targets) / outputs.shape[1]


LOSSES = {
    "cross_entropy": cross_entropy,
    "weighted_cross_entropy": cross_entropy,
    "mse": mean_squared_error,
    "focal": focal,
    "hinge": hinge,
    "hinge_one_vs_rest": hinge_one_vs_rest,
    "nll": negative_log_likelihood,
    "margin": margin,
}
RECONSTRUCTIONS = {"reconstruction": reconstruction, "binary_reconstruction": binary_reconstruction}

# Hyper-parameters with which the battery tries a loss, besides its defaults.
VARIANTS = {
    "cross_entropy": [{"label_smoothing": 0.1}, {"label_smoothing": 0.7}],
    "weighted_cross_entropy": [{"label_smoothing": 0.1}],
    "focal": [{"gamma": 0.0}, {"gamma": 0.5}, {"gamma": 1.0}, {"gamma": 5.0}],
    "margin": [{"positive": 1.0, "negative": 0.0, "down_weight": 1.0}, {"positive": 0.7, "negative": 0.2, "down_weight": 0.25}],
}

# How a loss grows with its logits: by what power of them; the others are linear.
DEGREE = {"margin": 2, "reconstruction": 2}

BALANCED = frozenset({"weighted_cross_entropy"})


def balanced_weights(labels, classes):
    """Give every class the same total weight, n / (C n_c); a class without samples gets 0 and is never looked up."""
    counts = np.bincount(labels, minlength=classes)
    return np.divide(len(labels), classes * counts, out=np.zeros(classes), where=counts > 0)


def class_weights(name, labels, classes, given=None):
    """Weight of each class: `given`, or balanced for a loss that balances, or 1."""
    if given is not None:
        return np.asarray(given, dtype=np.float64)
    return balanced_weights(labels, classes) if name in BALANCED else np.ones(classes)
