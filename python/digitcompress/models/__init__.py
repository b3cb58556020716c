"""Ready-made networks, by name or by function."""

from digitcompress.models._autoencoders import autoencoder as autoencoder
from digitcompress.models._perceptrons import lenet300 as lenet300
from digitcompress.models._perceptrons import mlp as mlp
from digitcompress.models._registry import get as get
from digitcompress.models._registry import names as names
