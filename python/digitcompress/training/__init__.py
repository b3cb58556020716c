"""Training: one call, loops in C++."""

from digitcompress.training._fit import fit as fit
from digitcompress.training._gradients import gradients as gradients
from digitcompress.training._history import History as History

__all__ = ["History", "fit", "gradients"]
