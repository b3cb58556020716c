"""What eight bits cost on real digits where full-batch descent shakes most; for many starts see `quantization_gap`."""

import os
from pathlib import Path

import pytest

from benchmarks import quantization_gap
from digitcompress.studies.losses._data import study_data

pytestmark = pytest.mark.slow


def test_eight_bits_cost_less_than_a_point_in_the_mean_of_late_iterations():
    if not (Path(os.environ.get("DIGITCOMPRESS_DATA", "")) / "mnist").is_dir():
        pytest.skip("DIGITCOMPRESS_DATA does not name a folder with MNIST")
    data, setting = study_data("mnist"), {"loss": "focal", "learning_rate": 0.5, "iterations": 500}
    float_runs, quantized = (quantization_gap.run(data, range(100, 103), compression, **setting) for compression in ("none", "quantized"))
    print("\n" + quantization_gap.describe(float_runs, quantized))
    assert (float_runs.late.mean(axis=1) > 80).all()
    assert (quantized.late.mean(axis=1) - float_runs.late.mean(axis=1)).mean() > -1
