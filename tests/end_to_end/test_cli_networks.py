"""Train, evaluate, predict and describe networks from the command line."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.testing import assert_allclose, assert_array_equal

import digitcompress as dc
from digitcompress.cli import main
from end_to_end.tiny_kaggle import write_tiny_kaggle
from reference.idx import write_idx


def invoke(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def words(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_tiny_kaggle(tmp_path_factory.mktemp("data") / "train.csv", rows=400)


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("trained") / "net.safetensors"
    result = invoke("train", "mlp", "--data", data, "--validation", 100, "--epochs", 8, "--out", out)
    assert result.exit_code == 0, result.output
    return out, result


def test_training_prints_a_row_an_epoch_and_saves(trained):
    out, result = trained
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    assert [line.split()[0] for line in lines[1:]] == [str(epoch) for epoch in range(8)]
    assert f"saved {out}" in result.stderr
    assert "Traceback" not in result.stderr
    assert dc.load(out).parameter_count == dc.models.mlp().parameter_count


def test_the_command_does_what_the_library_does(trained, data):
    """The same seed, the same bits: nothing but the options decides."""
    out, _ = trained
    splits = dc.datasets.load_csv(data, development=100)
    net = dc.models.mlp(seed=0)
    dc.fit(net, splits.train, validation=splits.validation, optimizer="adam", epochs=8, batch_size=64, progress=False)
    for name, values in dc.load(out).parameters.items():
        assert_array_equal(values, net.parameters[name])


def test_options_reach_the_library(data, tmp_path):
    out = tmp_path / "net.safetensors"
    options = ("--epochs", 2, "--batch-size", 0, "--optimizer", "sgd", "--learning-rate", 0.5, "--momentum", 0.5, "--loss", "focal")
    more = ("--seed", 3, "--initializer", "uniform_half", "--weight-decay", 0.001, "--threads", 1, "--class-weight", "balanced")
    changes = ("--schedule", "cosine", "--augment", "shift", "--augment", "affine")
    result = invoke("train", "mlp", "--data", data, *options, *more, *changes, "--out", out, "--json", "--quiet")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    facts = json.loads(result.stdout)
    assert (facts["model"], facts["steps"], facts["interrupted"]) == ("mlp", 2, False)
    net = dc.models.mlp(seed=3, initializer="uniform_half")
    optimizer = dc.optimizers.SGD(0.5, momentum=0.5, weight_decay=0.001)
    rules = {"loss": "focal", "optimizer": optimizer, "class_weight": "balanced"}
    rules |= {"schedule": "cosine", "augmentation": ["shift", "affine"]}
    history = dc.fit(net, dc.datasets.load_csv(data).train, **rules, epochs=2, batch_size=None, seed=3, progress=False)
    assert_allclose(facts["loss"], history.columns["loss"])
    for name, values in dc.load(out).parameters.items():
        assert_array_equal(values, net.parameters[name])


WRONG = {
    "no model": (("train",), "Missing argument"),
    "unknown model": (("train", "alexnet"), "'alexnet' is not one of 'mlp'"),
    "unknown data": (("train", "mlp", "--data", "minst"), "'minst' must be one of mnist, "),
    "unknown optimizer": (("train", "mlp", "--optimizer", "lion"), "'lion' is not one of"),
    "adam has no momentum": (("train", "mlp", "--momentum", "0.5"), "adam has no momentum; it takes learning_rate, "),
    "unknown schedule": (("train", "mlp", "--schedule", "sine"), "'sine' is not one of"),
    "unknown augmentation": (("train", "mlp", "--augment", "blur"), "'blur' is not one of 'affine', 'shift', 'elastic'"),
    "no step": (("train", "mlp", "--learning-rate", "0"), "0.0 is not in the range x>0"),
    "no epochs": (("train", "mlp", "--epochs", "0"), "0 is not in the range x>=1"),
    "validation": (("train", "mlp", "--validation", "some"), "'some' must be a count such as 5000, or a share such as 0.1"),
    "no place": (("train", "mlp", "--out", "missing/net"), "'missing' must be a folder that exists"),
    "no file": (("evaluate", "missing"), "'missing' does not exist"),
    "no image": (("predict", "missing"), "'missing' does not exist"),
    "no description": (("info", "missing"), "'missing' does not exist"),
}


@pytest.mark.parametrize(("arguments", "telling"), WRONG.values(), ids=WRONG)
def test_a_wrong_option_is_named_in_one_sentence(arguments, telling, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert telling in words(result.stderr)
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_evaluate_tells_what_the_library_tells(trained, data):
    out, _ = trained
    result = invoke("evaluate", out, "--data", data, "--validation", 100, "--json")
    assert result.exit_code == 0, result.output
    report = dc.Report.from_json(result.stdout)
    expected = dc.evaluate(dc.load(out), dc.datasets.load_csv(data, development=100).validation)
    assert (report.count, report.accuracy, report.loss) == (100, expected.accuracy, expected.loss)
    assert_array_equal(report.confusion, expected.confusion)
    assert "on the validation split of" in result.stderr
    text = invoke("evaluate", out, "--data", data, "--split", "train", "--loss", "mse")
    assert text.exit_code == 0
    assert f"{dc.evaluate(dc.load(out), dc.datasets.load_csv(data).train).accuracy:.2%}" in text.stdout


def test_training_and_evaluation_take_the_slant_out(data, tmp_path):
    out = tmp_path / "net.safetensors"
    assert invoke("train", "mlp", "--data", data, "--validation", 100, "--deslant", "--epochs", 2, "--out", out).exit_code == 0
    splits = dc.datasets.load_csv(data, development=100).deslanted()
    net = dc.models.mlp(seed=0)
    dc.fit(net, splits.train, validation=splits.validation, optimizer="adam", epochs=2, batch_size=64, progress=False)
    assert_array_equal(dc.load(out).parameters["fc1.weight"], net.parameters["fc1.weight"])
    result = invoke("evaluate", out, "--data", data, "--validation", 100, "--deslant", "--json")
    assert dc.Report.from_json(result.stdout).loss == dc.evaluate(net, splits.validation).loss


def test_a_split_that_is_not_there_is_named(trained, data):
    result = invoke("evaluate", trained[0], "--data", data, "--split", "test")
    assert result.exit_code == 1
    assert "evaluate: the data must have a test split, got <Dataset train.csv" in result.stderr


@pytest.mark.parametrize("command", [("evaluate",), ("predict",), ("info",)])
def test_a_file_that_is_no_network_is_refused_in_one_sentence(command, tmp_path, data):
    path = tmp_path / "net.safetensors"
    path.write_bytes(b"label,pixel0\n")
    more = {"evaluate": ("--data", data), "predict": (path,)}.get(command[0], ())
    result = invoke(*command, path, *more)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"digitcompress: {path}: must be a safetensors file, got a text")
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


@pytest.fixture(scope="module")
def images(data, tmp_path_factory):
    """The same five images as pictures, as IDX, and as .npy."""
    image = pytest.importorskip("PIL.Image", reason="needs Pillow, from the extra 'data'")
    folder = tmp_path_factory.mktemp("images")
    pixels = dc.datasets.load_csv(data).train.images[:5]
    (folder / "five.idx").write_bytes(write_idx(pixels))
    np.save(folder / "five.npy", pixels)
    np.save(folder / "flat.npy", pixels.reshape(5, 784).astype(np.float32) / 255)
    np.save(folder / "one.npy", pixels[0])
    (folder / "pictures").mkdir()
    for number, each in enumerate(pixels):
        image.fromarray(255 - each).resize((140, 140), image.Resampling.NEAREST).save(folder / "pictures" / f"{number}.png")
    return folder, pixels


@pytest.mark.parametrize("name", ["five.idx", "five.npy", "flat.npy"])
def test_arrays_of_images_are_predicted_one_by_one(name, trained, images):
    folder, pixels = images
    rows = json.loads(invoke("predict", trained[0], folder / name, "--json").stdout)
    net = dc.load(trained[0])
    assert [row["image"] for row in rows] == [f"{folder / name}[{index}]" for index in range(5)]
    assert [row["prediction"] for row in rows] == net.predict(pixels).tolist()
    assert_allclose([row["probabilities"] for row in rows], net.predict_proba(pixels), rtol=1e-5, atol=1e-7)
    assert all(row["probability"] == max(row["probabilities"]) for row in rows)
    assert all(row["second"] == int(np.argsort(row["probabilities"])[-2]) for row in rows)


@pytest.mark.parametrize("name", ["five.idx", "five.npy", "flat.npy", "pictures"])
def test_the_slant_is_taken_out_before_predicting(name, trained, images):
    folder, pixels = images
    rows = json.loads(invoke("predict", trained[0], folder / name, "--deslant", "--json").stdout)
    if name == "pictures":
        pixels = np.stack([dc.datasets.read_image(folder / "pictures" / f"{number}.png") for number in range(5)])
    shown = dc.datasets.deslant(pixels / 255.0 if name == "flat.npy" else pixels)
    assert_allclose([row["probabilities"] for row in rows], dc.load(trained[0]).predict_proba(shown), rtol=1e-4, atol=1e-6)


def test_pictures_are_centred_first(trained, images):
    folder, _ = images
    rows = json.loads(invoke("predict", trained[0], folder / "pictures", folder / "one.npy", "--json").stdout)
    pictures = np.stack([dc.datasets.read_image(folder / "pictures" / f"{number}.png") for number in range(5)])
    assert [row["prediction"] for row in rows[:5]] == dc.load(trained[0]).predict(pictures).tolist()
    assert [row["image"] for row in rows] == [str(folder / "pictures" / f"{number}.png") for number in range(5)] + [
        f"{folder / 'one.npy'}[0]"
    ]


def test_the_table_has_a_row_for_each_image(trained, images):
    folder, pixels = images
    lines = invoke("predict", trained[0], folder / "five.npy").stdout.splitlines()
    assert lines[0].split() == ["image", "digit", "probability", "else"]
    assert [line.split()[1] for line in lines[1:]] == [str(digit) for digit in dc.load(trained[0]).predict(pixels)]


def giant(good):
    """A file that declares 2.8 TB."""
    return good.read_bytes().replace(b"(1, 28, 28), }          ", b"(99999, 28, 999999), }  ")


FAULTY = {
    "objects": (lambda path: np.save(path, np.array([None]), allow_pickle=True), "array must hold numbers, got objects"),
    "cut": (lambda path: path.write_bytes(path.with_name("good.npy").read_bytes()[:-1]), "must have 784 bytes, got 783"),
    "header": (lambda path: path.write_bytes(b"\x93NUMPY\x01\0\x05\0{}   "), "must be a NumPy file of version 1 or 2"),
    "version": (lambda path: path.write_bytes(b"\x93NUMPY\x09\0\x05\0{}   "), "must be a NumPy file of version 1 or 2"),
    "giant": (
        lambda path: path.write_bytes(
            path.with_name("good.npy").read_bytes().replace(b"(1, 28, 28), }          ", b"(99999, 28, 999999),}   ")
        ),
        "must have 2,799,969,200,028 bytes, got 784",
    ),
    "numbers": (lambda path: np.save(path, np.arange(3)), "must hold images, got an array of the shape (3,)"),
    "other images": (lambda path: np.save(path, np.zeros((2, 8, 8), np.uint8)), "images must have the shape"),
    "no pixels": (lambda path: np.save(path, np.full((2, 28, 28), np.nan)), "images must be finite"),
    "text": (lambda path: path.write_text("No digit"), "must be an intact PNG, JPEG, BMP or GIF picture"),
    "empty": (lambda path: path.write_bytes(b""), "got an empty file"),
}


@pytest.mark.parametrize(("write", "telling"), FAULTY.values(), ids=FAULTY)
def test_a_faulty_file_is_named_and_the_others_are_predicted(write, telling, trained, tmp_path):
    pytest.importorskip("PIL", reason="needs Pillow, from the extra 'data'")
    good, bad = tmp_path / "good.npy", tmp_path / "bad.npy"
    np.save(good, np.zeros((1, 28, 28), np.uint8))
    write(bad)
    result = invoke("predict", trained[0], bad, good, "--json")
    assert result.exit_code == 1
    assert [row["image"] for row in json.loads(result.stdout)] == [f"{good}[0]"]
    assert telling in result.stderr
    assert str(bad) in result.stderr or "images" in telling
    assert len(result.stderr.splitlines()) == 1
    quiet = invoke("predict", trained[0], bad, good, "--json", "--quiet")
    assert (quiet.exit_code, quiet.stderr) == (1, "")


def test_info_describes_a_network(tmp_path):
    path = tmp_path / "net.safetensors"
    dc.save(dc.prepare(dc.models.mlp([784, 10, 10]), [dc.Pruning(0.5), dc.Quantization(weights=4)]), path)
    text = invoke("info", path).stdout
    assert "fc2" in text
    assert "Quantization(weights=4, " in text
    assert "Pruning(sparsity=0.5, criterion='magnitude')" in text
    assert "prepared" in text
    facts = json.loads(invoke("info", path, "--json").stdout)
    assert (facts["parameter_count"], facts["file_bytes"], facts["is_prepared"]) == (7960, path.stat().st_size, True)
    assert [node["name"] for node in facts["nodes"]] == list(dc.load(path).node_names)
    assert facts["compression"][0] == {"pass": "Pruning", "sparsity": 0.5, "criterion": "magnitude"}


def test_auto_encoders_train_and_are_evaluated_by_what_they_reconstruct(data, tmp_path):
    out = tmp_path / "net.safetensors"
    options = ("train", "autoencoder", "--data", data, "--loss", "reconstruction", "--epochs", 1, "--out", out)
    facts = json.loads(invoke(*options, "--json").stdout)
    assert facts["loss"][0] > 0
    result = invoke("evaluate", out, "--data", data, "--loss", "reconstruction")
    assert result.exit_code == 0, result.output
    assert "accuracy" not in result.stdout


def test_a_folder_of_pictures_trains_a_network(images, tmp_path):
    folder, _ = images
    (folder / "pictures" / "notes.txt").write_text("No digit")
    out = tmp_path / "net.safetensors"
    result = invoke("train", "mlp", "--data", folder / "pictures", "--epochs", 1, "--out", out)
    assert result.exit_code == 0, result.output
    assert "warning: " in result.stderr
    assert "notes.txt: " in result.stderr
    assert "Infinity" not in invoke("evaluate", out, "--data", folder / "pictures", "--json").stdout
    (folder / "pictures" / "notes.txt").unlink()


def test_a_resumed_training_ends_with_the_bits_of_an_undisturbed_one(data, tmp_path):
    def train(epochs, *more):
        out = tmp_path / f"{len(list(tmp_path.iterdir()))}.safetensors"
        result = invoke("train", "mlp", "--data", data, "--epochs", epochs, "--out", out, "--quiet", *more)
        assert result.exit_code == 0, result.output
        return out.read_bytes(), result.stdout

    undisturbed = train(5)
    train(2, "--checkpoint", tmp_path / "run")
    assert train(5, "--checkpoint", tmp_path / "run", "--resume") == undisturbed


def test_resuming_needs_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = invoke("train", "mlp", "--resume")
    assert result.exit_code == 2
    assert "--resume needs --checkpoint, the folder to go on from" in words(result.stderr)


def test_interruption_saves_what_there_is(data, tmp_path):
    out, folder = tmp_path / "net.safetensors", tmp_path / "run"
    arguments = ("train", "mlp", "--data", data, "--epochs", 1_000_000, "--out", out, "--checkpoint", folder)
    command = [sys.executable, "-m", "digitcompress", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 60
    while len(list(folder.glob("*.safetensors"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 130, stderr
    assert "interrupted" in stderr
    assert "Traceback" not in stderr
    assert len(stdout.splitlines()) > 1
    assert dc.evaluate(dc.load(out), dc.datasets.load_csv(data).train).accuracy > 0.5
