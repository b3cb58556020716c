"""Callbacks: what happens between the epochs of a training, under Keras' names."""

from digitcompress.callbacks._callback import Callback as Callback
from digitcompress.callbacks._callback import LambdaCallback as LambdaCallback
from digitcompress.callbacks._csv_logger import CSVLogger as CSVLogger
from digitcompress.callbacks._early_stopping import EarlyStopping as EarlyStopping
from digitcompress.callbacks._model_checkpoint import ModelCheckpoint as ModelCheckpoint

__all__ = ["CSVLogger", "Callback", "EarlyStopping", "LambdaCallback", "ModelCheckpoint"]
