"""Ready-made networks, by name or by function."""

from digitcompress.models._autoencoders import autoencoder as autoencoder
from digitcompress.models._autoencoders import conv_autoencoder as conv_autoencoder
from digitcompress.models._autoencoders import tied_autoencoder as tied_autoencoder
from digitcompress.models._capsnet import capsnet as capsnet
from digitcompress.models._cnn_s3 import cnn_s3 as cnn_s3
from digitcompress.models._googlenet import googlenet as googlenet
from digitcompress.models._lenets import lenet1 as lenet1
from digitcompress.models._lenets import lenet4 as lenet4
from digitcompress.models._lenets import lenet5 as lenet5
from digitcompress.models._lenets import lenet5_caffe as lenet5_caffe
from digitcompress.models._perceptrons import lenet300 as lenet300
from digitcompress.models._perceptrons import mlp as mlp
from digitcompress.models._registry import get as get
from digitcompress.models._registry import names as names
from digitcompress.models._resnet import resnet18 as resnet18
from digitcompress.models._squeezenet import squeezenet as squeezenet
from digitcompress.models._tiny_cnn import tiny_cnn as tiny_cnn
