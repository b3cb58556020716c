"""How much faster an iteration of the study is than the source's NumPy script, in the same process on the same images."""

import pytest

from benchmarks import study
from digitcompress import _core

FAITHFUL_RATIO = 3.0
# Guards against a slip on a busy machine; the goals, 15 at AVX-512 and 12 at AVX2, are for `python -m benchmarks.study` on a quiet one.
CORRECT_RATIO = {"v4": 6.0, "v3": 6.0, "v2": 3.0, "armv8": 3.0}

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
