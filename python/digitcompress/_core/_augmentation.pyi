from dataclasses import dataclass

from digitcompress._described import Described

@dataclass(frozen=True)
class Affine(Described):
    """
    Scaled, sheared, rotated about the centre and shifted: each by an amount drawn evenly between minus and plus its limit. Read bilinearly, black where the image has nothing.

    Parameters
    ----------
    rotation : float, default=10.0
        Largest angle in degrees, in 0..180.
    scale : float, default=0.1
        Largest change of size as a share of it, in 0..0.9.
    shear : float, default=5.0
        Largest slant in degrees, in 0..60.
    shift : float, default=2.0
        Largest shift along each axis in pixels, fractions included, in 0..1000.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.augmentation.Affine()
    Affine(rotation=10.0, scale=0.1, shear=5.0, shift=2.0)
    """

    rotation: float = 10.0
    scale: float = 0.1
    shear: float = 5.0
    shift: float = 2.0

@dataclass(frozen=True)
class Elastic(Described):
    """
    Elastic distortion (Simard et al. 2003): pixels displaced along each axis by ``alpha`` times noise from -1 to 1 that a Gaussian of standard deviation ``sigma`` has smoothed. Read bilinearly, black where the image has nothing.

    Parameters
    ----------
    alpha : float, default=34.0
        Strength, in 0..10000 pixels.
    sigma : float, default=4.0
        Standard deviation of the Gaussian in pixels, in 0.1..100.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.augmentation.Elastic()
    Elastic(alpha=34.0, sigma=4.0)
    """

    alpha: float = 34.0
    sigma: float = 4.0

@dataclass(frozen=True)
class Shift(Described):
    """
    Shifted along each axis by whole pixels, each number from ``-pixels`` to ``pixels`` as likely.

    Parameters
    ----------
    pixels : int, default=2
        Largest shift, in 0..1000.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.augmentation.Shift()
    Shift(pixels=2)
    """

    pixels: int = 2
