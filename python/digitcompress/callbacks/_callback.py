"""What a callback is."""

from collections.abc import Callable, Mapping
from typing import Any

from digitcompress.network import Network

__all__ = ["Callback", "LambdaCallback"]


class Callback:
    """Base of what ``fit(callbacks=[...])`` calls; override what you need.

    Attributes
    ----------
    network : Network
        The network in training; set before `on_train_begin`. Its parameters may be read and written.
    stop_training : bool
        Set it to true in `on_epoch_end`, and the training ends there. ``fit`` sets it to false at the beginning.

    Examples
    --------
    >>> import digitcompress as dc
    >>> import numpy as np
    >>> class Enough(dc.callbacks.Callback):
    ...     def on_epoch_end(self, epoch, logs):
    ...         self.stop_training = logs["accuracy"] == 1.0
    >>> data = np.eye(4, dtype=np.float32), [0, 1, 0, 1]
    >>> history = dc.fit(dc.models.mlp([4, 2]), data, epochs=500, callbacks=[Enough()], optimizer=dc.optimizers.SGD(1.0), progress=False)
    >>> history.steps < 500
    True
    """

    network: Network
    stop_training: bool = False

    def on_train_begin(self) -> None:
        """Be told that the first epoch follows, or that a checkpoint has been taken up."""

    def on_epoch_begin(self, epoch: int) -> None:
        """Be told that an epoch begins, numbered from 0; again, when it is taken up half-way."""

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float]) -> Any:
        """Be told that an epoch has ended.

        Parameters
        ----------
        epoch : int
            Numbered from 0.
        logs : mapping of str to float
            ``loss``, ``accuracy`` and ``learning_rate``; with validation data also ``val_loss`` and ``val_accuracy``. Without accuracies
            when the loss reconstructs.

        Returns
        -------
        bool or None
            True ends the training, as setting `stop_training` does; anything else means nothing.
        """

    def on_train_end(self) -> None:
        """Be told that the training has ended: after its last epoch, early, or by Ctrl-C; not after an error."""

    def state(self) -> dict[str, Any]:
        """Return what a resumed training must know: arrays, and values that JSON can hold."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take a state over, before `on_train_begin`."""


class LambdaCallback(Callback):
    """A callback made of functions.

    Parameters
    ----------
    on_train_begin, on_train_end : callable, optional
        Called without arguments.
    on_epoch_begin : callable, optional
        Called with the epoch.
    on_epoch_end : callable, optional
        Called with the epoch and its logs; returning True ends the training.

    Examples
    --------
    >>> import digitcompress as dc
    >>> import numpy as np
    >>> epochs = []
    >>> record = dc.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epochs.append(epoch))
    >>> data = np.eye(4, dtype=np.float32), [0, 1, 0, 1]
    >>> _ = dc.fit(dc.models.mlp([4, 2]), data, epochs=3, callbacks=[record], progress=False)
    >>> epochs
    [0, 1, 2]
    """

    def __init__(
        self,
        *,
        on_train_begin: Callable[[], Any] | None = None,
        on_epoch_begin: Callable[[int], Any] | None = None,
        on_epoch_end: Callable[[int, Mapping[str, float]], Any] | None = None,
        on_train_end: Callable[[], Any] | None = None,
    ) -> None:
        given = {
            "on_train_begin": on_train_begin,
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_end": on_train_end,
        }
        for name, function in given.items():
            if function is not None:
                setattr(self, name, _checked(name, function))


def _checked(name: str, function: Any) -> Callable[..., Any]:
    if callable(function):
        return function  # type: ignore[no-any-return]
    message = f"LambdaCallback: {name} must be callable, got {function!r}"
    raise TypeError(message)
