"""``digitcompress study smallest``, as a user meets it."""

import json

import pytest

pytest.importorskip("pandas", reason="needs the extra 'study'")
pytest.importorskip("matplotlib", reason="needs the extra 'study'")
pytest.importorskip("joblib", reason="needs the extra 'study'")
pytest.importorskip("PIL", reason="needs the extra 'study'")
from click.testing import CliRunner
from PIL import Image, ImageDraw

from digitcompress.cli import main
from end_to_end.tiny_kaggle import write_tiny_kaggle

QUICK = ("study", "smallest", "--quick", "--networks", "two_cnn_3_3_4", "--no-search")


def invoke(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_tiny_kaggle(tmp_path_factory.mktemp("data") / "train.csv")


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    picture = Image.new("L", (90, 120), 0)
    ImageDraw.Draw(picture).line([(45, 10), (45, 110)], fill=255, width=9)
    picture.save(folder / "1_bar.png")
    Image.new("L", (90, 120), 255).save(folder / "2_blank.png")
    return folder


def test_it_prints_the_table_and_says_where_the_report_is(data, pictures, tmp_path):
    result = invoke(*QUICK, "--data", data, "--images", pictures, "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 140
    assert "2x CNN + MP (3,3,4)" in result.stdout
    assert "Pictures that could not be read" in result.stdout
    assert "2_blank.png: picture must show a digit, got no ink" in result.stderr
    assert str(tmp_path / "out" / "report.html") in result.stderr
    assert "Leave --quick out" in result.stderr


def test_json_is_the_table(data, tmp_path):
    result = invoke(*QUICK, "--data", data, "--out", tmp_path, "--json", "--quiet", "--seeds", 2)
    content = json.loads(result.stdout)
    assert result.stderr == ""
    assert [(row["recipe"], row["seed"]) for row in content["rows"]] == [("source", 0), ("source", 1), ("chosen", 0), ("chosen", 1)]
    assert content["external"] is None


WRONG = {
    "network": (("--networks", "lenet"), 2, "unknown network 'lenet'; known: initial, cnn_8_8"),
    "pictures": (("--images", "nowhere"), 2, "Directory 'nowhere' does not exist"),
    "data": (("--data", "minst"), 2, "'minst' must be one of mnist, "),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_option_is_named_in_one_sentence(name, tmp_path):
    options, code, telling = WRONG[name]
    result = invoke("study", "smallest", "--out", tmp_path, *options)
    assert result.exit_code == code
    assert telling in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_a_folder_without_pictures_ends_in_one_sentence(data, tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    result = invoke(*QUICK, "--data", data, "--images", folder, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert result.stderr.startswith("digitcompress: ")
    assert result.stderr.endswith("own: must hold pictures of digits, got no file\n")
