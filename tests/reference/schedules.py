"""Factors of the learning rate in float64, written from their definitions; `step` counts from 0.

- Step, exponential: Goodfellow, Bengio & Courville, "Deep Learning", 2016, section 8.5; the exponent is a number of epochs.
- Cosine: Loshchilov & Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, eq. (5), without restarts.
- Cyclical: Smith, "Cyclical learning rates for training neural networks", WACV 2017, the triangular policy (listing in section 3.2).
- One cycle: Smith & Topin, "Super-convergence", 2019; both ends as in PyTorch's OneCycleLR, whose phases end at share * total - 1 and at
  the last step.
- Reduce on plateau: Keras' ReduceLROnPlateau without cooldown and with min_delta = 0.
"""

import numpy as np


def constant(step, total, per_epoch):
    return 1.0


def step_decay(step, total, per_epoch, every=5, gamma=0.1):
    return gamma ** (step // (per_epoch * every))


def exponential(step, total, per_epoch, gamma=0.9):
    return np.exp(np.log(gamma) * step / per_epoch)


def cosine(step, total, per_epoch, final_fraction=0.0, warmup_steps=0):
    if step < warmup_steps:
        return (step + 1) / (warmup_steps + 1)
    progress = (step - warmup_steps) / (total - warmup_steps)
    return final_fraction + 0.5 * (1 - final_fraction) * (1 + np.cos(np.pi * progress))


def cyclical(step, total, per_epoch, low=0.1, period=4.0):
    """Smith's listing: cycle, x, then base + (top - base) * max(0, 1 - x)."""
    half = period * per_epoch / 2
    cycle = np.floor(1 + step / (2 * half))
    x = abs(step / half - 2 * cycle + 1)
    return low + (1 - low) * max(0, 1 - x)


def one_cycle(step, total, per_epoch, **hyper_parameters):
    shape = {"warmup_share": 0.3, "start_divisor": 25.0, "end_divisor": 1e4, "linear": False} | hyper_parameters
    start = 1 / shape["start_divisor"]
    ends = [0, max(shape["warmup_share"] * total - 1, 0), total - 1]
    heights = [start, 1.0, start / shape["end_divisor"]]
    phase = 0 if step <= ends[1] > 0 else 1
    length = ends[phase + 1] - ends[phase]
    progress = (step - ends[phase]) / length if length else 0.0  # one step alone is at the top
    share = progress if shape["linear"] else np.sin(np.pi * progress / 2) ** 2
    return heights[phase] + (heights[phase + 1] - heights[phase]) * share


def plateau(step, total, per_epoch, **hyper_parameters):
    """Without metrics nothing is reduced; plateau_factors says what happens with them."""
    return 1.0


def plateau_factors(total, per_epoch, metrics, patience=3, factor=0.1, minimum=0.0):
    """Factors of all steps, given the metric at the end of each epoch."""
    rate, best, bad, rates = 1.0, np.inf, 0, []
    for metric in [*metrics, *[None] * (-(-total // per_epoch) - len(metrics))]:
        rates += [rate] * per_epoch
        if metric is None:
            continue
        bad = 0 if metric < best else bad + 1
        best = np.fmin(metric, best)
        if bad == patience:
            rate, bad = max(rate * factor, minimum), 0
    return np.array(rates[:total])


SCHEDULES = {
    "constant": constant,
    "step": step_decay,
    "exponential": exponential,
    "cosine": cosine,
    "cyclical": cyclical,
    "one_cycle": one_cycle,
    "reduce_on_plateau": plateau,
}

# Hyper-parameters with which the battery tries a schedule, besides its defaults.
VARIANTS = {
    "step": [{"every": 1, "gamma": 0.5}, {"every": 3, "gamma": 0.9}],
    "exponential": [{"gamma": 0.5}, {"gamma": 1.0}],
    "cosine": [{"final_fraction": 0.1}, {"warmup_steps": 5}, {"final_fraction": 0.5, "warmup_steps": 12}],
    "cyclical": [{"low": 0.0, "period": 1.0}, {"low": 0.5, "period": 2.5}],
    "one_cycle": [
        {"linear": True},
        {"warmup_share": 0.5, "start_divisor": 10.0, "end_divisor": 100.0},
        {"warmup_share": 0.0},
        {"warmup_share": 1.0, "linear": True},
    ],
    "reduce_on_plateau": [{"patience": 1}],
}


def factors(name, total, per_epoch, **hyper_parameters):
    return np.array([SCHEDULES[name](step, total, per_epoch, **hyper_parameters) for step in range(total)])
