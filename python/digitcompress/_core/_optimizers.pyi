from digitcompress._core import SGD as SGD
from digitcompress._core import Adam as Adam
