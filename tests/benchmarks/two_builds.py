"""Compare the training steps of two builds of the package, in short turns: on a machine whose speed changes by the second nothing else can.

Run by hand: ``python tests/benchmarks/two_builds.py OLD NEW autoencoder --threads 2``, where OLD and NEW are folders made by
``pip install --no-deps --target OLD .`` at two commits. The rest of what the package needs comes from the environment. Both trainings stay
alive, and one waits while the other has its turn.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

TURN_SECONDS = 0.05
OPTIMIZERS = {"sgd": "SGD", "adam": "Adam"}


def train(name, threads, steps, at_epoch_end):
    """Train on so many batches an epoch, or all there are, until `at_epoch_end(steps)` returns true; `steps` are those of an epoch."""
    import digitcompress as dc
    from digitcompress.benchmarks import WORKLOADS

    workload = WORKLOADS[name]
    data = dc.datasets.load("mnist", fetch_missing=False).train
    steps = min(steps, len(data.images) // workload.batch_size)
    images = workload.batch_size * steps
    dc.fit(
        workload.network(),
        (data.images[:images], data.labels[:images]),
        loss=workload.loss,
        optimizer=getattr(dc.optimizers, OPTIMIZERS[workload.optimizer])(workload.learning_rate),
        epochs=1_000_000,
        batch_size=workload.batch_size,
        threads=threads,
        callbacks=[dc.callbacks.LambdaCallback(on_epoch_end=lambda _epoch, _logs: at_epoch_end(steps))],
        progress=False,
    )


def steps_of_turn(name, threads):
    ends = []

    def note_end(_steps):
        ends.append(time.perf_counter())
        return len(ends) == 2  # True ends the training

    train(name, threads, 4, note_end)
    return max(1, round(TURN_SECONDS / ((ends[1] - ends[0]) / 4)))


def take_turns(name, threads):
    """Tell the microseconds of a step after each turn, and wait for the next one; an empty line is the end."""
    start = time.perf_counter()

    def tell(steps):
        nonlocal start
        print((time.perf_counter() - start) / steps * 1e6, flush=True)
        if not sys.stdin.readline().strip():
            return True
        start = time.perf_counter()
        return False

    train(name, threads, steps_of_turn(name, threads), tell)


class Contender:
    """A build in a process of its own."""

    def __init__(self, build, arguments):
        command = [sys.executable, __file__, "--serve", build, build, arguments.workload, "--threads", str(arguments.threads)]
        self._process = subprocess.Popen(
            command, env=os.environ | {"PYTHONPATH": build}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._read()  # a turn to get warm
        self.times = []

    def _read(self):
        line = self._process.stdout.readline()
        if not line:
            sys.exit("a build has failed")
        return float(line)

    def turn(self):
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        self.times.append(self._read())

    def end(self):
        self._process.communicate("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("workload")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=150, help="Turns of each build, of a twentieth of a second.")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        take_turns(arguments.workload, arguments.threads)
        return
    old, new = (Contender(build, arguments) for build in (arguments.old, arguments.new))
    for number in range(arguments.rounds):
        for contender in (old, new) if number % 2 == 0 else (new, old):
            contender.turn()
    for contender in (old, new):
        contender.end()
    ratio = statistics.median(after / before for before, after in zip(old.times, new.times, strict=True))
    print(
        f"{arguments.workload}, {arguments.threads} threads, {arguments.rounds} rounds: "
        f"least {min(old.times):.1f} and {min(new.times):.1f} µs a step, "
        f"median {statistics.median(old.times):.1f} and {statistics.median(new.times):.1f}, "
        f"new takes {ratio:.3f} of the time (median of the rounds)"
    )


if __name__ == "__main__":
    main()
