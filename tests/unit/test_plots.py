"""Plots: what they draw is what they are given."""

import io

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib", reason="needs matplotlib, from the extra 'plot'")

from digitcompress import plots  # noqa: E402


@pytest.fixture
def ax():
    return plots.new_figure(4, 3)[1]


def rendered(ax):
    ax.figure.savefig(io.BytesIO(), format="svg")
    return ax


def test_band_shows_mean_and_range(ax):
    values = np.array([[1.0, 5.0], [3.0, 4.0], [2.0, 9.0]])
    assert plots.band_curve(ax, [0, 10], values, style=plots.styles(1)[0], label="a") is ax
    assert ax.lines[0].get_xydata().tolist() == [[0, 2], [10, 6]]
    corners = {tuple(point) for point in ax.collections[0].get_paths()[0].vertices.tolist()}
    assert corners == {(0, 1), (0, 3), (10, 4), (10, 9)}


def test_one_run_has_no_band(ax):
    plots.band_curve(ax, [0, 1], [1, 2], style=plots.styles(1)[0])
    assert len(ax.collections) == 0


def test_classes_are_named_at_their_ends(ax):
    values = np.linspace(0, 0.9, 10)[None, None, :].repeat(3, axis=1)
    plots.class_curves(ax, [0, 1, 2], values)
    assert [line.get_ydata()[-1] for line in ax.lines] == pytest.approx(np.linspace(0, 0.9, 10))
    assert sorted(text.get_text() for text in ax.texts) == [str(digit) for digit in range(10)]


@pytest.mark.parametrize("ends", [np.full(10, 0.99), np.full(10, 0.5), np.linspace(0.9, 1, 10)], ids=["top", "middle", "close"])
def test_names_of_classes_do_not_hide_each_other(ax, ends):
    plots.class_curves(ax, [0, 1], np.stack([ends, ends])[None])
    heights = np.sort([text.xy[1] for text in ax.texts])
    assert np.diff(heights).min() >= 0.0449
    assert heights.max() <= 1


def test_settings_show_means_and_ranges(ax):
    plots.compare_settings(ax, [0, 1], [[80, 90], [84, 70]], style=plots.styles(1)[0], label="ours")
    assert ax.lines[0].get_ydata().tolist() == [82, 80]
    segments = [segment[:, 1].tolist() for segment in ax.collections[0].get_segments()]
    assert segments == [[80, 84], [70, 90]]


def test_published_points_are_hollow_and_unjoined(ax):
    plots.published_points(ax, [0, 1, 2], [73.5, None, 82.1], style=plots.styles(1)[0])
    (line,) = ax.lines
    assert line.get_xydata().tolist() == [[0, 73.5], [2, 82.1]]
    assert line.get_markerfacecolor() == "none"
    assert line.get_linestyle() == "None"


def test_a_wrong_prediction_is_marked(ax):
    bars = plots.probability_bars(ax, [0.1, 0.6, 0.3], label=2).patches
    assert [bar.get_height() for bar in bars] == pytest.approx([0.1, 0.6, 0.3])
    assert [bar.get_hatch() for bar in bars] == [None, "///", None]
    assert ax.get_title() == "says 1"


def test_the_image_is_drawn_as_it_is(ax):
    image = np.arange(784, dtype=np.uint8).reshape(28, 28)
    plots.digit_image(ax, image, label=4)
    assert np.array_equal(ax.images[0].get_array(), image)


def test_a_table_holds_every_text(ax):
    plots.table(ax, columns=["a", "b"], rows=["one", "two"], cells=[["1", "2"], ["3", "4"]])
    cells = ax.tables[0].get_celld()
    assert [[cells[row, column].get_text().get_text() for column in (0, 1)] for row in (0, 1, 2)] == [["a", "b"], ["1", "2"], ["3", "4"]]
    assert cells[2, -1].get_text().get_text() == "two"


def test_styles_differ_in_print_as_well():
    assert len({(repr(style.line), style.marker) for style in plots.styles(8)}) == 8
    assert len(set(plots.styles(14))) == 14


def luminance(color):
    return np.dot(matplotlib.colors.to_rgb(color), [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("style", plots.styles(7))
def test_colours_are_visible_on_white(style):
    assert luminance(style.color) < 0.75


def test_nothing_is_changed_globally(ax):
    before = dict(matplotlib.rcParams)
    plots.band_curve(rendered(ax), [0, 1], [[0, 1]], style=plots.styles(1)[0])
    assert dict(matplotlib.rcParams) == before
