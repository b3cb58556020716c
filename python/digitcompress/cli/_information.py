"""``digitcompress info``."""

import json

import click

from digitcompress._versions import show_versions, versions
from digitcompress.cli._program import debug_option


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@debug_option
def info(*, as_json: bool) -> None:
    """Tell version, processor level, threads and libraries."""
    if as_json:
        click.echo(json.dumps(versions(), indent=1))
    else:
        show_versions()
