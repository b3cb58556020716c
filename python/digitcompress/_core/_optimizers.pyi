from dataclasses import dataclass

from digitcompress._described import Described

@dataclass(frozen=True)
class Adam(Described):
    """
    Adaptive moments (Kingma and Ba 2015, algorithm 1), with L2 weight decay on request.

    Parameters
    ----------
    learning_rate : float, default=0.001
        Step size, positive.
    beta1 : float, default=0.9
        Decay of the mean of gradients, in [0, 1).
    beta2 : float, default=0.999
        Decay of the mean of squared gradients, in [0, 1).
    epsilon : float, default=1e-08
        Added to the root of the second moment, positive.
    weight_decay : float, default=0.0
        L2 penalty added to the gradient, in 0..1.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.optimizers.Adam()
    Adam(learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-08, weight_decay=0.0)
    """

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-08
    weight_decay: float = 0.0

@dataclass(frozen=True)
class AdamW(Described):
    """
    Adam whose weight decay shrinks the parameter itself, apart from the moments (Loshchilov and Hutter 2019, algorithm 2).

    Parameters
    ----------
    learning_rate : float, default=0.001
        Step size, positive.
    beta1 : float, default=0.9
        Decay of the mean of gradients, in [0, 1).
    beta2 : float, default=0.999
        Decay of the mean of squared gradients, in [0, 1).
    epsilon : float, default=1e-08
        Added to the root of the second moment, positive.
    weight_decay : float, default=0.01
        Share of the parameter, times the step size, lost every step, in 0..1.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.optimizers.AdamW()
    AdamW(learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-08, weight_decay=0.01)
    """

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-08
    weight_decay: float = 0.01

@dataclass(frozen=True)
class RMSprop(Described):
    """
    Gradients divided by the root of their mean square (Tieleman and Hinton 2012, lecture 6.5), with momentum on request.

    Parameters
    ----------
    learning_rate : float, default=0.01
        Step size, positive.
    alpha : float, default=0.99
        Decay of the mean of squared gradients, in [0, 1).
    epsilon : float, default=1e-08
        Added to the root of the mean square, positive.
    momentum : float, default=0.0
        Share of the last step kept, in [0, 1).
    weight_decay : float, default=0.0
        L2 penalty added to the gradient, in 0..1.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.optimizers.RMSprop()
    RMSprop(learning_rate=0.01, alpha=0.99, epsilon=1e-08, momentum=0.0, weight_decay=0.0)
    """

    learning_rate: float = 0.01
    alpha: float = 0.99
    epsilon: float = 1e-08
    momentum: float = 0.0
    weight_decay: float = 0.0

@dataclass(frozen=True)
class SGD(Described):
    """
    Gradient descent, with momentum (Sutskever et al. 2013) and L2 weight decay on request.

    Parameters
    ----------
    learning_rate : float, default=0.01
        Step size, positive.
    momentum : float, default=0.0
        Share of the last step kept, in [0, 1).
    nesterov : bool, default=False
        Look ahead along the momentum.
    weight_decay : float, default=0.0
        L2 penalty added to the gradient, in 0..1.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.optimizers.SGD()
    SGD(learning_rate=0.01, momentum=0.0, nesterov=False, weight_decay=0.0)
    """

    learning_rate: float = 0.01
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
