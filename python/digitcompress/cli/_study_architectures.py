"""``digitcompress study architectures``."""

from pathlib import Path
from typing import Any

import click

from digitcompress.cli._study_options import how_to_compute, study_options, tell
from digitcompress.errors import DataError
from digitcompress.studies import architectures
from digitcompress.studies.architectures._networks import ARCHITECTURES, chosen_networks


def network_names(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Return the networks named in a text such as mlp,resnet18."""
    try:
        return chosen_networks(None if value is None else [name.strip() for name in value.split(",")])
    except DataError as error:
        raise click.BadParameter(str(error)) from error


def learning_rates(_: click.Context, __: click.Parameter, value: str | None) -> tuple[float, ...] | None:
    """Return the learning rates in a text such as 0.02,0.0002."""
    try:
        rates = None if value is None else tuple(float(part) for part in value.split(","))
    except ValueError as error:
        message = f"{value!r} must be numbers separated by commas, such as 0.02,0.0002"
        raise click.BadParameter(message) from error
    if rates is not None and not all(0 < rate < float("inf") for rate in rates):
        message = f"{value!r} must be numbers above 0"
        raise click.BadParameter(message)
    return rates


@click.command("architectures")
@click.option(
    "--models", callback=network_names, metavar="NAMES", help=f"Networks, separated by commas; all by default: {', '.join(ARCHITECTURES)}."
)
@click.option(
    "--rates", "learning_rates", callback=learning_rates, metavar="NUMBERS", help="Learning rates; the published four by default."
)
@click.option("--further/--no-further", default=True, help="Whether to try one more recipe of ours (the default).")
@click.option("--tsne/--no-tsne", "embeddings", default=True, help="Whether to draw images on a plane (the default).")
@click.option("--pytorch", is_flag=True, help="Race training steps against PyTorch as well, if it is installed.")
@study_options(
    "architectures", data="Data set of 28 by 28 pixels.", quick="One and two epochs in place of 10 and 25, few images for large networks."
)
def study_architectures(*, data: str | Path, as_json: bool, **options: Any) -> None:
    """Perceptron, LeNet-5, GoogLeNet and ResNet-18 at four learning rates: the published tables beside ours.

    Finished trainings are kept in OUT/cells and skipped when the command is given again; results of other networks in OUT are kept.
    """
    own = {name: options.pop(name) for name in ("models", "learning_rates", "further", "embeddings", "pytorch")}
    table = architectures.run(data, **own, **how_to_compute(**options))
    advice = ["This was a quick look. At full scale: digitcompress study architectures --data mnist"] if options["quick"] else []
    left_out = table.facts.get("left_out")
    tell(table, out=options["out"], as_json=as_json, quiet=options["quiet"], advice=[*advice, *([left_out] if left_out else [])])
