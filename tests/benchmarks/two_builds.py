"""Compare the training steps of two builds of the package, in short turns: on a machine whose speed changes by the minute nothing else can.

Run by hand: ``python tests/benchmarks/two_builds.py OLD NEW autoencoder --threads 2``, where OLD and NEW are folders made by
``pip install --no-deps --target OLD .`` at two commits. The rest of what the package needs comes from the environment.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from itertools import pairwise

SECONDS, EPOCHS = 1.0, 3  # that a turn lasts at least, after the first epoch
OPTIMIZERS = {"sgd": "SGD", "adam": "Adam"}


def least_step(name, threads):
    """Return the microseconds a step of the fastest epoch takes."""
    import digitcompress as dc
    from digitcompress.benchmarks import WORKLOADS

    workload = WORKLOADS[name]
    train = dc.datasets.load("mnist", fetch_missing=False).train
    ends = []

    def note_end(_epoch, _logs):
        ends.append(time.perf_counter())
        return len(ends) > EPOCHS and ends[-1] - ends[0] > SECONDS  # True ends the training

    dc.fit(
        workload.network(),
        (train.images[: workload.images], train.labels[: workload.images]),
        loss=workload.loss,
        optimizer=getattr(dc.optimizers, OPTIMIZERS[workload.optimizer])(workload.learning_rate),
        epochs=1_000_000,
        batch_size=workload.batch_size,
        threads=threads,
        callbacks=[dc.callbacks.LambdaCallback(on_epoch_end=note_end)],
        progress=False,
    )
    return min(after - before for before, after in pairwise(ends)) / workload.steps * 1e6


def turn(build, arguments):
    environment = os.environ | {"PYTHONPATH": build}
    command = [sys.executable, __file__, "--turn", build, build, arguments.workload, "--threads", str(arguments.threads)]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("workload")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--turn", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.turn:
        print(least_step(arguments.workload, arguments.threads))
        return
    old, new = [], []
    for number in range(arguments.rounds):
        sides = ((arguments.old, old), (arguments.new, new))
        for build, steps in sides if number % 2 == 0 else sides[::-1]:
            steps.append(turn(build, arguments))
    ratio = statistics.median(after / before for before, after in zip(old, new, strict=True))
    print(
        f"{arguments.workload}, {arguments.threads} threads, {arguments.rounds} rounds: least {min(old):.1f} and {min(new):.1f} µs a step, "
        f"new takes {ratio:.3f} of the time (median of the rounds)"
    )


if __name__ == "__main__":
    main()
