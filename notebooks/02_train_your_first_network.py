# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Train your first network
#
# LeNet-5 on handwritten digits: build it, train it to 99 %, look at what it learned and where it fails, and see how long that takes.
# Everything runs on the processor; full MNIST takes a few minutes in all. With `DIGITCOMPRESS_QUICK=1` the notebook uses 5,000
# digits that
# come with a package, fewer epochs and fewer starts.

# %%
# %matplotlib inline
# %config InlineBackend.print_figure_kwargs = {"dpi": 75, "bbox_inches": "tight"}
import importlib.util
import os
import time

import numpy as np
import pandas as pd
from IPython.display import display

import digitcompress as dc

QUICK = os.environ.get("DIGITCOMPRESS_QUICK") == "1"
if QUICK:  # these 5,000 digits have no test images of their own: the held-out ones serve for both
    data = dc.datasets.load("mnist-5k", validation=500, seed=0)
    test = data.validation
else:
    data = dc.datasets.load("mnist", validation=5_000, seed=0)
    test = data.test
print(len(data.train.images), "training,", len(data.validation.images), "validation and", len(test.images), "test images")
dc.show_versions()

# %% [markdown]
# ## The network
#
# Two convolutions that each halve the image, three dense layers, 61,706 weights. `dc.models.lenet5()` is no more than this list;
# any list of layers
# makes a network, and `dc.Node` joins them into graphs.

# %%
network = dc.models.lenet5(seed=0)
print(network.summary())

# %% [markdown]
# ## Train it
#
# `fit` changes the network in place and returns what it saw. The learning rate rises and falls once over the run (Smith and Topin
# 2019), which is
# what makes a few epochs enough. Validation images are never trained on; they decide every choice below. The test images are only read
# at the end.

