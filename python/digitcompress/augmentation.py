"""Augmentation: random changes of images, different in every epoch."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core
from digitcompress._arguments import as_integer
from digitcompress._arrays import as_images
from digitcompress._described import Described, classes
from digitcompress._registry import by_class_name, find
from digitcompress.errors import ShapeError

if TYPE_CHECKING:  # a stub written from the classes below
    from digitcompress._core._augmentation import *  # noqa: F403

_CLASSES = classes(_core.AUGMENTATIONS, Described, __name__)
globals().update(by_class_name(_CLASSES))
__all__ = [*by_class_name(_CLASSES), "apply", "get", "names", "sequence"]  # noqa: PLE0604


def names() -> tuple[str, ...]:
    """Return the names that ``fit(augmentation=...)`` knows.

    Examples
    --------
    >>> import digitcompress as dc
    >>> dc.augmentation.names()
    ('affine', 'shift', 'elastic')
    """
    return tuple(_CLASSES)


def get(augmentation: Any) -> Any:
    """Return an augmentation by its name, with its defaults; an augmentation object is returned as it is.

    Raises
    ------
    DataError
        If there is no augmentation of that name; the message lists them.

    Examples
    --------
    >>> get("shift")
    Shift(pixels=2)
    """
    return find("augmentation", _CLASSES, augmentation)


def sequence(augmentations: Any) -> list[Any]:
    """Return a list of augmentation objects from None, a name, an object, or several of them.

    Raises
    ------
    DataError
        If there is no augmentation of a name; the message lists them.
    TypeError
        If one is neither a name nor an augmentation.

    Examples
    --------
    >>> sequence(["shift", get("elastic")])
    [Shift(pixels=2), Elastic(alpha=34.0, sigma=4.0)]
    >>> sequence(None)
    []
    """
    if augmentations is None:
        return []
    several = augmentations if isinstance(augmentations, list | tuple) else [augmentations]
    return [get(each) for each in several]


def apply(images: Any, augmentations: Any, *, seed: int = 0, epoch: int = 0, threads: int | None = None) -> NDArray[Any]:
    """Return images as training sees them in one epoch.

    Parameters
    ----------
    images : array_like, shape (samples, height, width) or (samples, channels, height, width)
        Never written to. All channels of an image are changed alike.
    augmentations : str, augmentation or sequence of them
        Names of ``dc.augmentation.names()`` or objects of ``dc.augmentation``, the first applied first. The image is read once, at the
        places that they lead to together, so several blur no more than one.
    seed : int, default=0
        Keys the random numbers, together with the epoch and the number of the sample.
    epoch : int, default=0
        Which epoch.
    threads : int, optional
        At most so many threads; their number does not change the result.

    Returns
    -------
    ndarray of uint8 or float32, in the shape of `images`
        uint8 images stay uint8, rounded.

    Raises
    ------
    DataError, ShapeError, TypeError
        If an argument does not fit.

    References
    ----------
    .. [1] Simard, Steinkraus and Platt, "Best practices for convolutional neural networks applied to visual document analysis", ICDAR 2003.

    Examples
    --------
    >>> import digitcompress as dc
    >>> images = np.zeros((1, 3, 5), dtype=np.uint8)
    >>> images[0, 1, 2] = 255
    >>> dc.augmentation.apply(images, dc.augmentation.Shift(pixels=1), seed=4)[0]
    array([[  0,   0,   0,   0,   0],
           [  0,   0,   0,   0,   0],
           [  0,   0,   0, 255,   0]], dtype=uint8)
    """
    shape = np.shape(images)
    if len(shape) not in {3, 4}:
        message = f"images must have the shape (samples, height, width) or (samples, channels, height, width), got {shape}"
        raise ShapeError(message)
    channels, height, width = (1, *shape[1:]) if len(shape) == 3 else shape[1:]
    if not channels * height * width:
        message = f"images must have at least one pixel, got the shape {shape}"
        raise ShapeError(message)
    checked = as_images(images, (channels, height, width))
    changed = _core.augment(
        _core.ImageView(checked),
        (channels, height, width),
        sequence(augmentations),
        as_integer("augmentation: seed", seed, 0),
        as_integer("augmentation: epoch", epoch, 0, 2**47),
        0 if threads is None else as_integer("augmentation: threads", threads, 1, 256),
    )
    return changed.reshape(shape)
