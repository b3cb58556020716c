"""Train, quantize and prune small neural networks for handwritten digits, and prove what it cost."""

from importlib.metadata import version as _version

from digitcompress import datasets as datasets
from digitcompress._versions import show_versions as show_versions
from digitcompress._versions import versions as versions
from digitcompress.errors import *  # noqa: F403

__version__ = _version("digitcompress")
