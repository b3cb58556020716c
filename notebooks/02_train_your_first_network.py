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
# The number of epochs was fixed on the validation images: the fewest with which their mean accuracy is clearly above 99 %. Then
# ten starts, each
# trained once and tested once. The time is that of `fit` alone, all of it: packing the images, shuffling, training.

# %%
EPOCHS = 1 if QUICK else 6


def trained(make, seed, **options):
    """Return the seconds of `fit` and the accuracies on validation and test images."""
    net = make(seed=seed)
    start = time.perf_counter()
    dc.fit(net, data.train, seed=seed, progress=False, **options)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "validation": 100 * dc.evaluate(net, data.validation).accuracy,
        "test": 100 * dc.evaluate(net, test).accuracy,
    }


starts = pd.DataFrame(trained(dc.models.lenet5, seed, epochs=EPOCHS, **RECIPE) for seed in range(2 if QUICK else 10))
display(starts.agg(["mean", "min", "max"]).round(2))

# %% [markdown]
# ## Smaller, and better
#
# Fewer weights cost accuracy, more epochs and moved images buy some back. Means of three starts, tested once each. The smallest has 707
# parameters; its authors reached 96.36 % in 20 epochs.

# %%
SEEDS = range(1 if QUICK else 3)
augmentation = [dc.augmentation.Affine(rotation=10, scale=0.1, shear=5, shift=1.5)]
contenders = {
    "CNN 10-20, 10 epochs": (dc.models.cnn_s3, {"epochs": 10, **RECIPE}),
    "LeNet-5, 10 epochs": (dc.models.lenet5, {"epochs": 10, **RECIPE}),
    "LeNet-5, 20 epochs, moved images": (dc.models.lenet5, {"epochs": 20, "augmentation": augmentation, **RECIPE}),
    "tiny CNN, 20 epochs": (dc.models.tiny_cnn, {"epochs": 20, **(RECIPE | {"optimizer": dc.optimizers.Adam(0.01)})}),
}
rows = {}
for name, (make, options) in contenders.items():
    runs = pd.DataFrame(trained(make, seed, **(options | {"epochs": 1} if QUICK else options)) for seed in SEEDS)
    rows[name] = {
        "parameters": make().parameter_count,
        "seconds": runs.seconds.mean(),
        "test mean": runs.test.mean(),
        "test min": runs.test.min(),
    }
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
