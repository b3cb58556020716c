"""Images a second against batch size, threads and data size."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from digitcompress.benchmarks._data import digits
from digitcompress.benchmarks._race import race
from digitcompress.benchmarks._results import Point
from digitcompress.benchmarks._task import Contender, Task
from digitcompress.benchmarks._workloads import Workload

_IMAGES = 8_192  # a multiple of every batch size
_BATCH_SIZES = (16, 64, 256, 1024)
_DATA_SIZES = (512, 2_048, 8_192, 32_768)


@dataclass(frozen=True)
class _Axis:
    name: str
    values: Sequence[int]
    task: Callable[[Task, int], Task]


def _with_images(task: Task, count: int) -> Task:
    images, labels, _ = digits(count)
    return replace(task, images=images, labels=labels)


def _axes(threads: int) -> list[_Axis]:
    counts = sorted({1, max(1, threads // 2), threads, 2 * threads})
    return [
        _Axis("batch size", _BATCH_SIZES, lambda task, value: replace(task, batch_size=value)),
        _Axis("threads", counts, lambda task, value: replace(task, threads=value)),
        _Axis("images", _DATA_SIZES, _with_images),
    ]


def scaling(
    workload: Workload, contenders: Sequence[Contender], *, threads: int, rounds: int, tell: Callable[[str], None]
) -> Iterator[Point]:
    """Yield a point for each contender, workload and value; who fixes its threads at its first use has none on that axis."""
    images, labels, _ = digits(_IMAGES)
    for axis in _axes(threads):
        able = [each for each in contenders if axis.name != "threads" or each.can_change_threads]
        whole = Task(workload, workload.network(), images, labels, threads, workload.batch_size)
        for value in axis.values:
            tell(f"{workload.title}: {axis.name} {value}")
            comparison = race(axis.task(whole, value), able, {}, rounds=rounds)
            yield from (
                Point(axis.name, value, workload.name, m.contender, comparison.images_per_second(m)) for m in comparison.measurements
            )
