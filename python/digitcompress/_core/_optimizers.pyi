from digitcompress._core import SGD as SGD
from digitcompress._core import Adam as Adam
from digitcompress._core import AdamW as AdamW
from digitcompress._core import RMSprop as RMSprop
