"""Studies: whole experiments that reproduce published figures and add what was left open."""

from digitcompress.studies import architectures as architectures
from digitcompress.studies import losses as losses
from digitcompress.studies import smallest as smallest
