"""``digitcompress study``."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any, Literal

import click

from digitcompress.cli._program import debug_option
from digitcompress.cli._sources import data_source
from digitcompress.errors import DataError
from digitcompress.studies import losses
from digitcompress.studies._output import plain
from digitcompress.studies.losses._choices import LOSSES, chosen_losses
from digitcompress.studies.losses._output import results

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


@click.group()
def study() -> None:
    """Run a whole experiment and compare it with its published form."""


@study.command("losses")
@click.option(
    "--data", callback=data_source, default="mnist-5k", show_default=True, help="Data set, or a CSV file as of Kaggle's digit-recognizer."
)
@click.option("--faithful", "arithmetic", flag_value="faithful", help="Only the source's own arithmetic.")
@click.option("--correct", "arithmetic", flag_value="correct", help="Only our arithmetic.")
@click.option("--both", "arithmetic", flag_value="both", help="Both modes (the default).")
@click.option("--bits", type=click.IntRange(1, 16), default=8, show_default=True, help="Width of a quantized number.")
@click.option("--rate", type=click.FloatRange(0, 1, max_open=True), default=0.1, show_default=True, help="Share of weights to prune.")
@click.option("--hidden", callback=hidden_sizes, default="10", show_default=True, help="Sizes of one or two hidden layers: 10 or 10,10.")
@click.option("--losses", callback=loss_names, metavar="NAMES", help=f"Losses, separated by commas; all by default: {', '.join(LOSSES)}.")
@click.option("--every", type=click.IntRange(min=1), default=10, show_default=True, help="Iterations between records.")
@click.option("--seeds", type=click.IntRange(min=1), default=1, show_default=True, help="Number of random starts.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Trainings at a time.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads of each training; all processors over JOBS by default.")
@click.option("--quick", is_flag=True, help="A tenth of the iterations: a first look.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("results/losses"), show_default=True, help="Folder of results."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@click.option("--quiet", is_flag=True, help="Say nothing but the results.")
@debug_option
def study_losses(*, arithmetic: str | None, as_json: bool, quiet: bool, out: Path, **options: Any) -> None:
    """Losses under quantization and pruning: the published table beside ours, ten figures, one report.

    Finished trainings are kept in OUT/cells and skipped when the command is given again.
    """
    data = options.pop("data")
    table = losses.run(
        data,
        faithful=FAITHFUL[arithmetic],
        out=out,
        progress=False if quiet else "auto",
        command=shlex.join(["digitcompress", *sys.argv[1:]]),
        **options,
    )
    click.echo(json.dumps(plain(results(table)), indent=1) if as_json else table.text())
    if not quiet:
        click.echo(_closing_words(data, out, options), err=True)


def _closing_words(data: str | Path, out: Path, options: dict[str, Any]) -> str:
    lines = [f"\nThe report is {out / 'report.html'}; beside it are results.csv, results.json and the figures."]
    if options["quick"]:
        lines.append("This was a quick look. Leave --quick out for the published numbers of iterations.")
    more = [*(["--data mnist"] if data == "mnist-5k" else []), *(["--seeds 5"] if options["seeds"] == 1 else [])]
    if more:
        aims = {"--data mnist": "the full MNIST", "--seeds 5": "the spread between starts"}
        aim = " and ".join(aims[option] for option in more)
        lines.append(f"For {aim}: digitcompress study losses {' '.join(more)}")
    return "\n".join(lines)
