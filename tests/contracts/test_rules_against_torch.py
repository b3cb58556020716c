"""PyTorch as a second oracle of optimizers, losses and schedules, where it is installed: the float64 oracles say the same."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from reference import losses, optimizers, schedules

torch = pytest.importorskip("torch", reason="needs PyTorch (extra peers)")

RTOL = 1e-9


def case_id(value):
    return "-".join(f"{key}={item}" for key, item in value.items()) or "default" if isinstance(value, dict) else value


OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "rmsprop": torch.optim.RMSprop}


def in_torch_s_words(name, hyper):
    """The learning rate is set where the defaults differ."""
    named = {"lr": hyper.get("learning_rate", optimizers.OPTIMIZERS[name]().learning_rate)}
    named |= {{"epsilon": "eps"}.get(key, key): value for key, value in hyper.items() if key not in {"learning_rate", "beta1", "beta2"}}
    return named | ({"betas": (hyper.get("beta1", 0.9), hyper.get("beta2", 0.999))} if name.startswith("adam") else {})


@pytest.mark.parametrize(
    ("name", "hyper"), [(name, hyper) for name in OPTIMIZERS for hyper in [{}, *optimizers.VARIANTS[name]]], ids=case_id
)
def test_optimizers(name, hyper):
    generator = np.random.default_rng(0)
    start, gradients = generator.normal(size=40), generator.normal(size=(30, 40))
    parameter = torch.tensor(start, requires_grad=True)
    peer = OPTIMIZERS[name]([parameter], **in_torch_s_words(name, hyper))
    for gradient in gradients:
        parameter.grad = torch.tensor(gradient)
        peer.step()
    assert_allclose(optimizers.run(name, start, gradients, **hyper), parameter.detach().numpy(), rtol=RTOL, atol=1e-12)


def per_sample(loss):
    return loss.reshape(len(loss), -1).mean(dim=1)


FUNCTIONS = torch.nn.functional
LOSSES = {
    "cross_entropy": lambda logits, labels, **hyper: FUNCTIONS.cross_entropy(logits, labels, reduction="none", **hyper),
    "nll": lambda logits, labels: FUNCTIONS.nll_loss(logits, labels, reduction="none"),
    "reconstruction": lambda outputs, targets: per_sample(FUNCTIONS.mse_loss(outputs, targets, reduction="none")),
    "binary_reconstruction": lambda outputs, targets: per_sample(
        FUNCTIONS.binary_cross_entropy_with_logits(outputs, targets, reduction="none")
    ),
}


@pytest.mark.parametrize(
    ("name", "hyper"), [(name, hyper) for name in LOSSES for hyper in [{}, *losses.VARIANTS.get(name, [])]], ids=case_id
)
def test_losses(name, hyper):
    generator = np.random.default_rng(0)
    values = generator.normal(scale=3, size=(20, 7))
    wanted = generator.random((20, 7)) if name in losses.RECONSTRUCTIONS else generator.integers(0, 7, 20)
    outputs = torch.tensor(values, requires_grad=True)
    peer = LOSSES[name](outputs, torch.tensor(wanted), **hyper)
    peer.sum().backward()
    value, gradient = (losses.LOSSES | losses.RECONSTRUCTIONS)[name](values, wanted, **hyper)
    assert_allclose(value, peer.detach().numpy(), rtol=RTOL)
    assert_allclose(gradient, outputs.grad.numpy(), rtol=RTOL, atol=1e-12)


TOTAL, PER_EPOCH = 60, 6
RATES = torch.optim.lr_scheduler


def one_cycle(optimizer, warmup_share=0.3, start_divisor=25.0, end_divisor=1e4, linear=False):
    return RATES.OneCycleLR(
        optimizer,
        1.0,
        TOTAL,
        pct_start=warmup_share,
        div_factor=start_divisor,
        final_div_factor=end_divisor,
        anneal_strategy="linear" if linear else "cos",
    )


def cyclical(optimizer, low=0.1, period=4.0):
    return RATES.CyclicLR(optimizer, low, 1.0, step_size_up=int(period * PER_EPOCH / 2), cycle_momentum=False)


SCHEDULES = {
    "step": lambda optimizer, every=5, gamma=0.1: RATES.StepLR(optimizer, every * PER_EPOCH, gamma),
    "exponential": lambda optimizer, gamma=0.9: RATES.ExponentialLR(optimizer, gamma ** (1 / PER_EPOCH)),
    "cosine": lambda optimizer, final_fraction=0.0: RATES.CosineAnnealingLR(optimizer, TOTAL, final_fraction),
    "cyclical": cyclical,
    "one_cycle": one_cycle,
}
CASES = [
    *((name, {}) for name in SCHEDULES),
    ("step", {"every": 2, "gamma": 0.5}),
    ("cosine", {"final_fraction": 0.1}),
    ("cyclical", {"low": 0.0, "period": 2.0}),
    ("one_cycle", {"linear": True}),
    ("one_cycle", {"warmup_share": 0.5, "start_divisor": 10.0, "end_divisor": 100.0}),
]


@pytest.mark.parametrize(("name", "hyper"), CASES, ids=case_id)
def test_schedules(name, hyper):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    peer = SCHEDULES[name](optimizer, **hyper)
    rates = []
    for step in range(TOTAL):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < TOTAL - 1:
            peer.step()
    assert_allclose(schedules.factors(name, TOTAL, PER_EPOCH, **hyper), rates, rtol=1e-7, atol=1e-12)
