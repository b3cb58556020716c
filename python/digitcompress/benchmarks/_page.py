"""The page for the documentation: Markdown that says how it was measured, and what came out."""

from collections.abc import Mapping, Sequence
from typing import Any

from digitcompress.benchmarks._results import Comparison, Encounter, Goal, Results
from digitcompress.benchmarks._text import HEADINGS, comparison_rows, comparison_title, goal_figure, goal_limit, limit_texts

INTRODUCTION = """\
# Benchmarks

Written by `digitcompress bench` from what it measured; `digitcompress bench --quick` gives a first look on your machine.

## How it was measured

- Every contender trains the same network from the same start, on the same images in memory, in batches of the same size, by plain gradient
  descent, or by Adam where the title says so, with the same number of threads. The process may use as many processors as it has threads.
- All of them run in one process, in turns: one round of each, then the next round, the order rotated. Between two turns the machine
  rests for 0.2 s, until idle threads of OpenBLAS and OpenMP have gone to sleep. A round lasts about 0.3 s or one pass over the data,
  and goes on with the training of the round before.
- The figure is the median of the rounds in which other processes took at most a tenth of the processors; `~` marks a contender that had no
  such round. The first pass, which holds the compilation, does not count and is given apart.
- Each is used in its fastest form: data as float32 tensors in memory, batches by index, no data loader; PyTorch with its
  fused optimizer, eager and by `torch.compile`; JAX as a jitted step in a Python loop, and as a whole pass in one `lax.scan`;
  scikit-learn by one `partial_fit` a pass; NumPy as matrix products in float32. digitcompress gets bytes and shuffles itself.
- *of peak* is the share of the multiply-adds that the machine can do in registers at this processor level, with as many threads, measured
  between the rounds. Multiply-adds are counted from the network: once forward, once for the gradient of the weights, once for the gradient
  of the inputs (not for the first layer). Zeros count like other numbers, so skipping them raises the share; so does
  minimal filtering of convolutions, which needs fewer products for the same sums.
- *Round trip* is how long a number takes from one processor to another and back, the shortest and the longest of the times measured between
  the rounds. A virtual machine's processors may lie next to each other at one moment and far apart at the next; steps that two threads
  share take longer then, the small ones twice as long and more.
- Where it says *seconds of the processor*, the machine was busy with other things: then the time of the processor on one thread is
  counted, and no limit applies.
- The recipe that takes LeNet-5 to 99 % is notebook 2's, chosen on 5,000 training images held out; each start reads the test images once.
  Its seconds are the mean of the starts in which others took at most a tenth of the processors, or of all when there was none.
- *ours is* says how many times faster digitcompress is. Limits are ratios to the fastest of PyTorch, eager and compiled, and JAX, loop
  and scan, with all processors.
"""


def page(runs: Sequence[Results], *, figures: Sequence[str | None] = ()) -> str:
    """Return the page for one or more runs; `figures` are the paths of their scaling figures, None where there is none."""
    shown = [*figures, *[None] * (len(runs) - len(figures))]
    parts = [INTRODUCTION, *(_run(each, figure) for each, figure in zip(runs, shown, strict=True))]
    return "\n".join(parts)


def _run(results: Results, figure: str | None) -> str:
    facts = results.facts
    lines = [
        f"## Level {facts['level']} on {facts['processor']}",
        "",
        _circumstances(facts),
        "",
    ]
    for comparison in results.comparisons:
        lines += _comparison(comparison, str(facts["level"]))
    if figure:
        lines += [f"### Scaling, level {facts['level']}", "", f"![Images a second against batch size, threads and data size]({figure})", ""]
    return "\n".join([*lines, *_company(results.company, str(facts["level"])), *_goals(results.goals, str(facts["level"]))])


def _circumstances(facts: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version or '(absent)'}" for name, version in facts["versions"].items())
    clock = ", seconds of the processor" if facts["cpu_time"] else ""
    return (
        f"{facts['date']}, {facts['threads']} of {facts['processors']} processors, {facts['memory_gbytes']} GB, {facts['system']}; "
        f"{facts['rounds']} rounds on {facts['data']}{clock}; {versions}; Python {facts['python']}, core compiled by {facts['compiler']}; "
        f"NumPy's BLAS: {facts['blas']}."
    )


def _comparison(comparison: Comparison, level: str) -> list[str]:
    rows = _table([HEADINGS, *comparison_rows(comparison)])
    absent = [f"Not there: {'; '.join(f'{name} ({reason})' for name, reason in comparison.left_out.items())}.", ""]
    limits = [f"Limits: {'; '.join(limit_texts(comparison))}.", ""]
    return [
        f"### {comparison.title}, level {level}",
        "",
        f"{comparison_title(comparison)}.",
        "",
        *rows,
        "",
        *(limits if comparison.limits else []),
        *(absent if comparison.left_out else []),
    ]


def _company(met: Sequence[Encounter], level: str) -> list[str]:
    if not met:
        return []
    rows = [("Company", "time against alone", "limit", "bits")]
    rows += [(e.name, f"{e.ratio:.2f}", "" if e.limit is None else f"{e.limit:.1f}", "the same" if e.same_bits else "OTHERS") for e in met]
    words = "Medians of interleaved rounds, alone and in company. Two trainings at once are compared with the same two one after the other."
    return [f"### In hostile company, level {level}", "", words, "", *_table(rows), ""]


def _goals(reached: Sequence[Goal], level: str) -> list[str]:
    if not reached:
        return []
    rows = [("Goal", "reached", "details", "limit")]
    rows += [(each.name, goal_figure(each, each.value), each.detail, goal_limit(each).removeprefix(", must be ")) for each in reached]
    return [f"### Goals, level {level}", "", *_table(rows), ""]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    texts = [f"| {' | '.join(row)} |" for row in rows]
    return [texts[0], f"| --- |{' ---: |' * (len(rows[0]) - 1)}", *texts[1:]]
