from dataclasses import dataclass

from digitcompress.losses import _Loss

@dataclass(frozen=True)
class BinaryReconstruction(_Loss):
    """
    Mean over the features of the binary cross entropy ``-x log s - (1 - x) log(1 - s)`` for inputs x in 0..1 and ``s = sigmoid(output)``.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.losses.BinaryReconstruction()
    BinaryReconstruction()
    """

@dataclass(frozen=True)
class CrossEntropy(_Loss):
    """
    Softmax cross entropy: ``-log p[label]``, or with label smoothing s ``-sum(t log p)`` for ``t = (1 - s) onehot(label) + s / C`` (Szegedy et al. 2016, section 7).

    Parameters
    ----------
    label_smoothing : float, default=0.0
        Share of the target spread over all classes, in [0, 1).

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.losses.CrossEntropy()
    CrossEntropy(label_smoothing=0.0)
    """

    label_smoothing: float = 0.0

@dataclass(frozen=True)
class Focal(_Loss):
    """
    ``-(1 - p)**gamma log p`` for p of the label (Lin et al. 2017, eq. 4).

    Parameters
    ----------
    gamma : float, default=2.0
        Focusing exponent, in 0..20; 0 is cross entropy.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.losses.Focal()
    Focal(gamma=2.0)
    """

    gamma: float = 2.0

@dataclass(frozen=True)
class Hinge(_Loss):
    """
    Multi-class hinge on logits: ``max(0, 1 + max(z[others]) - z[label])`` (Crammer and Singer 2001).

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.losses.Hinge()
    Hinge()
    """

@dataclass(frozen=True)
class HingeOneVsRest(_Loss):
    """
    Sum over the classes of ``max(0, 1 - y z)``, y = 1 for the label and -1 for the others.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.losses.HingeOneVsRest()
    HingeOneVsRest()
    """

@dataclass(frozen=True)
class Margin(_Loss):
    """
    Margin loss of capsules' lengths v: ``max(0, positive - v[label])**2 + down_weight sum(max(0, v[others] - negative)**2)`` (Sabour et al. 2017, eq. 4).

    Parameters
    ----------
    positive : float, default=0.9
        Length from which the label's capsule is long enough, in 0..1.
    negative : float, default=0.1
        Length up to which another capsule is short enough, in 0..1.
    down_weight : float, default=0.5
        Weight of the other classes, in 0..1.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.losses.Margin()
    Margin(positive=0.9, negative=0.1, down_weight=0.5)
    """

    positive: float = 0.9
    negative: float = 0.1
    down_weight: float = 0.5

@dataclass(frozen=True)
class MeanSquaredError(_Loss):
    """
    Mean over the classes of ``(p - onehot(label))**2``, p the softmax output.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.losses.MeanSquaredError()
    MeanSquaredError()
    """

@dataclass(frozen=True)
class NegativeLogLikelihood(_Loss):
    """
    ``-z[label]`` for a network that ends in log-probabilities z, as after ``LogSoftmax``.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.losses.NegativeLogLikelihood()
    NegativeLogLikelihood()
    """

@dataclass(frozen=True)
class Reconstruction(_Loss):
    """
    Mean over the features of ``(output - input)**2``, for auto-encoders.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.losses.Reconstruction()
    Reconstruction()
    """

@dataclass(frozen=True)
class WeightedCrossEntropy(_Loss):
    """
    Cross entropy with a weight per class: ``-w[label] log p[label]``; without ``class_weight`` the weights balance the classes, ``w[c] = n / (C n[c])``. Label smoothing is as in ``CrossEntropy``, and the label's weight multiplies the whole sum.

    Parameters
    ----------
    label_smoothing : float, default=0.0
        Share of the target spread over all classes, in [0, 1).

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.losses.WeightedCrossEntropy()
    WeightedCrossEntropy(label_smoothing=0.0)
    """

    label_smoothing: float = 0.0
