"""The names that the study knows, and the checks of what it is asked for."""

from collections.abc import Iterable
from typing import Literal, get_args

from digitcompress._arguments import as_number
from digitcompress._registry import check_name, chosen_names
from digitcompress.errors import DataError
from digitcompress.studies.losses._published import LOSS_TITLES

Compression = Literal["none", "quantized", "pruned", "both"]

COMPRESSIONS: tuple[str, ...] = get_args(Compression)
LOSSES = tuple(LOSS_TITLES)
# Without an explicit loss, the source's gradient is that of the softmax cross entropy.
TRAINED_AS = {name: name for name in LOSSES} | {"none": "cross_entropy", "one_hot": "cross_entropy"}
# The source's weights are all 1; its hinge has one form only.
REPORTED_AS = TRAINED_AS | {"hinge_one_vs_rest": "hinge"}


def checked_compression(name: object) -> str:
    """Return the name of a compression that is known."""
    return check_name("compression", dict.fromkeys(COMPRESSIONS), name)


def checked_loss(name: object) -> str:
    """Return the name of a loss that is known."""
    return check_name("loss", LOSS_TITLES, name)


def checked_rate(rate: object) -> float:
    """Return a share of weights to prune: at least 0 and below 1."""
    share = as_number("rate", rate, 0.0)
    if share >= 1:
        message = f"rate must be below 1, got {rate!r}"
        raise DataError(message)
    return share


def chosen_losses(losses: Iterable[str] | None) -> tuple[str, ...]:
    """Return the losses to study, each once, in the order of the table; None means all."""
    return chosen_names("losses", "loss", LOSS_TITLES, losses)
