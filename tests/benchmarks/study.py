"""Time one full-batch iteration of the study, faithful and correct, beside the source's NumPy script in the same process.

Run by hand: ``PYTHONPATH=tests python -m benchmarks.study``. Real digits are used when DIGITCOMPRESS_DATA names a folder with them.
``DIGITCOMPRESS_ISA=v3`` holds our core alone to AVX2. To see both sides as on a processor without AVX-512, hold OpenBLAS and NumPy to
it as well: ``OPENBLAS_CORETYPE=Haswell NPY_DISABLE_CPU_FEATURES=X86_V4``.
"""

import gzip
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import digitcompress as dc
from digitcompress import _core
from reference import synthetic_digits
from reference.source_script import Script, init_params

IMAGES = 41_000
ITERATIONS = 30
START = init_params((784, 10, 10), seed=0)
LEARNING_RATE = 0.1
BLAS_SPINS = 0.2  # seconds until OpenBLAS's idle threads stop spinning on the processors that the next timing needs
PATCH = (2, 4)  # pixels that the kernels keep or leave out together


@dataclass(frozen=True)
class Timing:
    """Medians over the rounds, in milliseconds an iteration, and what cannot be undercut."""

    script: float
    ours: float
    dense_floor: float  # every pixel multiplied
    inked_floor: float  # only patches with ink
    memory_floor: float  # each packed patch read in the forward and in the backward pass
    peak_gflops: float
    read_gbytes: float

    @property
    def ratio(self):
        return self.script / self.ours


def load_digits():
    folder = os.environ.get("DIGITCOMPRESS_DATA")
    if not folder:
        images, labels = synthetic_digits.make(IMAGES)
        return images.reshape(IMAGES, 784), labels
    raw = [gzip.decompress((Path(folder) / f"mnist/train-{name}.gz").read_bytes()) for name in ("images-idx3-ubyte", "labels-idx1-ubyte")]
    pixels = np.frombuffer(raw[0], np.uint8, offset=16).reshape(-1, 784)[:IMAGES]
    return pixels.copy(), np.frombuffer(raw[1], np.uint8, offset=8)[:IMAGES].astype(np.int64)


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def per_iteration(run):
    """Seconds of an iteration, without what is done once: the difference of a long and a short run."""
    return (seconds(lambda: run(ITERATIONS + 1)) - seconds(lambda: run(1))) / ITERATIONS


def faithful(images, labels, compression):
    return lambda iterations: _core.faithful_train(images, labels, START, LEARNING_RATE, iterations, compression=compression)


def correct(images, labels):
    def run(iterations):
        network = dc.models.mlp([784, 10, 10], seed=0)
        dc.fit(network, (images, labels), optimizer=dc.optimizers.SGD(LEARNING_RATE), epochs=iterations, batch_size=None, progress=False)

    return run


def inked_patches(images):
    rows, columns = 28 // PATCH[0], 28 // PATCH[1]
    return int(np.count_nonzero(images.reshape(-1, rows, PATCH[0], columns, PATCH[1]).any(axis=(2, 4))))


def compare(run, images, labels, compression="none", *, precision="double", rounds=5):
    """Interleave rounds of both, so that a neighbour's load falls on both; floors are the machine's best over the rounds."""
    X, script, floors, pairs = images.T / 255.0, Script(LEARNING_RATE, compression), [], []
    for _ in range(rounds):
        script_time = seconds(lambda: script.gradient_descent(X, labels, START, 3)) / 3
        time.sleep(BLAS_SPINS)
        pairs.append((script_time, per_iteration(run)))
        floors.append(_core.machine_floors())
    flops, read_bytes = (max(floor[name] for floor in floors) for name in (f"{precision}_flops", "read_bytes"))
    patches, size, units = inked_patches(images), PATCH[0] * PATCH[1], 10
    rest = 3 * units * units * len(images)  # forward, backward and weight gradient of the second layer
    dense, inked = (2 * (2 * units * pixels + rest) / flops for pixels in (images.size, patches * size))
    memory = patches * (2 * size + 3) / read_bytes
    script_seconds, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Timing(*(1e3 * value for value in (script_seconds, ours, dense, inked, memory)), flops / 1e9, read_bytes / 1e9)


def blas():
    """NumPy's BLAS with the core it runs for; the build may not know this processor."""
    try:
        from threadpoolctl import threadpool_info
    except ModuleNotFoundError:
        return "unknown (install threadpoolctl)"
    return ", ".join(
        f"{each['internal_api']} {each['version']} {each.get('architecture', '')} on {each['num_threads']} threads"
        for each in threadpool_info()
        if each["user_api"] == "blas"
    )


def describe(name, timing):
    floor = max(timing.inked_floor, timing.memory_floor)
    return (
        f"{name:<22}{timing.script:8.1f} ms {timing.ours:8.2f} ms {timing.ratio:6.1f}x   floors: dense {timing.dense_floor:.2f}, "
        f"inked {timing.inked_floor:.2f}, memory {timing.memory_floor:.2f} ms "
        f"(at {timing.peak_gflops:.0f} GFLOP/s, {timing.read_gbytes:.0f} GB/s); {floor / timing.ours:.0%} reached"
    )


def measure_all():
    """Timings by name: faithful in float64, each compression, and correct in float32."""
    digits = load_digits()
    for compression in ("none", "quantized", "pruned", "both"):
        yield f"faithful {compression}", compare(faithful(*digits, compression), *digits, compression)
    yield "correct none", compare(correct(*digits), *digits, precision="float")


def main():
    print(f"{IMAGES} images, MLP 784-10-10, one iteration; level {_core.level}, {_core.default_threads()} threads; {_core.compiler}")
    print(f"NumPy {np.__version__}, {blas()}")
    print(f"{'':<22}{'script':>11}{'ours':>12}{'ratio':>8}")
    for name, timing in measure_all():
        print(describe(name, timing))


if __name__ == "__main__":
    main()
