"""Train, quantize and prune small neural networks for handwritten digits, and prove what it cost."""

from importlib.metadata import version as _version

from digitcompress import augmentation as augmentation
from digitcompress import callbacks as callbacks
from digitcompress import datasets as datasets
from digitcompress import evaluation as evaluation
from digitcompress import layers as layers
from digitcompress import losses as losses
from digitcompress import models as models
from digitcompress import optimizers as optimizers
from digitcompress import pruning as pruning
from digitcompress import quantization as quantization
from digitcompress import schedules as schedules
from digitcompress import studies as studies
from digitcompress._extras import on_demand as _on_demand
from digitcompress._versions import show_versions as show_versions
from digitcompress._versions import versions as versions
from digitcompress.compression import convert as convert
from digitcompress.compression import prepare as prepare
from digitcompress.errors import *  # noqa: F403
from digitcompress.evaluation import Report as Report
from digitcompress.evaluation import evaluate as evaluate
from digitcompress.network import Input as Input
from digitcompress.network import Network as Network
from digitcompress.network import Node as Node
from digitcompress.persistence import load as load
from digitcompress.persistence import save as save
from digitcompress.pruning import Pruning as Pruning
from digitcompress.quantization import Quantization as Quantization
from digitcompress.training import History as History
from digitcompress.training import fit as fit
from digitcompress.training import gradients as gradients

__version__ = _version("digitcompress")
__getattr__ = _on_demand(__name__, "sklearn")
