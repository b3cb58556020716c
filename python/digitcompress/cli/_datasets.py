"""``digitcompress fetch``."""

import click

from digitcompress import datasets
from digitcompress.cli._program import debug_option
from digitcompress.datasets._registry import PUBLISHED


@click.command()
@click.argument("name", type=click.Choice(list(PUBLISHED)))
@click.option("--quiet", is_flag=True, help="Show no progress.")
@debug_option
def fetch(*, name: str, quiet: bool) -> None:
    """Download a data set, check it, and print where it is.

    Nothing is downloaded when a checked copy is there already.
    """
    click.echo(datasets.fetch(name, progress=False if quiet else "auto"))
