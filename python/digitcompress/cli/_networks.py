"""``digitcompress evaluate | predict``."""

import json
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from digitcompress import losses
from digitcompress.cli._program import FAILED, debug_option
from digitcompress.cli._sources import (
    DATA_HELP,
    Named,
    data_source,
    deslant_option,
    files_of,
    load_data,
    read_images,
    validation_option,
)
from digitcompress.datasets import Dataset, Split
from digitcompress.errors import DataError, Error
from digitcompress.evaluation import evaluate as evaluate_network
from digitcompress.network import Network
from digitcompress.persistence import load

SPLITS = ("test", "validation", "train")

network_argument = click.argument("network_file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
threads_option = click.option("--threads", type=click.IntRange(1, 256), help="At most so many threads; all processors by default.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@network_argument
@click.option("--data", callback=data_source, default="mnist", show_default=True, help=DATA_HELP)
@validation_option
@deslant_option
@click.option("--split", type=click.Choice(SPLITS), help="By default the first of these that the data have.")
@click.option("--loss", type=click.Choice(losses.names()), default="cross_entropy", show_default=True, help="What the loss measures.")
@threads_option
@json_option
@debug_option
def evaluate(
    *, network_file: Path, data: str | Path, validation: float | None, deslant: bool, split: str | None, as_json: bool, **options: Any
) -> None:
    """Tell how well a saved network does, class by class, and what it costs.

    Of data that `train` held a part of out, with the same --validation, that part is the validation split.
    """
    network = load(network_file)
    name, images = _split(load_data(data, validation=validation, deslant=deslant), split)
    click.echo(f"{network_file} on the {name} split of {data}:", err=True)
    report = evaluate_network(network, images, **options)
    click.echo(report.to_json() if as_json else report.text())


def _split(data: Dataset, wanted: str | None) -> tuple[str, Split]:
    for name in (wanted,) if wanted else SPLITS:
        split: Split | None = getattr(data, name)
        if split is not None:
            return name, split
    message = f"evaluate: the data must have a {wanted or 'labelled'} split, got {data!r}"
    raise DataError(message)


@click.command()
@network_argument
@click.argument("images", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@deslant_option
@threads_option
@json_option
@click.option("--quiet", is_flag=True, help="Say nothing of files that cannot be read; the exit code tells.")
@debug_option
def predict(*, network_file: Path, images: tuple[Path, ...], deslant: bool, threads: int | None, as_json: bool, quiet: bool) -> int:
    """Tell which digits a saved network sees.

    IMAGES are pictures (PNG, JPEG, BMP, GIF of any size, either polarity: they are centred as MNIST was), IDX files, .npy files, or
    folders of these. A file that cannot be read does not stop the others; the exit code is 1 then.
    """
    network = load(network_file)
    rows, failed = [], 0
    for path in files_of(images):
        try:
            rows += _predictions(network, read_images(path, network.input_shape, deslant=deslant), threads)
        except (Error, OSError) as error:
            failed += 1
            if not quiet:
                click.echo(f"digitcompress: {error}", err=True)
    click.echo(json.dumps(rows, indent=1) if as_json else _table(rows))
    return FAILED if failed or not rows else 0


def _predictions(network: Network, given: Named, threads: int | None) -> list[dict[str, Any]]:
    probabilities = network.predict_proba(given.images, threads=threads)
    return [_prediction(name, row) for name, row in zip(given.names, probabilities, strict=True)]


def _prediction(name: str, probabilities: NDArray[np.float32]) -> dict[str, Any]:
    order = np.argsort(-probabilities, kind="stable")
    return {
        "image": name,
        "prediction": int(order[0]),
        "probability": float(probabilities[order[0]]),
        "second": int(order[1]) if len(order) > 1 else None,
        "probabilities": [float(value) for value in probabilities],
    }


def _table(rows: list[dict[str, Any]]) -> str:
    width = max([len(row["image"]) for row in rows] + [5])
    lines = [f"{'image':<{width}}  digit  probability  else"]
    for row in rows:
        second = "" if row["second"] is None else str(row["second"])
        lines.append(f"{row['image']:<{width}}  {row['prediction']:>5}  {row['probability']:>11.1%}  {second:>4}")
    return "\n".join(lines)
