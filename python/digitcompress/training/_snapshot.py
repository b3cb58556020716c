"""Turn a training on its way into a checkpoint, and back."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitcompress import _core
from digitcompress.callbacks import Callback
from digitcompress.errors import FormatError, StateError
from digitcompress.training._identity import Identity, differences, stateful
from digitcompress.training._job import Job

Arrays = Mapping[str, NDArray[Any]]

_SHOWN_DIFFERENCES = 8
_EPOCH = ("confusion", "class_loss_sum", "loss_sum")


def capture(job: Job, trainer: _core.Trainer, history: Arrays) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the state of a training: what JSON can hold, and arrays."""
    epoch = trainer.unfinished_epoch()
    values, arrays = _callback_states(stateful(job.callbacks))
    state = {
        "level": _core.level,
        "step": trainer.step,
        "total_steps": job.batches.last_step,
        "samples": int(epoch["samples"][0]),
        "callbacks": values,
    }
    arrays |= {f"parameters/{name}": values for name, values in job.network.parameters.items()}
    arrays |= dict(_slots(trainer))
    arrays |= {"schedule": trainer.schedule_state()}
    arrays |= {f"epoch/{name}": epoch[name] for name in _EPOCH}
    arrays |= {f"history/{name}": values for name, values in history.items()}
    return state, arrays


def _slots(trainer: _core.Trainer) -> Iterator[tuple[str, NDArray[Any]]]:
    for index, slot in enumerate(trainer.optimizer_state()):
        for name, values in slot.items():
            yield f"optimizer/{index}/{name}", values


def _callback_states(callbacks: Sequence[Callback]) -> tuple[list[dict[str, Any]], dict[str, NDArray[Any]]]:
    plain: list[dict[str, Any]] = []
    arrays: dict[str, NDArray[Any]] = {}
    for index, callback in enumerate(callbacks):
        state = callback.state()
        arrays |= {f"callbacks/{index}/{name}": value for name, value in state.items() if isinstance(value, np.ndarray)}
        plain.append({name: value for name, value in state.items() if not isinstance(value, np.ndarray)})
    return plain, arrays


class Snapshot:
    """A checkpoint that has been read."""

    def __init__(self, job: Job, description: Mapping[str, Any], arrays: Arrays) -> None:
        self._job = job
        self._description = description
        self._arrays = arrays

    @property
    def stopped(self) -> bool:
        """Whether a callback had ended the training."""
        return bool(self._description["stopped"])

    @property
    def history(self) -> dict[str, NDArray[Any]]:
        """The columns recorded until then."""
        return self._below("history/")

    def require_same(self, identity: Identity) -> None:
        """Refuse to go on with another training; all differences are named."""
        found = [*differences(self._description["identity"], identity), *self._other_epochs()]
        if found:
            shown = found[:_SHOWN_DIFFERENCES] + ([f"{len(found) - _SHOWN_DIFFERENCES} more"] if len(found) > _SHOWN_DIFFERENCES else [])
            message = f"fit: resume must go on with the training of the checkpoint, got another: {'; '.join(shown)}"
            raise StateError(message)
        level = self._description["level"]
        if level != _core.level:
            message = f"fit: the checkpoint is of the processor level {level}, this is {_core.level}: results may differ in the last bits"
            warnings.warn(message, stacklevel=4)

    def _other_epochs(self) -> Iterator[str]:
        """Yield why the number of epochs may not be what it is: more are fine, if the schedule has been the same so far."""
        done, planned, asked = self._description["step"], self._description["total_steps"], self._job.batches.last_step
        per_epoch, schedule = self._job.batches.per_epoch, self._job.rules["schedule"]
        if asked < done:
            yield f"epochs end at step {asked} here, and the checkpoint is of step {done}"
        elif asked != planned and (schedule.factors(planned, per_epoch)[:done] != schedule.factors(asked, per_epoch)[:done]).any():
            yield f"epochs end at step {planned} there and {asked} here, which changes the rates that {schedule!r} has given"

    def restore_network(self) -> None:
        """Give the network its parameters; before the trainer is made."""
        _fill(self._job.network.parameters, self._below("parameters/"))

    def restore_training(self, trainer: _core.Trainer) -> None:
        """Give trainer and callbacks their states."""
        _fill(dict(_slots(trainer)), {f"optimizer/{name}": values for name, values in self._below("optimizer/").items()})
        state = self._description
        trainer.resume(state["step"], state["samples"], self._arrays["schedule"], self._below("epoch/"))
        for index, (callback, values) in enumerate(zip(stateful(self._job.callbacks), state["callbacks"], strict=True)):
            callback.restore(values | self._below(f"callbacks/{index}/"))

    def _below(self, prefix: str) -> dict[str, NDArray[Any]]:
        return {name.removeprefix(prefix): values.copy() for name, values in self._arrays.items() if name.startswith(prefix)}


def _fill(views: Arrays, values: Arrays) -> None:
    if views.keys() != values.keys() or any(views[name].shape != values[name].shape for name in views):
        message = "fit: the checkpoint must hold the arrays of this training, got others"
        raise FormatError(message)
    for name, view in views.items():
        view[...] = values[name]
