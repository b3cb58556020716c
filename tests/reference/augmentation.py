"""Augmentation in float64, one image at a time.

- Affine: scale, then slant along x, then rotation, all about the centre of the image, then a shift (Goodfellow, Bengio & Courville, "Deep
  Learning", 2016, section 7.4), as homogeneous matrices.
- Elastic: Simard, Steinkraus & Platt, "Best practices for convolutional neural networks applied to visual document analysis", ICDAR 2003,
  section 2: uniform noise convolved with a normalised Gaussian (cut at three deviations), times alpha.
- A sequence changes the image by its first entry, then by its second ...; so a pixel of the result is looked up in the places that the
  last entry says, those in the places that the one before says, and so on. The image is read once, bilinearly, with zeros around it.

Random numbers: entry e of a sequence has for sample s the Philox blocks from s 2^28 + e 2^24 on, of the seed and the stream 2^48 + epoch.
"""

import numpy as np

from reference import philox


def draws(seed, epoch, sample, entry, count):
    """The first `count` words of one entry for one sample."""
    first = (sample << 28) + (entry << 24)
    return philox.blocks(seed, (1 << 48) + epoch, first + np.arange(-(-count // 4))).reshape(-1)[:count]


def signed_uniform(word):
    return (int(word) >> 8) / 2**23 - 1


def bilinear(image, x, y):
    """Values of a height x width image at places; zero outside."""
    height, width = image.shape
    padded = np.pad(image, 1)
    x, y = np.clip(x, -1, width), np.clip(y, -1, height)
    left, top = np.minimum(np.floor(x), width - 1).astype(int), np.minimum(np.floor(y), height - 1).astype(int)
    right, down = x - left, y - top
    corner = [[padded[top + 1 + i, left + 1 + j] for j in (0, 1)] for i in (0, 1)]
    above, below = ((1 - right) * row[0] + right * row[1] for row in corner)
    return (1 - down) * above + down * below


def affine(words, x, y, shape, rotation=10.0, scale=0.1, shear=5.0, shift=2.0):
    angle, size, slant, across, along = (
        limit * signed_uniform(word) for limit, word in zip((rotation, scale, shear, shift, shift), words, strict=True)
    )
    angle, slant, centre = np.deg2rad(angle), np.tan(np.deg2rad(slant)), (np.array(shape[::-1]) - 1) / 2

    def moved(vector):
        return np.array([[1, 0, vector[0]], [0, 1, vector[1]], [0, 0, 1]])

    rotated = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    slanted, scaled = np.array([[1, slant, 0], [0, 1, 0], [0, 0, 1]]), np.diag([1 + size, 1 + size, 1])
    forward = moved([across, along]) @ moved(centre) @ rotated @ slanted @ scaled @ moved(-centre)
    source = np.linalg.inv(forward) @ np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
    return source[0].reshape(x.shape), source[1].reshape(x.shape)


def shift(words, x, y, shape, pixels=2):
    across, along = (int(word) * (2 * pixels + 1) // 2**32 - pixels for word in words)
    return x - across, y - along


def smoothed(noise, sigma):
    radius = int(np.ceil(3 * sigma))
    kernel = np.exp(-(np.arange(-radius, radius + 1) ** 2) / (2 * sigma**2))
    kernel /= kernel.sum()

    def along(axis, values):
        return np.apply_along_axis(lambda line: np.convolve(line, kernel, mode="full")[radius : radius + line.size], axis, values)

    return along(0, along(1, noise))


def elastic(words, x, y, shape, alpha=34.0, sigma=4.0):
    """Bytes of the words, the lowest first, are the noise for x, then for y."""
    noise = words.astype("<u4").view(np.uint8)[: 2 * shape[0] * shape[1]].reshape(2, *shape) / 127.5 - 1
    fields = [alpha * smoothed(each, sigma) for each in noise]
    return x + bilinear(fields[0], x, y), y + bilinear(fields[1], x, y)


def words_of(name, shape):
    return {"affine": 5, "shift": 2, "elastic": -(-shape[0] * shape[1] // 2)}[name]


AUGMENTATIONS = {"affine": affine, "shift": shift, "elastic": elastic}

# Hyper-parameters with which the battery tries an augmentation, besides its defaults.
VARIANTS = {
    "affine": [
        {"rotation": 180.0, "scale": 0.0, "shear": 0.0, "shift": 0.0},
        {"rotation": 0.0, "scale": 0.5, "shear": 0.0, "shift": 0.0},
        {"rotation": 0.0, "scale": 0.0, "shear": 30.0, "shift": 0.0},
        {"rotation": 0.0, "scale": 0.0, "shear": 0.0, "shift": 40.0},
        {"rotation": 30.0, "scale": 0.3, "shear": 15.0, "shift": 4.0},
    ],
    "shift": [{"pixels": 0}, {"pixels": 1}, {"pixels": 50}],
    "elastic": [{"alpha": 8.0, "sigma": 1.5}, {"alpha": 500.0, "sigma": 20.0}],
}


def change(image, sequence, *, seed=0, epoch=0, sample=0):
    """One image, (channels, height, width), after (name, hyper-parameters) pairs; not rounded."""
    image = np.asarray(image, dtype=np.float64)
    shape = image.shape[1:]
    y, x = np.indices(shape).astype(np.float64)
    for entry in range(len(sequence) - 1, -1, -1):
        name, hyper = sequence[entry]
        x, y = AUGMENTATIONS[name](draws(seed, epoch, sample, entry, words_of(name, shape)), x, y, shape, **hyper)
    return np.stack([bilinear(channel, x, y) for channel in image])
