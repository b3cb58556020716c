"""The options that all studies share, and their last words."""

import json
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from digitcompress.cli._program import debug_option
from digitcompress.cli._sources import data_source
from digitcompress.studies._output import plain
from digitcompress.studies._table import StudyTable

Command = Callable[..., Any]


def study_options(name: str, *, data: str, quick: str, seeds: int | None = 1) -> Callable[[Command], Command]:
    """Give a command ``--data --seeds --jobs --threads --quick --out --json --quiet --debug``.

    A study whose networks need different numbers of starts has `seeds` None: its own numbers are the default.
    """
    folder = Path("results") / name
    starts = "Number of random starts." if seeds is not None else "Number of random starts of every network, in place of the study's own."
    options = (
        click.option("--data", callback=data_source, default="mnist-5k", show_default=True, help=data),
        click.option("--seeds", type=click.IntRange(min=1), default=seeds, show_default=seeds is not None, help=starts),
        click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Trainings at a time."),
        click.option("--threads", type=click.IntRange(1, 256), help="Threads of each training; all processors over JOBS by default."),
        click.option("--quick", is_flag=True, help=quick),
        click.option(
            "--out", type=click.Path(path_type=Path, file_okay=False), default=folder, show_default=True, help="Folder of results."
        ),
        click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table."),
        click.option("--quiet", is_flag=True, help="Say nothing but the results."),
        debug_option,
    )

    def decorated(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


def how_to_compute(*, out: Path, quiet: bool, **options: Any) -> dict[str, Any]:
    """Return the shared arguments of every study's ``run``."""
    names = ("seeds", "jobs", "threads", "quick")
    shared = {name: options[name] for name in names}
    return {**shared, "out": out, "progress": False if quiet else "auto", "command": shlex.join(["digitcompress", *sys.argv[1:]])}


def tell(table: StudyTable, *, out: Path, as_json: bool, quiet: bool, advice: Sequence[str] = ()) -> None:
    """Print the results, and on standard error where the files are and what may come next."""
    click.echo(json.dumps(plain(table.results()), indent=1, allow_nan=False) if as_json else table.text())
    if not quiet:
        found = f"\nThe report is {out / 'report.html'}; beside it are results.csv, results.json and the figures."
        click.echo("\n".join([found, *advice]), err=True)
