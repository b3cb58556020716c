"""How much faster an iteration of the study is than the source's NumPy script, in the same process on the same images."""

import os
import sys
from pathlib import Path

import pytest

import peak_memory
from benchmarks import study
from digitcompress import _core

FAITHFUL_RATIO = 3.0
# Guards against a slip on a busy machine; the goals, 15 at AVX-512 and 12 at AVX2, are for `python -m benchmarks.study` on a quiet one.
CORRECT_RATIO = {"v4": 6.0, "v3": 6.0, "v2": 3.0, "armv8": 3.0}
PEAK_BYTES = 400_000_000

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def images_and_labels():
    return study.load_digits()


@pytest.mark.parametrize("compression", ["none", "quantized", "pruned", "both"])
def test_faithful_mode_beats_the_script(images_and_labels, compression):
    timing = study.compare(study.faithful(*images_and_labels, compression), *images_and_labels, compression, rounds=3)
    print("\n" + study.describe(f"faithful {compression}", timing))
    assert timing.ratio >= FAITHFUL_RATIO


def test_correct_mode_beats_the_script(images_and_labels):
    timing = study.compare(study.correct(*images_and_labels), *images_and_labels, precision="float")
    print("\n" + study.describe("correct none", timing))
    assert timing.ratio >= CORRECT_RATIO[_core.level]


STUDY_OF_ONE_SETTING = """
from dataclasses import replace

from digitcompress.studies._jobs import run_jobs
from digitcompress.studies._store import RecordStore
from digitcompress.studies.losses._data import study_data
from digitcompress.studies.losses._job import run_job
from digitcompress.studies.losses._plan import training_jobs
from digitcompress.studies.losses._study import _design
from peak_memory import peak_bytes

data = study_data("mnist")
design = _design(1, "both", (10,), bits=8, rate=0.1, every=10, quick=False, losses=None)
jobs = [replace(job, checkpoints=(100,)) for job in training_jobs(design, data.counts) if job.learning_rate == 0.5]
run_jobs({job.title: job for job in jobs}, run_job, data.images, data.labels, None, store=RecordStore(None), progress=False)
print(len(data.images), len(jobs), peak_bytes())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the resource module is POSIX only")
def test_memory_of_a_study_process_on_all_of_mnist():
    """Every loss under every compression in both modes at (0.5, 100), in one process that keeps all outcomes."""
    if not (Path(os.environ.get("DIGITCOMPRESS_DATA", "")) / "mnist").is_dir():
        pytest.skip("DIGITCOMPRESS_DATA does not name a folder with MNIST")
    pytest.importorskip("joblib", reason="needs the extra 'study'")
    images, trainings, peak = map(int, peak_memory.run(STUDY_OF_ONE_SETTING, timeout=1800))
    print(f"\n{images:,} images, {trainings} trainings: {peak / 1e6:.0f} MB at most")
    assert images == 52_000
    assert trainings == 4 * 7
    assert peak <= PEAK_BYTES
