"""``digitcompress info``."""

import json
from pathlib import Path
from typing import Any

import click

from digitcompress._versions import show_versions, versions
from digitcompress.cli._program import debug_option
from digitcompress.evaluation import size_bytes
from digitcompress.network import Network, description_of
from digitcompress.persistence import load


@click.command()
@click.argument("network_file", metavar="[FILE]", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@debug_option
def info(*, network_file: Path | None, as_json: bool) -> None:
    """Tell what is in a saved network; without FILE version, processor level, threads and libraries."""
    if network_file is not None:
        network = load(network_file, allow_nonfinite=True)
        click.echo(json.dumps(_facts(network_file, network), indent=1) if as_json else _text(network_file, network))
    elif as_json:
        click.echo(json.dumps(versions(), indent=1))
    else:
        show_versions()


def _facts(path: Path, network: Network) -> dict[str, Any]:
    return {
        "file": str(path),
        "file_bytes": path.stat().st_size,
        "parameter_count": network.parameter_count,
        "parameter_bytes": size_bytes(network),
        "multiply_adds": network.multiply_adds,
        "is_prepared": network.is_prepared,
        **description_of(network),
    }


def _text(path: Path, network: Network) -> str:
    lines = [network.summary(), ""]
    lines += [f"compressed by  {item!r}" for item in network.compression]
    if network.is_prepared:
        lines.append("prepared: its weights are transformed at every pass, until it is converted")
    shape = " x ".join(map(str, network.input_shape))
    lines.append(f"reads {shape}; {path.stat().st_size:,} bytes in {path}, {size_bytes(network):,} bytes of packed parameters")
    return "\n".join(lines)
