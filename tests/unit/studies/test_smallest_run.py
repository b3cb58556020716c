"""The study of the smallest network on small data: rows, resume, files, the user's own pictures."""

import json

import numpy as np
import pytest

pytest.importorskip("joblib", reason="needs the extra 'study'")
pytest.importorskip("PIL", reason="needs Pillow, from the extra 'data'")
from PIL import Image, ImageDraw

import digitcompress as dc
from digitcompress.network import from_bytes, to_bytes
from digitcompress.studies import smallest
from digitcompress.studies._store import RecordStore

NETWORKS = ["two_cnn_3_3_4", "leaky_relu"]
TIMED = {"seconds", "processor_seconds"}


@pytest.fixture(scope="module")
def data(digits):
    images, labels = digits
    split = dc.datasets.Split
    return dc.datasets.Dataset("drawn", "the test", split(images[:450], labels[:450]), None, split(images[450:], labels[450:]))


def draw(folder, name, paint):
    picture = Image.new("L", (90, 120), 255)
    paint(ImageDraw.Draw(picture))
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    picture.save(folder / name)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Shapes that are digits, and every kind of file that is none."""
    folder = tmp_path_factory.mktemp("own")
    draw(folder, "1_bar.png", lambda ink: ink.line([(45, 10), (45, 110)], width=9))
    draw(folder, "0_ring.bmp", lambda ink: ink.ellipse([20, 15, 70, 105], width=8))
    draw(folder, "7/hook.jpg", lambda ink: ink.line([(15, 15), (75, 15), (35, 110)], width=8))
    draw(folder, "3_blank.png", lambda ink: None)
    draw(folder, "drawing.png", lambda ink: ink.line([(45, 10), (45, 110)], width=9))
    (folder / "4_broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    frames = [Image.new("L", (30, 30), shade) for shade in (0, 255)]
    frames[0].save(folder / "5_moving.gif", save_all=True, append_images=frames[1:])
    Image.new("1", (5000, 10)).save(folder / "6_huge.png")
    return folder


def run(data, **changes):
    return smallest.run(data, **({"quick": True, "networks": NETWORKS, "search": False, "progress": False} | changes))


def untimed(rows):
    return [{name: value for name, value in row.items() if name not in TIMED} for row in rows]


@pytest.fixture(scope="module")
def finished(data, pictures, tmp_path_factory):
    out = tmp_path_factory.mktemp("finished")
    return out, run(data, out=out, images=pictures, search=True)


def test_every_network_has_a_row_for_each_recipe_and_length(finished):
    _, table = finished
    assert [(row["network"], row["recipe"], row["epochs"]) for row in table.rows] == [
        ("two_cnn_3_3_4", "source", 5),
        ("two_cnn_3_3_4", "chosen", 5),
        *(("leaky_relu", recipe, epochs) for epochs in (5, 15) for recipe in ("source", "chosen", "deslanted")),
    ]
    assert all(row["published_accuracy"] is None for row in table.rows)


def test_what_a_row_says_is_true_of_the_network_that_is_kept(data, pictures, finished):
    out, table = finished
    own = dc.datasets.load_images(pictures).train
    store = RecordStore(out / "cells")
    found = {}
    for path in (out / "cells").glob("*.json"):
        record = store.load(path.stem)
        network = from_bytes(record.arrays["network"].tobytes())
        found[record.values["seconds"]] = network
    for row in table.rows:
        network = found[row["seconds"]]
        test, pictured = (part.deslanted() if row["recipe"] == "deslanted" else part for part in (data.test, own))
        assert (row["parameters"], row["file_bytes"]) == (network.parameter_count, len(to_bytes(network)))
        assert row["test_accuracy"] == np.mean(network.predict(test.images) == test.labels)
        assert row["external_accuracy"] == np.mean(network.predict(pictured.images) == pictured.labels)
        assert row["test_accuracy_low"] <= row["test_accuracy"] <= row["test_accuracy_high"]


def test_the_search_reads_the_test_images_in_its_last_round_only(finished):
    _, table = finished
    last = max(row["round"] for row in table.searched)
    assert last == 2
    assert {"test_accuracy" in row for row in table.searched if row["round"] == last} == {True}
    assert {"test_accuracy" in row for row in table.searched if row["round"] < last} == {False}
    finals = {row["network"]: row for row in table.searched if row["round"] == last}
    small = {name: row["validation_accuracy"] for name, row in finals.items() if row["parameters"] <= 700}
    assert small[table.best(at_most=700)] == max(small.values())
    assert set(table.front()) <= set(finals)


def test_own_pictures_are_read_and_the_others_named(finished):
    _, table = finished
    assert table.external["count"] == 3
    assert sorted(table.external["labels"]) == [0, 1, 7]
    reasons = {"3_blank.png": "no ink", "drawing.png": "name must begin with the digit", "4_broken.png": "must be an intact PNG"} | {
        "5_moving.gif": "animated",
        "6_huge.png": "at most 4096 x 4096",
    }
    assert table.external["failures"].keys() == reasons.keys()
    for name, reason in reasons.items():
        assert reason in table.external["failures"][name]
        assert f"{name}: {table.external['failures'][name]}"[:100] in table.text()
    for row in table.rows:
        assert row["external_accuracy"] * 3 == pytest.approx(round(row["external_accuracy"] * 3))


def test_a_second_run_trains_nothing_and_says_the_same(data, pictures, finished):
    out, table = finished
    before = {path: path.stat().st_mtime_ns for path in (out / "cells").iterdir()}
    again = run(data, out=out, images=pictures, search=True)
    assert {path: path.stat().st_mtime_ns for path in (out / "cells").iterdir()} == before
    assert again.text() == table.text()
    assert again.rows == table.rows


def test_a_study_that_was_killed_ends_with_the_same_table(data, finished):
    out, table = finished
    lost = sorted((out / "cells").glob("*.json"))[::3]
    for path in lost:
        path.unlink()
    again = run(data, out=out, search=True)
    kept = [{name: value for name, value in row.items() if name != "external_accuracy"} for row in untimed(table.rows)]
    assert untimed(again.rows) == kept
    assert untimed(again.searched) == untimed(table.searched)
    assert all(path.exists() for path in lost)


def test_jobs_and_threads_change_nothing(data):
    tables = [run(data, networks=["two_cnn_3_3_4"], **how) for how in ({"threads": 1}, {"jobs": 2}, {"threads": 2})]
    assert untimed(tables[0].rows) == untimed(tables[1].rows) == untimed(tables[2].rows)


def test_files_hold_the_table(data, pictures, tmp_path):
    table = run(data, networks=["leaky_relu"], images=pictures, out=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"cells", "figures", "report.html", "results.csv", "results.json"}
    names = {"accuracy_parameters", "epochs", "own_images"}
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {f"{name}.{kind}" for name in names for kind in ("svg", "png")}
    again = smallest.load(tmp_path / "results.json")
    assert again.text() == table.text()
    assert again.results() == json.loads(json.dumps(table.results()))
    assert list(again.figures()) == list(table.figures())
    assert "could not be read" in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"study": "losses"}', '{"study": "smallest", "epochs": [1]}'])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "results.json"
    path.write_text(content)
    with pytest.raises(dc.FormatError, match=r"must be the results\.json of the study 'smallest', got "):
        smallest.load(path)


WRONG = {
    "network": ({"networks": ["lenet"]}, dc.DataError, "unknown network 'lenet'; known: initial, cnn_8_8"),
    "no network": ({"networks": []}, dc.DataError, "networks must name at least one network, got none"),
    "seeds": ({"seeds": 0}, dc.DataError, "seeds must be at least 1, got 0"),
    "no folder": ({"images": "nowhere"}, dc.DataError, "images: 'nowhere' must be a folder of pictures, got nothing of that name"),
    "a file": ({"images": __file__}, dc.DataError, "must be a folder of pictures, got a file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_refused(data, name):
    changes, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        run(data, **changes)


@pytest.mark.parametrize("content", [{}, {"notes.txt": b"none"}], ids=["empty", "nothing to read"])
def test_a_folder_without_pictures_is_refused_before_anything_is_trained(data, tmp_path, content):
    folder = tmp_path / "own"
    folder.mkdir()
    for name, text in content.items():
        (folder / name).write_bytes(text)
    with pytest.raises(dc.DataError, match="own: must hold pictures of digits, got"):
        run(data, images=folder, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
