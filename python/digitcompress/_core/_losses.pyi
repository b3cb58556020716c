from digitcompress._core import CrossEntropy as CrossEntropy
from digitcompress._core import Focal as Focal
from digitcompress._core import Hinge as Hinge
from digitcompress._core import HingeOneVsRest as HingeOneVsRest
from digitcompress._core import MeanSquaredError as MeanSquaredError
from digitcompress._core import WeightedCrossEntropy as WeightedCrossEntropy
