"""Train, quantize and prune small neural networks for handwritten digits, and prove what it cost."""

from digitcompress.errors import *  # noqa: F403
