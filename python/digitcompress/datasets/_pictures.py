"""Picture files of the user: decoded within limits, turned upright, made grey, laid on paper where they are transparent."""

import io
import struct
import warnings
import zlib
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitcompress._extras import import_extra
from digitcompress._files import display_name, kind_of_content, read_whole
from digitcompress.datasets._centring import MAX_EXTENT, centered
from digitcompress.errors import FormatError, LimitError

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["read_image"]

MAX_BYTES = 64 << 20
FORMATS = ("PNG", "JPEG", "BMP", "GIF")
_DEPTH_16 = 65535
_LUMINANCE = (0.299, 0.587, 0.114)  # of red, green and blue, as in ITU-R BT.601
# What Pillow's decoders raise for bytes that are no valid image; files are read before, so an OSError is among them.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError, struct.error, zlib.error)


def read_image(path: str | PathLike[str], *, max_bytes: int = MAX_BYTES) -> NDArray[np.uint8]:
    """Read a picture of one digit as an image like MNIST's.

    PNG, JPEG, BMP and GIF of any size up to 4096 x 4096: with alpha, a palette or 16 bits, turned as EXIF says. What is transparent is
    paper: white if the rest is rather dark, else black. See `center_digit` for the rest.

    Parameters
    ----------
    path : str or path-like
        The file; its content decides what it is, not its name.
    max_bytes : int, default=64 MiB
        A larger file is refused.

    Returns
    -------
    ndarray of uint8, shape (28, 28)
        0 is paper, 255 the heaviest ink.

    Raises
    ------
    FormatError
        If the file is no such picture, is damaged or animated; LimitError if it is too large.
    DataError
        If there is no ink.
    MissingExtraError
        If Pillow is not installed.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> from PIL import Image, ImageDraw
    >>> picture = Image.new("RGB", (300, 200), "white")
    >>> ImageDraw.Draw(picture).line([(150, 20), (150, 180)], fill="black", width=20)
    >>> picture.save("one.png")
    >>> image = read_image("one.png")
    >>> image.shape, int(image[14, 14]), int(image[14, 3])
    ((28, 28), 255, 0)
    """
    import_extra("PIL.Image", extra="data", purpose="reading pictures")
    name = display_name(path)
    content = read_whole(path, max_bytes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow's: a limit of ours says more, and broken EXIF data are no matter
        grey = _decoded(content, name)
    return centered(grey, f"{name}: picture")


def _decoded(content: bytes, name: str) -> NDArray[np.float64]:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            _check(picture, name)
            return _grey(ImageOps.exif_transpose(picture))
    except UnidentifiedImageError as error:
        found = kind_of_content(content[:8]) or ("an empty file" if not content else "something else")
        message = f"{name}: must be an intact {', '.join(FORMATS[:-1])} or {FORMATS[-1]} picture, got {found}"
        raise FormatError(message) from error
    except Image.DecompressionBombError as error:
        raise _too_large(name, "far more") from error
    except (FormatError, MemoryError):
        raise
    except _BROKEN as error:
        message = f"{name}: must be an intact picture, got {error!s:.200}"
        raise FormatError(message) from error


def _check(picture: "Image", name: str) -> None:
    if max(picture.size) > MAX_EXTENT:
        raise _too_large(name, f"{picture.width} x {picture.height}")
    if min(picture.size) < 1:
        message = f"{name}: picture must have pixels, got {picture.width} x {picture.height}"
        raise FormatError(message)
    if getattr(picture, "is_animated", False):
        message = f"{name}: must be a still picture, got an animated one"
        raise FormatError(message)


def _too_large(name: str, found: str) -> LimitError:
    return LimitError(f"{name}: picture must have at most {MAX_EXTENT} x {MAX_EXTENT} pixels, got {found}")


def _grey(picture: "Image") -> NDArray[np.float64]:
    """Return grey values from 0 to 1."""
    if picture.mode.startswith("I"):
        return np.clip(np.asarray(picture).astype(np.float64) / _DEPTH_16, 0.0, 1.0)
    if not picture.has_transparency_data:
        return _luminance(np.asarray(picture.convert("RGB")))
    colours = np.asarray(picture.convert("RGBA"))
    return _on_paper(_luminance(colours[..., :3]), colours[..., 3] / 255.0)


def _luminance(colours: NDArray[Any]) -> NDArray[np.float64]:
    grey: NDArray[np.float64] = colours @ (np.array(_LUMINANCE) / 255.0)
    return np.clip(grey, 0.0, 1.0)


def _on_paper(grey: NDArray[np.float64], alpha: NDArray[np.float64]) -> NDArray[np.float64]:
    is_dark = float((grey * alpha).sum()) <= 0.5 * float(alpha.sum())
    return grey * alpha + (1.0 - alpha) * (1.0 if is_dark else 0.0)
