"""``digitcompress study losses``."""

from pathlib import Path
from typing import Any, Literal

import click

from digitcompress.cli._study_options import how_to_compute, study_options, tell
from digitcompress.errors import DataError
from digitcompress.studies import losses
from digitcompress.studies.losses._choices import LOSSES, chosen_losses

FAITHFUL: dict[str | None, Literal["both"] | bool] = {None: "both", "both": "both", "faithful": True, "correct": False}


def hidden_sizes(_: click.Context, __: click.Parameter, value: str) -> tuple[int, ...]:
    """Return sizes of hidden layers from a text such as 10 or 10,10."""
    parts = [part.strip() for part in value.split(",")]
    if len(parts) > 2 or not all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts):
        message = f"{value!r} must be one or two sizes of at least 1, such as 10 or 10,10"
        raise click.BadParameter(message)
    return tuple(map(int, parts))


def loss_names(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Return the losses named in a text such as mse,focal."""
    try:
        return chosen_losses(None if value is None else [name.strip() for name in value.split(",")])
    except DataError as error:
        raise click.BadParameter(str(error)) from error


@click.command("losses")
@click.option("--faithful", "arithmetic", flag_value="faithful", help="Only the source's own arithmetic.")
@click.option("--correct", "arithmetic", flag_value="correct", help="Only our arithmetic.")
@click.option("--both", "arithmetic", flag_value="both", help="Both modes (the default).")
@click.option("--bits", type=click.IntRange(1, 16), default=8, show_default=True, help="Width of a quantized number.")
@click.option("--rate", type=click.FloatRange(0, 1, max_open=True), default=0.1, show_default=True, help="Share of weights to prune.")
@click.option("--hidden", callback=hidden_sizes, default="10", show_default=True, help="Sizes of one or two hidden layers: 10 or 10,10.")
@click.option("--losses", callback=loss_names, metavar="NAMES", help=f"Losses, separated by commas; all by default: {', '.join(LOSSES)}.")
@click.option("--every", type=click.IntRange(min=1), default=10, show_default=True, help="Iterations between records.")
@study_options("losses", data="Data set, or a CSV file as of Kaggle's digit-recognizer.", quick="A tenth of the iterations: a first look.")
def study_losses(*, arithmetic: str | None, data: str | Path, as_json: bool, **options: Any) -> None:
    """Losses under quantization and pruning: the published table beside ours, ten figures, one report.

    Finished trainings are kept in OUT/cells and skipped when the command is given again.
    """
    own = {name: options.pop(name) for name in ("bits", "rate", "hidden", "losses", "every")}
    table = losses.run(data, faithful=FAITHFUL[arithmetic], **own, **how_to_compute(**options))
    advice = _advice(data, quick=options["quick"], seeds=options["seeds"])
    tell(table, out=options["out"], as_json=as_json, quiet=options["quiet"], advice=advice)


def _advice(data: str | Path, *, quick: bool, seeds: int) -> list[str]:
    lines = ["This was a quick look. Leave --quick out for the published numbers of iterations."] if quick else []
    more = [*(["--data mnist"] if data == "mnist-5k" else []), *(["--seeds 5"] if seeds == 1 else [])]
    if more:
        aims = {"--data mnist": "the full MNIST", "--seeds 5": "the spread between starts"}
        aim = " and ".join(aims[option] for option in more)
        lines.append(f"For {aim}: digitcompress study losses {' '.join(more)}")
    return lines
