from digitcompress._core import Affine as Affine
from digitcompress._core import Elastic as Elastic
from digitcompress._core import Shift as Shift
