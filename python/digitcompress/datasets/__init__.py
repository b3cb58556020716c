"""Handwritten digits: strict readers for the usual files, and the usual data sets by name.

Every data set is a `Dataset` of up to three splits (``train``, ``validation``, ``test``), each with ``images`` (uint8) and
``labels`` (int64).

Examples
--------
>>> from digitcompress import datasets
>>> data = datasets.load("digits-8x8", validation=0.2, seed=0)
>>> data.train.images.shape, data.validation.labels.shape
((1438, 8, 8), (359,))
"""

from digitcompress.datasets._centring import center_digit
from digitcompress.datasets._csv import load_csv
from digitcompress.datasets._dataset import Dataset, Split
from digitcompress.datasets._deslanting import deslant
from digitcompress.datasets._idx import load_idx, read_idx
from digitcompress.datasets._image_folder import load_images
from digitcompress.datasets._loading import NAMES, fetch, load
from digitcompress.datasets._pictures import read_image

__all__ = [
    "NAMES",
    "Dataset",
    "Split",
    "center_digit",
    "deslant",
    "fetch",
    "load",
    "load_csv",
    "load_idx",
    "load_images",
    "read_idx",
    "read_image",
]
