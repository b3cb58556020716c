"""Results as a run would leave them, of figures chosen here."""

from digitcompress.benchmarks._results import Comparison, Encounter, Measurement, Point, Results

FACTS = {
    "date": "2026-01-02",
    "processor": "Some Processor",
    "processors": 4,
    "memory_gbytes": 8,
    "system": "Linux",
    "load_average": 0.1,
    "blas": "openblas 0.3 for Haswell",
    "versions": {"digitcompress": "0.1.0", "torch": "2.0", "jax": None},
    "level": "v3",
    "compiler": "12.2",
    "python": "3.11",
    "data": "mnist",
    "threads": 2,
    "rounds": 3,
    "quick": False,
    "cpu_time": False,
}


def measurement(contender, step, *, framework=False, others=(0.0, 0.0)):
    return Measurement(contender, framework, 1.5, (step, step), others, step)


def comparison(*measurements, limits=None, left_out=None):
    return Comparison("mlp10", "MLP 784-10-10", 7_960, 64, 6_400, 1_000_000, 64e9, limits or {}, measurements, left_out or {})


def results(*, company=(), goals=()):
    raced = comparison(
        measurement("digitcompress", 100.0),
        measurement("PyTorch", 500.0, framework=True),
        measurement("JAX, scan", 400.0, framework=True, others=(0.5, 0.2)),
        measurement("NumPy", 200.0),
        limits={"ratio": 5.0, "ratio to NumPy": 1.5, "share of peak": 0.5},
        left_out={"scikit-learn": "scikit-learn is not installed"},
    )
    points = [Point(axis, value, "mlp10", name, 1e3 * value) for axis in ("batch size", "threads") for value in (1, 4) for name in "ab"]
    return Results(
        FACTS, (raced,), tuple(points), tuple(company) or (Encounter("8 threads", 1.0, 1.2, None, same_bits=True),), tuple(goals)
    )
