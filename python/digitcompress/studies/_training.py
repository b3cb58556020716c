"""Train inside a job."""

import warnings
from typing import Any

from digitcompress.network import Network
from digitcompress.training import History, fit


def fit_or_stop(network: Network, data: Any, **options: Any) -> History:
    """Train a network in place; Ctrl-C ends the job, because half a training is no outcome."""
    with warnings.catch_warnings():
        # Said by the KeyboardInterrupt below.
        warnings.filterwarnings("ignore", message="fit was interrupted")
        history = fit(network, data, progress=False, **options)
    if history.interrupted:
        raise KeyboardInterrupt
    return history
