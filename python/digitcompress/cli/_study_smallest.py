"""``digitcompress study smallest``."""

from pathlib import Path
from typing import Any

import click

from digitcompress.cli._study_options import how_to_compute, study_options, tell
from digitcompress.studies import smallest
from digitcompress.studies.smallest._published import ROWS


def network_names(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Return the networks named in a text such as initial,leaky_relu."""
    if value is None:
        return None
    names = tuple(name.strip() for name in value.split(","))
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        message = f"unknown network {unknown[0]!r}; known: {', '.join(ROWS)}"
        raise click.BadParameter(message)
    return names


@click.command("smallest")
@click.option(
    "--images",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of your own pictures of digits; the label is the name of the sub-folder or the first character of the file's.",
)
@click.option(
    "--networks", callback=network_names, metavar="NAMES", help=f"Networks, separated by commas; all by default: {', '.join(ROWS)}."
)
@click.option("--search/--no-search", default=True, show_default=True, help="Whether to search below 1,000 parameters.")
@study_options(
    "smallest",
    data="Data set, CSV file as of Kaggle's digit-recognizer, or folder of IDX files.",
    quick="Few images, few epochs, one start: a first look.",
    seeds=None,
)
def study_smallest(*, data: str | Path, as_json: bool, images: Path | None, **options: Any) -> None:
    """The smallest network that reads digits: published steps beside ours, and a search for better ones.

    Finished trainings are kept in OUT/cells and skipped when the command is given again.
    """
    own = {name: options.pop(name) for name in ("networks", "search")}
    table = smallest.run(data, images=images, **own, **how_to_compute(**options))
    for name, reason in ({} if table.external is None or options["quiet"] else table.external["failures"]).items():
        click.echo(f"warning: {name}: {reason}", err=True)
    advice = _advice(data, images, quick=options["quick"]) + list(table.facts["notes"])
    tell(table, out=options["out"], as_json=as_json, quiet=options["quiet"], advice=advice)


def _advice(data: str | Path, images: Path | None, *, quick: bool) -> list[str]:
    more = [*(["--data mnist"] if data == "mnist-5k" else []), *(["--images FOLDER"] if images is None else [])]
    lines = [f"For the published images, or your own: digitcompress study smallest {' '.join(more)}"] if more else []
    return [*(["Leave --quick out for the published numbers of epochs."] if quick else []), *lines]
