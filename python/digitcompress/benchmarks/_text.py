"""Results as tables of texts, for the terminal and for the page."""

from collections.abc import Sequence

from digitcompress.benchmarks._results import OURS, Comparison, Encounter, Goal, Measurement, Results

HEADINGS = ("Contender", "µs/step", "images/s", "of peak", "ours is", "first pass")


def comparison_rows(comparison: Comparison) -> list[tuple[str, ...]]:
    """Return one row a contender, the fastest first."""
    ordered = sorted(comparison.measurements, key=lambda each: each.step_microseconds)
    return [_row(comparison, each) for each in ordered]


def _row(comparison: Comparison, measurement: Measurement) -> tuple[str, ...]:
    ratio = comparison.ratio_to(measurement.contender)
    is_rival = ratio is not None and measurement.contender != OURS
    return (
        measurement.contender + (" ~" if measurement.was_disturbed else ""),
        f"{measurement.step_microseconds:,.1f}",
        f"{comparison.images_per_second(measurement):,.0f}",
        f"{comparison.share_of_peak(measurement):.1%}",
        f"{ratio:.1f}x" if is_rival else "",
        f"{measurement.first_pass_seconds:.1f} s",
    )


def comparison_title(comparison: Comparison) -> str:
    """Return what the contenders trained, and what the machine could do meanwhile."""
    return (
        f"{comparison.title}, batch {comparison.batch_size}: {comparison.parameters:,} parameters, "
        f"{comparison.multiply_adds:,} multiply-adds an image; peak {comparison.peak_flops / 1e9:.0f} GFLOP/s{_round_trips(comparison)}"
    )


def _round_trips(comparison: Comparison) -> str:
    if not comparison.round_trips:
        return ""
    low, high = (f"{1e9 * end:.0f}" for end in (min(comparison.round_trips), max(comparison.round_trips)))
    return f", round trip {low} ns" if low == high else f", round trip {low} to {high} ns"


def limit_texts(comparison: Comparison) -> list[str]:
    """Return each limit with what was reached."""
    reached = comparison.reached()
    return [f"{name}: {_figure(name, reached[name])}, must be {_figure(name, least)}" for name, least in comparison.limits.items()]


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "not measured"
    return f"{value:.0%}" if name == "share of peak" else f"{value:.1f}x"


def missed(results: Results) -> list[str]:
    """Return the limits that were measured and not kept."""
    texts = []
    for comparison in results.comparisons:
        reached = comparison.reached()
        for (name, least), text in zip(comparison.limits.items(), limit_texts(comparison), strict=True):
            value = reached[name]
            texts += [f"{comparison.title}, {text}"] if value is not None and value < least else []
    texts += [encounter_text(each) for each in results.company if not each.is_fine]
    return texts + [goal_text(each) for each in results.goals if not each.is_fine]


def encounter_text(encounter: Encounter) -> str:
    """Return what company did to a training."""
    limit = "" if encounter.limit is None else f", must be at most {encounter.limit:.1f}"
    bits = "same bits" if encounter.same_bits else "OTHER BITS"
    return f"{encounter.name}: {encounter.ratio:.2f} of the time alone{limit}; {bits}"


def goal_text(goal: Goal) -> str:
    """Return what was reached of a goal."""
    detail = f" ({goal.detail})" if goal.detail else ""
    return f"{goal.name}: {goal_figure(goal, goal.value)}{detail}{goal_limit(goal)}"


def goal_figure(goal: Goal, value: float) -> str:
    """Return a figure in the unit of a goal."""
    return f"{value:.2%}" if goal.unit == "share" else f"{value:,.2f} {goal.unit}"


def goal_limit(goal: Goal) -> str:
    """Return the limit of a goal in words, nothing where there is none."""
    return "" if goal.limit is None else f", must be at {'most' if goal.at_most else 'least'} {goal_figure(goal, goal.limit)}"


def terminal_text(results: Results) -> str:
    """Return everything as text for a terminal."""
    facts = results.facts
    lines = [
        f"{facts['processor']}, {facts['threads']} threads, level {facts['level']}, {facts['compiler']}; data {facts['data']}"
        + ("; seconds of the processor" if facts["cpu_time"] else ""),
        ", ".join(f"{name} {version or 'absent'}" for name, version in facts["versions"].items()),
        f"NumPy's BLAS: {facts['blas']}",
    ]
    for comparison in results.comparisons:
        lines += ["", comparison_title(comparison), *_aligned([HEADINGS, *comparison_rows(comparison)])]
        lines += [f"  {name}: {reason}" for name, reason in comparison.left_out.items()]
        lines += [f"  {text}" for text in limit_texts(comparison)]
    if any(each.was_disturbed for comparison in results.comparisons for each in comparison.measurements):
        lines += ["", "~ other processes took more than a tenth of the processors in every round"]
    for texts in (map(encounter_text, results.company), map(goal_text, results.goals)):
        lines += ["", *texts]
    return "\n".join(lines)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  " + "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows]
