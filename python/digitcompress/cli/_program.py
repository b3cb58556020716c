"""The program: exit codes, and errors in one sentence."""

import os
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import click

from digitcompress.errors import AccuracyDropError, Error

FAILED, GATE_MISSED, INTERRUPTED = 1, 3, 130


class Program(click.Group):
    """A group of commands that ends with 0 done, 1 failed, 2 usage, 3 gate missed or 130 interrupted."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **options: Any) -> Any:  # type: ignore[override]
        """Run the command line and leave with its exit code."""
        arguments = list(sys.argv[1:] if args is None else args)
        run = super().main
        with warnings.catch_warnings():
            warnings.filterwarnings("always", category=RuntimeWarning)
            warnings.showwarning = _show_warning
            code = _exit_code(lambda: run(arguments, prog_name or "digitcompress", **(options | {"standalone_mode": False})), arguments)
        sys.exit(_flushed(code))


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    click.echo(f"warning: {message}", err=True)


def _exit_code(run: Callable[[], Any], arguments: Sequence[str]) -> int:
    try:
        outcome = run()
    except click.Abort:
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        return FAILED
    except (Error, OSError, MemoryError) as error:
        if "--debug" in arguments:
            raise
        click.echo(f"digitcompress: {str(error) or type(error).__name__}", err=True)
        return GATE_MISSED if isinstance(error, AccuracyDropError) else FAILED
    return outcome if isinstance(outcome, int) else 0


def _flushed(code: int) -> int:
    """Write out what is buffered; a reader that has gone away is no reason for a traceback."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="digitcompress", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show where an error arose.")
def program(**_: Any) -> None:
    """Train, quantize and prune small neural networks for handwritten digits, and prove what it cost.

    Results go to standard output, everything else to standard error.
    """


def debug_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take --debug as well, because that is where it gets typed."""
    return click.option("--debug", is_flag=True, expose_value=False, help="Show where an error arose.")(command)
