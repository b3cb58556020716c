"""Jobs through joblib: skipped when finished, kept when they end."""

from dataclasses import dataclass

import numpy as np
import pytest

from digitcompress.studies._jobs import run_jobs
from digitcompress.studies._record import Record
from digitcompress.studies._store import RecordStore

joblib = pytest.importorskip("joblib")


@dataclass(frozen=True)
class Squaring:
    number: int
    cost: int = 1

    @property
    def title(self):
        return f"square of {self.number}"


def square(job, offset):
    if job.number < 0:
        message = f"number must not be negative, got {job.number}"
        raise ValueError(message)
    return Record({"square": job.number**2}, {"sum": offset + job.number})


OFFSET = np.arange(4)
JOBS = {f"{number:02}": Squaring(number) for number in range(6)}


@pytest.mark.parametrize("workers", [1, 2])
def test_outcomes_are_in_the_order_of_the_jobs(workers):
    records = run_jobs(JOBS, square, OFFSET, store=RecordStore(None), workers=workers, progress=False)
    assert list(records) == list(JOBS)
    assert [record.values["square"] for record in records.values()] == [number**2 for number in range(6)]
    assert records["03"].arrays["sum"].tolist() == [3, 4, 5, 6]


def test_finished_jobs_are_not_run_again(tmp_path):
    store = RecordStore(tmp_path)
    run_jobs({key: JOBS[key] for key in ("01", "02")}, square, OFFSET, store=store, progress=False)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    records = run_jobs(JOBS, square, OFFSET, store=store, progress=False)
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert len(records) == 6
    assert len(list(tmp_path.glob("*.json"))) == 6


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_job_loses_no_finished_one(tmp_path, workers):
    jobs = {"00": Squaring(3), "01": Squaring(-1)}
    store = RecordStore(tmp_path)
    run_jobs({"00": jobs["00"]}, square, OFFSET, store=store, progress=False)
    with pytest.raises(ValueError, match="number must not be negative, got -1"):
        run_jobs(jobs, square, OFFSET, store=store, workers=workers, progress=False)
    assert store.load("00").values == {"square": 9}


@pytest.mark.parametrize("processes", [False, True], ids=["threads", "processes"])
def test_a_cluster_gives_the_same(processes):
    distributed = pytest.importorskip("distributed", reason="needs dask's distributed, from the extra 'sweep'")
    local = run_jobs(JOBS, square, OFFSET, store=RecordStore(None), progress=False)
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=processes, dashboard_address=None)
    with cluster, distributed.Client(cluster), joblib.parallel_config("dask"):
        remote = run_jobs(JOBS, square, OFFSET, store=RecordStore(None), progress=False)
    assert list(remote) == list(local)
    assert all(remote[key].equals(local[key]) for key in local)
