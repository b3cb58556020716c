"""How much faster an iteration of the study is than the source's NumPy script, in the same process on the same images."""

import pytest

from benchmarks import study
from digitcompress import _core

FAITHFUL_RATIO = 3.0


@pytest.fixture(scope="module")
def digits_of_the_study():
    return study.load_digits()


@pytest.fixture(scope="module")
def floors():
    return _core.machine_floors()


@pytest.mark.slow
@pytest.mark.parametrize("compression", ["none", "quantized", "pruned", "both"])
def test_faithful_mode_beats_the_script(digits_of_the_study, floors, compression):
    run = study.faithful(*digits_of_the_study, compression)
    timing = study.compare(run, *digits_of_the_study, compression, floors["double_flops"], floors["read_bytes"], rounds=3)
    print("\n" + study.describe(f"faithful {compression}", timing))
    assert timing.ratio >= FAITHFUL_RATIO