# %%
RECIPE = {"optimizer": dc.optimizers.SGD(0.05, momentum=0.9, nesterov=True), "schedule": "one_cycle", "batch_size": 64}
history = dc.fit(network, data.train, validation=data.validation, epochs=8, seed=0, progress=False, **RECIPE)
display(history.frame()[["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]].round(4))

# %%
history.plot()

# %% [markdown]
# ## How good is it?
#
# The report counts on the test images: accuracy with its 95 % Wilson interval, precision and recall of every digit, bytes,
# multiply-adds and time.

# %%
report = dc.evaluate(network, test)
display(report)

# %%
dc.plots.confusion(report)

# %% [markdown]
# The digits it gets wrong are often ones that people would argue about: the true digit, what the network says, and how sure it is.

# %%
dc.plots.misclassified(network, test.images, test.labels, count=12 if QUICK else 24)

# %% [markdown]
# What the first layer looks for: strokes and edges in a few directions.

# %%
dc.plots.filters(network, node="conv1")

# %% [markdown]
# ## How long until 99 %?
#
# After a short first pass the network is sure of most digits, and another look at those teaches little (Jiang et al. 2019,
# [arXiv:1910.00762](https://arxiv.org/abs/1910.00762)). So: one pass over half of the images, then three over the 15 % of all images that
# the network now finds hardest, with 10 % of all at random beside them, so that nothing easy is forgotten. Shares and rates were fixed on
# validation images. For comparison, plain passes over everything. Ten starts each, tested once; the time is all it takes: packing the
# images, shuffling, training, and for the first row predicting and choosing as well.


# %%
def whole(**options):
    """Return a training on all images."""
    return lambda net, seed: dc.fit(net, data.train, seed=seed, progress=False, **options)


def hardest(net, seed):
    """Train on half of the images, then on those whose label the network finds least likely."""
    images, labels = data.train.images, data.train.labels
    optimizer = dc.optimizers.SGD(0.06, momentum=0.9, nesterov=True, weight_decay=0.001)
    options = {"optimizer": optimizer, "batch_size": 64, "seed": seed, "progress": False}

    half = len(labels) // 2
    dc.fit(net, (images[:half], labels[:half]), epochs=1, schedule="one_cycle", **options)

    certainty = net.predict_proba(images)[np.arange(len(labels)), labels]
    hard = np.argsort(certainty)[: int(0.15 * len(labels))]
    others = np.random.default_rng(seed).choice(len(labels), len(labels) // 10, replace=False)
    chosen = np.union1d(hard, others)
    dc.fit(net, (images[chosen], labels[chosen]), epochs=3, schedule="cosine", **options)


def trained(make, train, seed):
    """Return the seconds of a training and the accuracies on validation and test images."""
    net = make(seed=seed)
    start = time.perf_counter()
    train(net, seed)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "validation %": 100 * dc.evaluate(net, data.validation).accuracy,
        "test %": 100 * dc.evaluate(net, test).accuracy,
    }


def summary(make, train, seeds):
    """Return means over starts, with the slowest and the worst of them."""
    runs = pd.DataFrame(trained(make, train, seed) for seed in seeds)
    return {
        "seconds": runs["seconds"].mean(),
        "slowest": runs["seconds"].max(),
        "validation %": runs["validation %"].mean(),
        "test %": runs["test %"].mean(),
        "worst test %": runs["test %"].min(),
    }


recipes = {
    "half once, then the hardest 3 times": hardest,
    "everything twice": whole(epochs=2, **RECIPE),
    "everything 6 times": whole(epochs=6, **RECIPE),
}
rows = {name: summary(dc.models.lenet5, train, range(2 if QUICK else 10)) for name, train in recipes.items()}
display(pd.DataFrame(rows.values(), index=list(rows)).round(2))

# %% [markdown]
# ## Smaller, and better
#
# Fewer weights cost accuracy, more epochs and moved images buy some back. Means of three starts, tested once each. The smallest has 707
# parameters; its authors reached 96.36 % in 20 epochs.

# %%
augmentation = [dc.augmentation.Affine(rotation=10, scale=0.1, shear=5, shift=1.5)]
contenders = {
    "CNN 10-20, 10 epochs": (dc.models.cnn_s3, {"epochs": 10, **RECIPE}),
    "LeNet-5, 10 epochs": (dc.models.lenet5, {"epochs": 10, **RECIPE}),
    "LeNet-5, 20 epochs, moved images": (dc.models.lenet5, {"epochs": 20, "augmentation": augmentation, **RECIPE}),
    "tiny CNN, 20 epochs": (dc.models.tiny_cnn, {"epochs": 20, **(RECIPE | {"optimizer": dc.optimizers.Adam(0.01)})}),
}
rows = {}
for name, (make, options) in contenders.items():
    train = whole(**(options | {"epochs": 1} if QUICK else options))
    rows[name] = {"parameters": make().parameter_count, **summary(make, train, range(1 if QUICK else 3))}
display(pd.DataFrame(rows.values(), index=list(rows)).round(2))

# %% [markdown]
# ## The race
#
# The same network, data, batch size and number of threads in PyTorch and JAX, if they are installed (`pip install
# "digitcompress[peers]"`), in rounds
# that take turns within one process. `digitcompress bench` does this for all workloads, with more rounds and more peers.

# %%
if importlib.util.find_spec("torch") is None:
    print("PyTorch is not installed: no race")
else:
    from digitcompress import benchmarks

    results = benchmarks.run(["lenet5"], quick=True)
    race = results.comparisons[0]
    columns = {
        each.contender: [each.step_microseconds, race.images_per_second(each), 100 * race.share_of_peak(each)] for each in race.measurements
    }
    display(pd.DataFrame(columns, index=["µs a step", "images a second", "% of the machine's peak"]).T.round(0).sort_values("µs a step"))

# %% [markdown]
# ## Keep it
#
# One file holds structure and weights. `digitcompress predict lenet5.safetensors photo.png` reads pictures of your own; next stop:
# making it smaller,
# in [notebook 1](01_losses_quantization_pruning.ipynb).

# %%
dc.save(network, "lenet5.safetensors")
again = dc.load("lenet5.safetensors")
print(np.array_equal(again.predict(test.images), network.predict(test.images)))
