"""The figures: their artists hold the numbers of the table."""

import io

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from digitcompress.studies.losses._published import ROWS, SETTINGS
from unit.studies.planted_table import planted_table


@pytest.fixture(scope="module")
def table():
    return planted_table()


@pytest.fixture(scope="module")
def figures(table):
    return table.figures()


def lines_of(figure, label):
    return [line for ax in figure.axes for line in ax.lines if line.get_label() == label]


def summary_means(table, mode, compression, loss):
    entry = next(each for each in table.summary(mode, everything=True) if (each["compression"], each["loss"]) == (compression, loss))
    return [cell["mean"] for cell in entry["cells"]]


@pytest.mark.parametrize("quantity", ["accuracy", "loss"])
def test_classical_curves_are_the_recorded_ones(table, figures, quantity):
    name = {"accuracy": "figure_01_accuracy", "loss": "figure_02_loss"}[quantity]
    curve = table.curve("faithful", "pruned", "cross_entropy", 0.1, quantity)
    (line,) = lines_of(figures[name], "learning rate 0.1, pruned as listed")
    factor = 100 if quantity == "accuracy" else 1
    assert line.get_xdata() == pytest.approx(curve.step)
    assert line.get_ydata() == pytest.approx(factor * curve.values.mean(axis=0))


@pytest.mark.parametrize(("name", "quantity"), [("figure_03_precision", "precision"), ("figure_04_recall", "recall")])
def test_digits_have_a_curve_each(table, figures, name, quantity):
    for ax, (mode, compression) in zip(figures[name].axes, [("faithful", "pruned"), ("correct", "none")], strict=True):
        values = table.curve(mode, compression, "cross_entropy", 0.1, quantity).values.mean(axis=0)
        assert np.array([line.get_ydata() for line in ax.lines]) == pytest.approx(values.T)


@pytest.mark.parametrize(
    ("name", "compression"), [("figure_05_quantized_learning_rate", "quantized"), ("figure_08_pruned_learning_rate", "pruned")]
)
def test_learning_rates_show_the_longest_runs(table, figures, name, compression):
    (ours,) = lines_of(figures[name], "ours, focal")
    means = summary_means(table, "correct", compression, "focal")
    assert ours.get_ydata() == pytest.approx([means[0], means[1], means[3]])
    published = next(row.accuracies for row in ROWS if (row.model, row.loss) == (compression, "focal"))
    for line in lines_of(figures[name], "published, focal"):
        assert line.get_ydata() == pytest.approx([published[0], published[1], published[3]])


@pytest.mark.parametrize(
    ("name", "compression"), [("figure_06_quantized_iterations", "quantized"), ("figure_07_pruned_iterations", "pruned")]
)
def test_iterations_show_the_training_curve_of_each_learning_rate(table, figures, name, compression):
    lines = lines_of(figures[name], "ours, MSE")
    assert len(lines) == 3
    for line, rate in zip(lines, (0.01, 0.1, 0.5), strict=True):
        curve = table.curve("correct", compression, "mse", rate, "accuracy")
        assert line.get_ydata() == pytest.approx(100 * curve.values.mean(axis=0))


def test_the_table_holds_published_faithful_and_correct(table, figures):
    cells = figures["figure_09_table"].axes[0].tables[0].get_celld()
    for row, (faithful, correct) in enumerate(zip(table.summary("faithful"), table.summary("correct"), strict=True), start=1):
        for column in range(5):
            numbers = [float(text.split("±")[0]) for text in cells[row, column].get_text().get_text().split("|")]
            means = [faithful["cells"][column]["mean"], correct["cells"][column]["mean"]]
            assert numbers[0] == faithful["cells"][column]["published"]
            assert numbers[1:] == pytest.approx(means, abs=0.051)


@pytest.mark.parametrize("compression", ["pruned", "quantized"])
def test_quantized_and_pruned_over_the_settings(table, figures, compression):
    ax = next(ax for ax in figures["figure_10_quantized_and_pruned"].axes if ax.get_title() == f"{compression}, correct")
    (line,) = [line for line in ax.lines if line.get_label() == "ours, hinge"]
    assert line.get_ydata() == pytest.approx(summary_means(table, "correct", compression, "hinge"))
    (published,) = [line for line in ax.lines if line.get_label() == "published, hinge"]
    assert published.get_ydata() == pytest.approx(next(row.accuracies for row in ROWS if (row.model, row.loss) == (compression, "hinge")))


def test_predictions_show_the_recorded_probabilities(table, figures):
    key = next(
        key
        for key, job in table.jobs.items()
        if (job.mode, job.compression, job.learning_rate, job.seed) == ("correct", "none", 0.1, 0) and "cross_entropy" in job.losses
    )
    axes = figures["predictions"].axes
    assert len(axes) == 40
    shown = [[bar.get_height() for bar in ax.patches] for ax in axes[10:20]]
    assert np.array(shown) == pytest.approx(table.records[key].arrays[f"probabilities.{SETTINGS[1].iterations}"])


def test_every_figure_says_what_it_shows(figures):
    for name, figure in figures.items():
        if name.startswith("figure") and "table" not in name:
            assert all(ax.get_title() for ax in figure.axes)
            assert any(ax.get_ylabel() for ax in figure.axes)
            assert any("iterations" in ax.get_xlabel() or "learning rate" in ax.get_xlabel() for ax in figure.axes)


@pytest.mark.parametrize("changes", [{"quick": True, "seeds": (4,), "modes": ("faithful",)}, {"losses": ("hinge",), "modes": ("correct",)}])
def test_part_of_a_study_can_be_drawn(changes):
    for figure in planted_table(**changes).figures().values():
        figure.savefig(io.BytesIO(), format="png", dpi=20)
