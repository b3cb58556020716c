from digitcompress._core import Constant as Constant
from digitcompress._core import Cosine as Cosine
from digitcompress._core import Cyclical as Cyclical
from digitcompress._core import Exponential as Exponential
from digitcompress._core import OneCycle as OneCycle
from digitcompress._core import ReduceOnPlateau as ReduceOnPlateau
from digitcompress._core import Step as Step
