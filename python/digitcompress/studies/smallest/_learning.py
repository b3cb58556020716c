"""How one training of the study goes."""

from digitcompress.network import Network
from digitcompress.optimizers import Adam
from digitcompress.studies._splits import StudySplits
from digitcompress.studies._training import fit_or_stop
from digitcompress.studies.smallest._cells import Cell
from digitcompress.studies.smallest._folding import fold, normalized
from digitcompress.training import History


def train(cell: Cell, images: StudySplits, threads: int | None) -> tuple[Network, History]:
    """Return the trained network of a cell, and what was recorded; a batch normalization that helped is gone from it."""
    network = cell.build()
    pupil = normalized(network) if cell.recipe.norm else network
    history = fit_or_stop(
        pupil,
        images.train,
        validation=images.validation,
        loss=cell.recipe.loss,
        optimizer=Adam(cell.recipe.learning_rate),
        epochs=cell.epochs,
        batch_size=cell.recipe.batch_size,
        schedule=cell.recipe.schedule,
        augmentation=cell.recipe.augmentation or None,
        seed=cell.seed,
        threads=threads,
    )
    if cell.recipe.norm:
        fold(pupil, network)
    return network, history
