from digitcompress._core import Dense as Dense
from digitcompress._core import FakeQuantize as FakeQuantize
from digitcompress._core import Flatten as Flatten
from digitcompress._core import LeakyReLU as LeakyReLU
from digitcompress._core import ReLU as ReLU
from digitcompress._core import Sigmoid as Sigmoid
from digitcompress._core import Softmax as Softmax
from digitcompress._core import Tanh as Tanh
