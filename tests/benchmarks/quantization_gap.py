"""What eight bits cost the accuracy of the study's network, over many starts and apart from the chance of a last iteration.

Run by hand: ``PYTHONPATH=tests DIGITCOMPRESS_DATA=... python -m benchmarks.quantization_gap focal 0.5 500 --seeds 100 140``.

Full-batch descent at a large learning rate is at the edge of stability: accuracy drops now and then, in float as well. So beside the gap
of the last iteration there is the gap of the mean over the last iterations, and how often the mean of five starts would miss a point by
chance alone.
"""

import argparse
from dataclasses import dataclass

import numpy as np

from digitcompress.studies.losses import train
from digitcompress.studies.losses._data import study_data
from digitcompress.studies.losses._start import draw_start

LATE = 200  # iterations
DROP = 3.0  # points below the median of a start's late iterations
STARTS = 5  # that the study's mean is taken over
DRAWS = 100_000


@dataclass(frozen=True)
class Runs:
    """Percent correct: of the late iterations on the training images, shape (starts, LATE), and of the last on the test images."""

    late: np.ndarray
    test: np.ndarray

    @property
    def drops(self):
        """Share of late iterations inside a drop."""
        return (np.median(self.late, axis=1, keepdims=True) - self.late > DROP).mean()


def run(data, seeds, compression, *, loss, learning_rate, iterations, threads=None):
    """Train one network from each start."""
    first, total = data.counts.development, data.counts.total
    late, test = [], []
    for seed in seeds:
        start = draw_start(data.images[0].size, seed=seed)
        options = {"learning_rate": learning_rate, "iterations": iterations, "loss": loss, "compression": compression}
        cell = train(data.images[first:total], data.labels[first:total], start=start, record_every=1, seed=seed, threads=threads, **options)
        late.append(100 * cell.history.columns["accuracy"][-LATE:])
        test.append(100 * (cell.network.predict(data.images[total:]) == data.labels[total:]).mean())
    return Runs(np.array(late), np.array(test))


def chance_of_a_miss(runs, reference, *, points=1.0):
    """How often the mean of five starts is more than `points` below the reference, both read at late iterations drawn at random."""
    generator = np.random.default_rng(0)
    starts = generator.integers(0, len(runs.late), (DRAWS, STARTS))
    reads = [each.late[starts, generator.integers(0, each.late.shape[1], (DRAWS, STARTS))].mean(axis=1) for each in (runs, reference)]
    return (reads[0] - reads[1] < -points).mean()


def mean_and_error(gaps):
    return f"{gaps.mean():+.2f} ± {gaps.std(ddof=1) / np.sqrt(len(gaps)):.2f}"


def describe(float_runs, quantized):
    last, late = quantized.test - float_runs.test, quantized.late.mean(axis=1) - float_runs.late.mean(axis=1)
    return (
        f"{len(last)} starts, test accuracy in float {float_runs.test.mean():.2f} %\n"
        f"eight bits against float, in points (± standard error): last iteration, test images {mean_and_error(last)}; "
        f"mean of the last {LATE}, training images {mean_and_error(late)}\n"
        f"late iterations more than {DROP:g} points below their median: float {float_runs.drops:.1%}, eight bits {quantized.drops:.1%}\n"
        f"mean of {STARTS} starts more than a point below float: eight bits {chance_of_a_miss(quantized, float_runs):.1%}, "
        f"float read at another iteration {chance_of_a_miss(float_runs, float_runs):.1%}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("loss")
    parser.add_argument("learning_rate", type=float)
    parser.add_argument("iterations", type=int)
    parser.add_argument("--seeds", type=int, nargs=2, default=(100, 120), metavar=("FIRST", "END"))
    options = vars(parser.parse_args())
    seeds, data = range(*options.pop("seeds")), study_data("mnist")
    print(describe(*(run(data, seeds, compression, **options) for compression in ("none", "quantized"))))


if __name__ == "__main__":
    main()
