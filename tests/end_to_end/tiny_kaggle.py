"""A small file in the format of Kaggle's digit-recognizer: a blot for each digit, moved about and dimmed."""

import numpy as np


def write_tiny_kaggle(path, rows=260, seed=0):
    generator = np.random.default_rng(seed)
    labels = np.arange(rows) % 10
    images = np.zeros((rows, 28, 28), dtype=np.int64)
    for image, label in zip(images, labels, strict=True):
        top, left = 3 + 10 * (label // 5) + generator.integers(3), 1 + 5 * (label % 5) + generator.integers(2)
        image[top : top + 8, left : left + 4] = generator.integers(90, 256, (8, 4))
    lines = [",".join(["label", *(f"pixel{place}" for place in range(784))])]
    lines += [",".join(map(str, [label, *image.ravel()])) for label, image in zip(labels, images, strict=True)]
    path.write_text("\n".join(lines) + "\n")
    return path
