"""Figures of results: training curves, confusion matrix, filters, mistakes; and figures as files."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

matplotlib = pytest.importorskip("matplotlib", reason="needs matplotlib, from the extra 'plot'")

import digitcompress as dc  # noqa: E402
from digitcompress import plots  # noqa: E402

COLUMNS = {"epoch": np.arange(3), "loss": np.array([2.0, 1.0, 0.5]), "accuracy": np.array([0.1, 0.6, 0.9])}
VALIDATION = {"val_loss": np.array([2.1, 1.2, 0.9]), "val_accuracy": np.array([0.1, 0.5, 0.8])}


def lines_of(ax):
    return {line.get_label(): line.get_xydata().tolist() for line in ax.lines}


def drawn(figure):
    """The figure, after the work that shows whether it can be drawn."""
    figure.draw_without_rendering()
    return figure


@pytest.fixture(scope="module")
def trained(digits):
    net = dc.models.mlp([784, 10, 10], seed=1)
    history = dc.fit(net, digits, validation=digits, epochs=4, progress=False)
    return net, history


def test_curves_show_training_and_validation():
    loss, accuracy = drawn(plots.curves(COLUMNS | VALIDATION)).axes
    assert lines_of(loss) == {"training": [[0, 2], [1, 1], [2, 0.5]], "validation": [[0, 2.1], [1, 1.2], [2, 0.9]]}
    assert lines_of(accuracy) == {"training": [[0, 0.1], [1, 0.6], [2, 0.9]], "validation": [[0, 0.1], [1, 0.5], [2, 0.8]]}
    assert (loss.get_ylabel(), accuracy.get_ylabel(), loss.get_xlabel()) == ("loss", "accuracy", "epoch")


def test_training_and_validation_differ_in_print_as_well():
    first, second = plots.curves(COLUMNS | VALIDATION).axes[0].lines
    assert first.get_linestyle() != second.get_linestyle()


def test_curves_of_a_history(trained):
    _, history = trained
    loss, accuracy = plots.curves(history).axes
    assert_array_equal(loss.lines[0].get_ydata(), history.columns["loss"])
    assert_array_equal(accuracy.lines[1].get_ydata(), history.columns["val_accuracy"])


def test_a_history_plots_its_curves(trained):
    _, history = trained
    figure, axes = plots.new_figure(8, 3, ncols=2)
    assert history.plot(axes=axes) is figure
    assert lines_of(axes[0]) == lines_of(history.plot().axes[0]) == lines_of(plots.curves(history).axes[0])


def test_curves_without_validation_or_accuracy():
    (loss,) = drawn(plots.curves({"epoch": [0, 1], "loss": [2, 1], "accuracy": [np.nan, np.nan]})).axes
    assert list(lines_of(loss)) == ["training"]


def test_several_records_an_epoch_are_drawn_over_steps():
    (loss,) = plots.curves({"epoch": [0, 0, 1], "step": [0, 10, 20], "loss": [3, 2, 1]}).axes
    assert loss.get_xlabel() == "step"
    assert lines_of(loss)["training"] == [[0, 3], [10, 2], [20, 1]]


@pytest.mark.parametrize("columns", [{}, {"loss": []}, {"accuracy": [0.5]}])
def test_curves_of_nothing_are_refused(columns):
    with pytest.raises(dc.DataError, match="curves: history"):
        plots.curves(columns)


def test_confusion_shows_counts_where_they_belong():
    counts = np.array([[90, 10, 0], [0, 5, 0], [1, 2, 3]])
    (ax,) = drawn(plots.confusion(counts, names=["a", "b", "c"])).axes
    texts = {text.get_position(): text.get_text() for text in ax.texts}
    assert texts == {(0, 0): "90", (1, 0): "10", (1, 1): "5", (0, 2): "1", (1, 2): "2", (2, 2): "3"}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"]
    assert ax.get_ylabel() == "true class"
    assert ax.get_title() == f"{100 * 98 / 111:.2f} % of 111 right"


def test_shades_of_confusion_are_shares_of_the_true_class():
    counts = np.array([[80, 20], [1, 3]])
    shades = plots.confusion(counts).axes[0].images[0].get_array()
    order = np.argsort(shades.ravel())
    assert_array_equal(order, np.argsort((counts / counts.sum(axis=1, keepdims=True)).ravel()))


def test_confusion_of_a_report(trained, digits):
    report = dc.evaluate(trained[0], digits)
    shown = {text.get_position()[::-1]: int(text.get_text()) for text in plots.confusion(report).axes[0].texts}
    assert shown == {(row, column): report.confusion[row, column] for row, column in np.argwhere(report.confusion > 0).tolist()}


def test_many_classes_are_drawn_without_counts():
    (ax,) = drawn(plots.confusion(np.eye(50, dtype=np.int64))).axes
    assert len(ax.texts) == 0


@pytest.mark.parametrize("counts", [np.zeros((0, 0)), np.zeros((2, 3)), np.zeros(4)])
def test_confusion_of_something_else_is_refused(counts):
    with pytest.raises(dc.ShapeError, match="confusion: the counts"):
        plots.confusion(counts)


def tiles_of(figure, height, width, gap):
    """The tiles of a mosaic, row by row, without those that are only gap."""
    mosaic = np.asarray(figure.axes[0].images[0].get_array().filled(np.nan))
    rows, columns = (mosaic.shape[0] + gap) // (height + gap), (mosaic.shape[1] + gap) // (width + gap)
    places = [(r * (height + gap), c * (width + gap)) for r in range(rows) for c in range(columns)]
    tiles = [mosaic[top : top + height, left : left + width] for top, left in places]
    return [tile for tile in tiles if not np.isnan(tile).all()]


def test_each_unit_of_a_dense_layer_is_a_tile(trained):
    net, _ = trained
    figure = drawn(plots.filters(net, node="fc1"))
    assert_allclose(tiles_of(figure, 28, 28, gap=2), net.parameters["fc1.weight"].reshape(10, 28, 28))


def convolution(channels, of, kernel):
    return dc.Network(dc.Input(of, 12, 12), [dc.layers.Conv2d(channels, kernel=kernel), dc.layers.Flatten(), dc.layers.Dense(2)], seed=3)


@pytest.mark.parametrize("channels", [1, 6, 7, 32])
def test_filters_of_one_channel_are_a_square_of_tiles(channels):
    network = convolution(channels, 1, 5)
    figure = drawn(plots.filters(network))
    assert_array_equal(tiles_of(figure, 5, 5, gap=1), network.parameters["conv1.weight"][:, 0])


def test_filters_of_several_channels_have_a_row_each():
    network = convolution(4, 3, 3)
    figure = drawn(plots.filters(network))
    assert_array_equal(tiles_of(figure, 3, 3, gap=1), network.parameters["conv1.weight"].reshape(12, 3, 3))
    assert figure.axes[0].images[0].get_array().shape == (4 * 4 - 1, 3 * 4 - 1)


def test_zero_weights_are_in_the_middle_of_the_colours():
    network = convolution(6, 1, 5)
    network.parameters["conv1.weight"][...] += 1
    picture, scale = plots.filters(network).axes
    assert picture.images[0].norm(0.0) == 0.5
    assert picture.images[0].norm(network.parameters["conv1.weight"].max()) == 1
    assert scale.get_ylabel() == "weight"


def test_of_very_many_filters_the_first_are_drawn():
    figure = plots.filters(convolution(1000, 1, 3))
    assert len(tiles_of(figure, 3, 3, gap=1)) == 256
    assert figure.axes[0].get_title() == "conv1: the first 256 of 1000 of 3 x 3"


def test_filters_are_drawn_as_a_pass_uses_them():
    network = dc.prepare(convolution(6, 1, 5), [dc.Pruning(0.5)])
    picture = np.asarray(plots.filters(network).axes[0].images[0].get_array().filled(1.0))
    assert (picture == 0).sum() == 75


def test_a_node_without_filters_is_refused(trained):
    net, _ = trained
    with pytest.raises(dc.DataError, match="one of fc1, fc2, got 'conv1'"):
        plots.filters(net)
    with pytest.raises(dc.ShapeError, match="'fc2'"):
        plots.filters(net, node="fc2")


def test_mistakes_come_with_the_most_confident_first(trained, digits):
    net, _ = trained
    images, labels = digits
    probabilities = net.predict_proba(images)
    predicted, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = sorted(np.flatnonzero(predicted != labels), key=lambda index: -sure[index])
    assert len(wrong) > 12
    panels = drawn(plots.misclassified(net, images, labels, count=12)).axes
    texts = [f"true {labels[i]}, says {predicted[i]} ({100 * sure[i]:.0f} %)" for i in wrong[:12]]
    assert [ax.get_xlabel() for ax in panels if ax.images] == texts
    for ax, index in zip(panels, wrong[:12], strict=False):
        assert_array_equal(ax.images[0].get_array(), images[index])


def test_no_mistakes_are_said_to_be_none(trained, digits):
    net, _ = trained
    figure = drawn(plots.misclassified(net, digits[0][:5], net.predict(digits[0][:5])))
    assert figure.get_suptitle() == "none of 5 wrong"
    assert [ax for ax in figure.axes if ax.images] == []


DRAWING = {
    "curves": lambda trained, digits, axes: plots.curves(trained[1], axes=axes[:2]),
    "confusion": lambda trained, digits, axes: plots.confusion(np.eye(3), axes=axes[0]),
    "filters": lambda trained, digits, axes: plots.filters(trained[0], node="fc1", axes=axes[0]),
    "misclassified": lambda trained, digits, axes: plots.misclassified(trained[0], *digits, axes=axes),
}


@pytest.mark.parametrize("name", DRAWING)
def test_figures_are_drawn_into_the_axes_given(name, trained, digits):
    figure, axes = plots.new_figure(8, 3, ncols=3)
    assert DRAWING[name](trained, digits, axes) is figure
    assert axes[0].has_data()
    assert figure.get_suptitle() == ""


@pytest.mark.parametrize("path", ["figure", "new/figure", "figure.svg", "figure.png"])
def test_a_figure_is_saved_as_svg_and_png(path, tmp_path):
    written = plots.save(plots.confusion(np.eye(3)), tmp_path / path)
    folder = (tmp_path / path).parent
    assert written == [folder / "figure.svg", folder / "figure.png"]
    assert b"<svg" in written[0].read_bytes()[:1000]
    assert written[1].read_bytes().startswith(b"\x89PNG")


def test_a_dot_in_a_name_is_no_suffix(tmp_path):
    assert plots.save(plots.confusion(np.eye(3)), tmp_path / "rate0.5")[0].name == "rate0.5.svg"


def test_a_notebook_shows_a_figure_once():
    """As IPython asks for it, with and without the formatter that ``%matplotlib inline`` registers for figures."""
    formatters = pytest.importorskip("IPython.core.formatters", reason="needs IPython, from the extra 'notebook'")
    figure = plots.confusion(np.eye(3))
    display = formatters.DisplayFormatter()
    display.active_types = ["text/plain", "image/png"]
    data, _ = display.format(figure)
    assert data["image/png"].startswith(b"\x89PNG")
    display.formatters["image/png"].for_type(matplotlib.figure.Figure, lambda figure: b"inline")
    assert display.format(figure)[0]["image/png"] == b"inline"


def test_a_figure_pickles():
    again = pickle.loads(pickle.dumps(plots.confusion(np.eye(3))))
    assert plots.figure_files(again, "figure") == plots.figure_files(plots.confusion(np.eye(3)), "figure")


def test_without_matplotlib_the_error_has_the_pip_line():
    code = "import sys; sys.modules['matplotlib'] = None; from digitcompress import plots; plots.confusion([[1]])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].endswith('pip install "digitcompress[plot]"')


def test_equal_figures_are_equal_files():
    first, second = (plots.figure_files(plots.confusion(np.eye(3)), "figure") for _ in range(2))
    assert first == second


def test_figures_are_drawn_without_pyplot_s_state(trained, digits):
    before = dict(matplotlib.rcParams)
    plots.figure_files(plots.curves(trained[1]), "figure")
    plots.misclassified(trained[0], *digits)
    assert dict(matplotlib.rcParams) == before
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []
