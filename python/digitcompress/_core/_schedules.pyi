from dataclasses import dataclass

from digitcompress.schedules import _Schedule

@dataclass(frozen=True)
class Constant(_Schedule):
    """
    The learning rate as it is.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.schedules.Constant()
    Constant()
    """

@dataclass(frozen=True)
class Cosine(_Schedule):
    """
    Half a cosine from 1 to ``final_fraction``, reached after the last step (Loshchilov and Hutter 2017, eq. 5), behind a linear warm-up.

    Parameters
    ----------
    final_fraction : float, default=0.0
        Factor at the end, in 0..1.
    warmup_steps : int, default=0
        Steps of rising rate before the cosine, at least 0.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.schedules.Cosine()
    Cosine(final_fraction=0.0, warmup_steps=0)
    """

    final_fraction: float = 0.0
    warmup_steps: int = 0

@dataclass(frozen=True)
class Cyclical(_Schedule):
    """
    Triangles: from ``low`` up to 1 and down again in ``period`` epochs, over and over (Smith 2017).

    Parameters
    ----------
    low : float, default=0.1
        Factor at the start of a cycle, in 0..1.
    period : float, default=4.0
        Epochs a cycle, in (0, 1e6].

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.schedules.Cyclical()
    Cyclical(low=0.1, period=4.0)
    """

    low: float = 0.1
    period: float = 4.0

@dataclass(frozen=True)
class Exponential(_Schedule):
    """
    ``gamma`` to the power of the epochs done, fractions of an epoch included.

    Parameters
    ----------
    gamma : float, default=0.9
        What an epoch multiplies by, in (0, 1].

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.schedules.Exponential()
    Exponential(gamma=0.9)
    """

    gamma: float = 0.9

@dataclass(frozen=True)
class OneCycle(_Schedule):
    """
    Up from ``1 / start_divisor`` to 1, then down to ``1 / (start_divisor end_divisor)`` at the last step (Smith and Topin 2019), along half cosines or straight lines.

    Parameters
    ----------
    warmup_share : float, default=0.3
        Share of the steps in which the rate rises, in 0..1.
    start_divisor : float, default=25.0
        Full rate over the first one, in 1..1e6.
    end_divisor : float, default=10000.0
        First rate over the last one, in 1..1e9.
    linear : bool, default=False
        Straight lines, as in the paper, instead of half cosines.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.schedules.OneCycle()
    OneCycle(warmup_share=0.3, start_divisor=25.0, end_divisor=10000.0, linear=False)
    """

    warmup_share: float = 0.3
    start_divisor: float = 25.0
    end_divisor: float = 10000.0
    linear: bool = False

@dataclass(frozen=True)
class ReduceOnPlateau(_Schedule):
    """
    Times ``factor`` whenever the metric has not been smaller than ever before for ``patience`` epochs.

    Parameters
    ----------
    patience : int, default=3
        Epochs without a new best before a drop, at least 1.
    factor : float, default=0.1
        What a drop multiplies by, in (0, 1].
    minimum : float, default=0.0
        No drop goes below this share of the learning rate, in 0..1.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.schedules.ReduceOnPlateau()
    ReduceOnPlateau(patience=3, factor=0.1, minimum=0.0)
    """

    patience: int = 3
    factor: float = 0.1
    minimum: float = 0.0

@dataclass(frozen=True)
class Step(_Schedule):
    """
    Times ``gamma`` after every ``every`` epochs.

    Parameters
    ----------
    every : int, default=5
        Epochs between two drops, at least 1.
    gamma : float, default=0.1
        What a drop multiplies by, in (0, 1].

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.schedules.Step()
    Step(every=5, gamma=0.1)
    """

    every: int = 5
    gamma: float = 0.1
