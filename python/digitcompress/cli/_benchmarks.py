"""``digitcompress bench``."""

import json
from pathlib import Path

import click

from digitcompress import benchmarks
from digitcompress.benchmarks._files import read_results, write_page, write_results
from digitcompress.benchmarks._text import missed, terminal_text
from digitcompress.cli._program import GATE_MISSED, debug_option

DEFAULT_OUT = Path("results/bench")


@click.command()
@click.option(
    "--workload", "workloads", type=click.Choice(list(benchmarks.WORKLOADS)), multiple=True, help="Only this one; may be repeated."
)
@click.option("--peers/--no-peers", default=True, show_default=True, help="Whether other frameworks race, too.")
@click.option("--quick", is_flag=True, help="A first look within a minute.")
@click.option("--cpu-time", is_flag=True, help="One thread, seconds of the processor: for a machine that others use.")
@click.option("--rounds", type=click.IntRange(min=1), help="Turns of each contender; 7 by default, 2 with --quick.")
@click.option("--threads", type=click.IntRange(1, 256), help="Threads of each contender; all processors by default.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=DEFAULT_OUT, show_default=True, help="Folder of results.")
@click.option(
    "--from",
    "sources",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Measure nothing: write the page from the JSON of an earlier run, or of several.",
)
@click.option("--gate", is_flag=True, help="Exit with 3 when a limit is missed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--quiet", is_flag=True, help="Say nothing but the results.")
@debug_option
def bench(
    *,
    workloads: tuple[str, ...],
    peers: bool,
    quick: bool,
    cpu_time: bool,
    rounds: int | None,
    threads: int | None,
    out: Path,
    sources: tuple[Path, ...],
    gate: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Race digitcompress against the frameworks that are installed, on this machine.

    PyTorch, JAX, scikit-learn and NumPy train the same networks in turns; those that are not installed are named. `pip install
    "digitcompress[peers]"` brings them.
    """
    if sources:
        runs = [read_results(source) for source in sources]
    else:
        tell = (lambda _: None) if quiet else (lambda text: click.echo(text, err=True))
        runs = [benchmarks.run(workloads, peers=peers, quick=quick, cpu_time=cpu_time, rounds=rounds, threads=threads, tell=tell)]
        write_results(runs[0], out / "results.json")
    page = write_page(runs, out)
    found = [each.as_json() for each in runs]
    click.echo(json.dumps(found[0] if len(found) == 1 else found, indent=1) if as_json else "\n\n".join(map(terminal_text, runs)))
    if not quiet:
        click.echo(f"\nThe page is {page}; the figures behind it are in {', '.join(map(str, sources)) or out / 'results.json'}.", err=True)
    return GATE_MISSED if gate and _told_missed(runs) else 0


def _told_missed(runs: list[benchmarks.Results]) -> bool:
    texts = [text for each in runs for text in missed(each)]
    for text in texts:
        click.echo(f"missed: {text}", err=True)
    return bool(texts)
