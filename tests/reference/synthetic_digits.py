"""Images that are like handwritten digits in what matters to the code: 28 x 28 bytes, a fifth of them inked, more than half of the
patches of 4 x 4 or 2 x 4 pixels blank, ten learnable classes."""

import numpy as np


def smooth(field):
    """Blur by a running mean of five in both directions."""
    for axis in (0, 1):
        field = sum(np.roll(field, shift, axis) for shift in range(-2, 3)) / 5
    return field


def template(generator):
    """Strokes of one class: the highest ground of a smooth random landscape, away from the border."""
    landscape = smooth(generator.standard_normal((28, 28)))
    landscape[:5], landscape[-5:], landscape[:, :5], landscape[:, -5:] = -1, -1, -1, -1
    return np.clip((landscape - np.quantile(landscape, 0.8)) * 8, 0, 1)


def make(count, seed=0, classes=10):
    """`count` images (count, 28, 28) of uint8 and their labels; every class occurs when count >= classes."""
    generator = np.random.default_rng(12345)
    templates = np.stack([template(generator) for _ in range(classes)])
    generator = np.random.default_rng(seed)
    labels = generator.permutation(np.arange(count) % classes).astype(np.int64)
    images = np.empty((count, 28, 28), dtype=np.uint8)
    for index, label in enumerate(labels):
        shifted = np.roll(templates[label], generator.integers(-1, 2, size=2), axis=(0, 1))
        noisy = shifted * generator.uniform(0.6, 1.0, size=(28, 28))
        images[index] = np.rint(255 * noisy * generator.uniform(0.7, 1.0))
    return images, labels
