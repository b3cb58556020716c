"""Small networks as lists of (class name, node name, hyper-parameters, names of the nodes it reads), for the core and the oracle alike.

A fifth entry is the weight of a node's own loss.
"""

import numpy as np

import digitcompress as dc
from reference import graph
from reference.layers import LAYERS

SHAPE = (4, 9, 7)
CLASSES = 4
SAME = {"channels": SHAPE[0], "kernel": 3, "padding": 1}
TRIED = "tried"
FLAT, IMAGE, TIED = ("flat first", "flat middle"), ("image first", "image middle"), ("tied",)
PLACES = {"flat": FLAT, "image": IMAGE, "any": FLAT + IMAGE, "tied": TIED}

BEFORE = {
    "flat first": [("Flatten", "flat", {}, ["input"])],
    "flat middle": [("Flatten", "flat", {}, ["input"]), ("Dense", "fc", {"units": 7}, ["flat"])],
    "image first": [],
    "image middle": [("Conv2d", "conv", SAME, ["input"])],
    "tied": [("Flatten", "flat", {}, ["input"]), ("Dense", "fc1", {"units": 7}, ["flat"]), ("Tanh", "tanh", {}, ["fc1"])],
}


def around(name, hyper, place):
    """Plan of a classifier that holds the layer; a join gets what stands before it, a twin of it, and the former again."""
    plan = list(BEFORE[place])
    source = plan[-1][1] if plan else "input"
    sources = [source]
    if LAYERS[name].joins:
        plan.append(("Tanh", "twin", {}, [source]))
        sources = [source, "twin", source]
    plan.append((name, TRIED, hyper, sources))
    return [*plan, ("Flatten", "end", {}, [TRIED]), ("Dense", "logits", {"units": CLASSES}, ["end"])]


def network(plan, shape=SHAPE, seed=0):
    """Network of a plan, with parameters that keep values near one and touch every branch of the layers."""
    nodes = [dc.Node(getattr(dc.layers, kind)(**hyper), tuple(inputs), name, *weight) for kind, name, hyper, inputs, *weight in plan]
    net = dc.Network(dc.Input(*shape), nodes, seed=seed)
    fill(net, seed)
    return net


def fill(net, seed):
    generator = np.random.default_rng(seed)
    for name, values in net.parameters.items():
        scale = 1 / np.sqrt(np.prod(values.shape[1:])) if values.ndim > 1 else 1.0
        values[...] = scale * generator.uniform(0.2, 1.2, values.shape) * generator.choice([-1, 1], values.shape)
        if name.endswith((".running_variance", ".range")):
            values[...] = np.abs(values) + 0.5


def exact(net):
    """The parameters in float64."""
    return {name: values.astype(np.float64) for name, values in net.parameters.items()}


def images_and_labels(samples, shape=SHAPE, classes=CLASSES, seed=0):
    generator = np.random.default_rng(seed + samples)
    shape = shape[:1] if shape[1:] == (1, 1) else shape
    return generator.random((samples, *shape), dtype=np.float32) - np.float32(0.3), generator.integers(0, classes, samples)


def oracle(plan, shape=SHAPE, training=False):
    return graph.build(shape, plan, training=training)


def random(seed, nodes=15):
    """Plan of a random directed graph of images; what nobody reads ends in the classifier."""
    generator = np.random.default_rng(seed)
    kinds = [
        ("Conv2d", SAME),
        ("Tanh", {}),
        ("Sigmoid", {}),
        ("LeakyReLU", {"slope": 0.3}),
        ("MaxPool2d", {"kernel": 3, "stride": 1, "padding": 1}),
        ("AvgPool2d", {"kernel": 3, "stride": 1, "padding": 1}),
        ("BatchNorm", {"epsilon": 0.1}),  # so that nothing is blown up and float32 stays near float64
    ]
    plan, open_ends = [], []
    for index in range(nodes):
        names = ["input", *(name for _, name, _, _ in plan)]
        if index % 3 == 2:
            kind, hyper, sources = "Add", {}, [str(name) for name in generator.choice(names, int(generator.integers(2, 5)))]
        else:
            kind, hyper = kinds[generator.integers(len(kinds))]
            sources = [str(generator.choice(names))]
        plan.append((kind, f"node{index}", hyper, sources))
        open_ends = [name for name in open_ends if name not in sources] + [f"node{index}"]
    ends = [("Concat", "ends", {}, open_ends), ("AvgPool2d", "mean", {"kernel": 3}, ["ends"]), ("Flatten", "flat", {}, ["mean"])]
    return [*plan, *ends, ("Dense", "logits", {"units": CLASSES}, ["flat"])]
