"""``digitcompress study``."""

import click

from digitcompress.cli._study_architectures import study_architectures
from digitcompress.cli._study_losses import study_losses
from digitcompress.cli._study_smallest import study_smallest


@click.group()
def study() -> None:
    """Run a whole experiment and compare it with its published form."""


for _command in (study_losses, study_architectures, study_smallest):
    study.add_command(_command)
