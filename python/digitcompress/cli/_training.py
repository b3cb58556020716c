"""``digitcompress train``."""

import json
import math
import time
from pathlib import Path
from typing import Any

import click

from digitcompress import augmentation, losses, models, optimizers, schedules
from digitcompress.cli._program import INTERRUPTED, debug_option
from digitcompress.cli._sources import DATA_HELP, data_source, deslant_option, load_data, validation_option
from digitcompress.network import Network
from digitcompress.persistence import save
from digitcompress.studies._output import plain
from digitcompress.training import History, fit

SHOWN = {"epoch": "d", "loss": ".4f", "accuracy": ".2%", "val_loss": ".4f", "val_accuracy": ".2%"}
RULE_OPTIONS = ("learning_rate", "momentum", "weight_decay")


@click.command()
@click.argument("model", type=click.Choice(models.names()))
@click.option("--data", callback=data_source, default="mnist-5k", show_default=True, help=DATA_HELP)
@validation_option
@deslant_option
@click.option("--epochs", type=click.IntRange(min=1), default=10, show_default=True, help="Passes over the data.")
@click.option("--batch-size", type=click.IntRange(min=0), default=64, show_default=True, help="Images a step; 0 for all of them.")
@click.option("--loss", type=click.Choice(losses.names()), default="cross_entropy", show_default=True, help="What is minimised.")
@click.option("--optimizer", type=click.Choice(optimizers.names()), default="adam", show_default=True, help="How it is minimised.")
@click.option("--learning-rate", type=click.FloatRange(min=0, min_open=True), help="Step size; by default the optimizer's own.")
@click.option("--momentum", type=click.FloatRange(0, 1, max_open=True), help="Share of the last step kept.")
@click.option("--weight-decay", type=click.FloatRange(min=0), help="Penalty on the size of weights.")
@click.option("--schedule", type=click.Choice(schedules.names()), default="constant", show_default=True, help="How the step size changes.")
@click.option(
    "--augment", "augmentation", type=click.Choice(augmentation.names()), multiple=True, help="Change images at random; may be repeated."
)
@click.option("--class-weight", type=click.Choice(["balanced"]), help="Let rare classes count as much as frequent ones.")
@click.option("--initializer", type=click.Choice(list(Network.initializers())), help="How parameters start; by default the model's own.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the start, the shuffling and the held-out images."
)
@click.option("--threads", type=click.IntRange(1, 256), help="At most so many threads; all processors by default.")
@click.option("--checkpoint", type=click.Path(path_type=Path, file_okay=False), help="Folder to keep the state of the training in.")
@click.option("--resume", is_flag=True, help="Go on from the state in the folder of --checkpoint; start if there is none.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File of the network; MODEL.safetensors by default.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@click.option("--quiet", is_flag=True, help="Say nothing but the results.")
@debug_option
def train(*, model: str, data: str | Path, out: Path | None, as_json: bool, quiet: bool, **options: Any) -> int:
    """Train a model and save it.

    After Ctrl-C the network is saved as it is then, and the exit code is 130.
    """
    target = out or Path(f"{model}.safetensors")
    _require_folder(target)
    if options["resume"] and options["checkpoint"] is None:
        message = "--resume needs --checkpoint, the folder to go on from"
        raise click.UsageError(message)
    optimizer = _optimizer(options.pop("optimizer"), {name: options.pop(name) for name in RULE_OPTIONS})
    initializer = options.pop("initializer")
    network = models.get(model)(seed=options["seed"], **({} if initializer is None else {"initializer": initializer}))
    splits = load_data(data, validation=options.pop("validation"), deslant=options.pop("deslant"))
    options["batch_size"] = options["batch_size"] or None
    start = time.perf_counter()
    history = fit(network, splits.train, validation=splits.validation, optimizer=optimizer, progress=False if quiet else "auto", **options)
    seconds = time.perf_counter() - start
    save(network, target)
    if not quiet:
        click.echo(f"{model}, {network.parameter_count:,} parameters: {history.steps:,} steps in {seconds:.1f} s; saved {target}", err=True)
    facts = {"model": model, "file": str(target), "parameter_count": network.parameter_count, "seconds": seconds}
    click.echo(json.dumps(plain(facts | _records(history)), indent=1, allow_nan=False) if as_json else _table(history))
    return INTERRUPTED if history.interrupted else 0


def _require_folder(target: Path) -> None:
    """Find out before the training that there is a place for its result."""
    if not target.absolute().parent.is_dir():
        message = f"{str(target.parent)!r} must be a folder that exists"
        raise click.BadParameter(message, param_hint="'--out'")


def _optimizer(name: str, values: dict[str, float | None]) -> Any:
    """Return the optimizer of that name with what was given in place of its defaults."""
    fields = optimizers.get(name).to_dict()
    given = {key: value for key, value in values.items() if value is not None}
    for key in given:
        if key not in fields:
            message = f"{name} has no {key.replace('_', ' ')}; it takes {', '.join(fields)}"
            raise click.UsageError(message)
    return type(optimizers.get(name))(**fields | given)


def _records(history: History) -> dict[str, Any]:
    columns = {name: history.columns[name].tolist() for name in ("step", *SHOWN) if name in history.columns}
    return {"steps": history.steps, "interrupted": history.interrupted, **columns}


def _table(history: History) -> str:
    names = [name for name in SHOWN if name in history.columns]
    rows = zip(*(history.columns[name].tolist() for name in names), strict=True)
    lines = ["  ".join(f"{name:>12}" for name in names)]
    lines += ["  ".join(_cell(value, SHOWN[name]) for name, value in zip(names, row, strict=True)) for row in rows]
    return "\n".join(lines)


def _cell(value: float, form: str) -> str:
    return f"{'-' if math.isnan(value) else format(value, form):>12}"
