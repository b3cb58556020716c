"""What a kernel that slides over images reads: tap (u, v) of the output at (i, j) is the padded input at (i s + u, j s + v)."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Taps:
    kernel: int
    stride: int
    padding: int

    def pad(self, images, value=0.0):
        edge = (self.padding, self.padding)
        return np.pad(images, ((0, 0), (0, 0), edge, edge), constant_values=value)

    def crop(self, padded):
        """Undo `pad`."""
        inside = slice(self.padding, -self.padding or None)
        return padded[:, :, inside, inside]

    def outputs(self, extent):
        return (extent + 2 * self.padding - self.kernel) // self.stride + 1

    def places(self, height, width):
        """Index, for each tap, of what `height` by `width` positions of the kernel read in a padded image."""
        rows, columns = self.stride * height, self.stride * width
        for u in range(self.kernel):
            for v in range(self.kernel):
                yield (u, v), (..., slice(u, u + rows, self.stride), slice(v, v + columns, self.stride))

    def of_input(self, images):
        """`places` of all positions where the kernel fits into `images`."""
        return self.places(*(self.outputs(extent) for extent in images.shape[-2:]))
