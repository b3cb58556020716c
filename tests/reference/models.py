"""Models by how they can be tried: those of few weights on many samples, deep ones with batch normalization on few."""

import digitcompress as dc

DEEP = ("resnet18", "googlenet", "capsnet")
SHALLOW = tuple(name for name in dc.models.names() if name not in DEEP)
