"""Checkpoints: a training that was stopped goes on as if it had not been, or says why it cannot."""

import functools
import shutil

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from digitcompress import _core
from reference import synthetic_digits

VALIDATION = synthetic_digits.make(70, seed=5)
OPTIMIZERS = {"momentum": dc.optimizers.SGD(0.1, momentum=0.9), "adam": dc.optimizers.Adam(0.01)}
PASSES = [dc.Pruning(sparsity=0.2), dc.Quantization(weights=8, activations=8, gradients=8)]


def network(seed=3):
    return dc.models.mlp([784, 10, 10], seed=seed)


def prepared(seed=3):
    return dc.prepare(network(seed), PASSES, seed=1)


def fit(net, data, **changes):
    settings = {
        "optimizer": OPTIMIZERS["momentum"],
        "epochs": 6,
        "batch_size": 100,
        "validation": VALIDATION,
        "checkpoint_seconds": 0,
        "progress": False,
    }
    return dc.fit(net, data, **settings | changes)


class Stop(Exception):
    """What ends a training half-way in these tests."""


def stop_in(epoch, method="on_epoch_end"):
    def stop(number, *_):
        if number == epoch:
            raise Stop

    return dc.callbacks.LambdaCallback(**{method: stop})


def assert_same_run(found, expected):
    (net, history), (other, other_history) = found, expected
    for name, values in net.parameters.items():
        assert_array_equal(values, other.parameters[name], err_msg=name)
    assert (history.steps, history.interrupted) == (other_history.steps, other_history.interrupted)
    assert history.columns.keys() == other_history.columns.keys()
    for name, values in history.columns.items():
        assert_array_equal(values, other_history.columns[name], err_msg=name)


def newest(folder):
    return max(folder.glob("checkpoint-*.safetensors"))


@pytest.mark.parametrize("make", [network, prepared])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("options", [{}, {"batch_size": None}, {"batch_size": 70, "record_every": 4}, {"batch_size": 64}], ids=str)
@pytest.mark.parametrize("epoch", [0, 3])
def test_a_resumed_training_is_the_undisturbed_one(make, optimizer, options, epoch, digits, tmp_path):
    options = {"optimizer": OPTIMIZERS[optimizer], "callbacks": [dc.callbacks.Callback()], **options}
    whole = make()
    expected = fit(whole, digits, checkpoint=tmp_path / "whole", **options)
    with pytest.raises(Stop):
        fit(make(), digits, checkpoint=tmp_path / "cut", **options | {"callbacks": [stop_in(epoch)]})
    another_start = make(seed=99)
    found = fit(another_start, digits, checkpoint=tmp_path / "cut", resume=True, **options)
    assert_same_run((another_start, found), (whole, expected))
    assert newest(tmp_path / "cut").read_bytes() == newest(tmp_path / "whole").read_bytes()


def interrupt_after(calls):
    def press(step):
        nonlocal calls
        calls -= 1
        if calls == 0:
            raise KeyboardInterrupt

    return press


@pytest.mark.parametrize("callbacks", [[], [dc.callbacks.Callback()]], ids=["alone", "with callback"])
@pytest.mark.parametrize("options", [{}, {"record_every": 1000}], ids=str)
def test_ctrl_c_leaves_a_checkpoint_of_the_last_step(options, callbacks, digits, tmp_path):
    data = np.tile(digits[0].astype(np.float32) / 255, (30, 1, 1)), np.tile(digits[1], 30)  # floats: no patch is skipped
    options = {"epochs": 2, "batch_size": 16, "callbacks": callbacks, "threads": 1, **options}
    cut, whole, resumed = (dc.models.mlp([784, 300, 10], seed=seed) for seed in (3, 3, 9))
    with pytest.warns(UserWarning, match="interrupted after"):
        interrupted = fit(cut, data, checkpoint=tmp_path, progress=interrupt_after(1), **options)
    assert int(newest(tmp_path).stem.partition("-")[2]) == interrupted.steps
    assert interrupted.steps % 1125 > 0  # within an epoch, which takes far more than the 50 ms between two calls
    found = fit(resumed, data, checkpoint=tmp_path, resume=True, **options)
    assert_same_run((resumed, found), (whole, fit(whole, data, **options)))


def test_ctrl_c_while_an_epoch_is_validated_loses_nothing(tmp_path):
    data = synthetic_digits.make(64)
    many = np.tile(data[0].astype(np.float32) / 255, (300, 1, 1)), np.tile(data[1], 300)
    seen = []

    class Watcher(dc.callbacks.Callback):
        def on_epoch_end(self, epoch, logs):
            seen.append((epoch, logs["val_loss"]))

    options = {"epochs": 2, "batch_size": 32, "validation": many, "callbacks": [Watcher()], "threads": 1}
    network = functools.partial(dc.models.mlp, [784, 800, 10])  # its validation takes far more than 50 ms
    whole = network()
    expected = fit(whole, data, **options)
    told, seen[:] = list(seen), []
    with pytest.warns(UserWarning, match="interrupted after 2 steps"):
        cut = fit(network(), data, checkpoint=tmp_path, progress=interrupt_after(1), **options)
    assert len(cut.columns["loss"]) == 0
    resumed = network(seed=9)
    found = fit(resumed, data, checkpoint=tmp_path, resume=True, **options)
    assert_same_run((resumed, found), (whole, expected))
    assert seen == told


def test_more_epochs_may_be_asked_for_and_fewer_not(digits, tmp_path):
    whole, first = network(), network()
    fit(first, digits, epochs=2, checkpoint=tmp_path)
    found = fit(first, digits, epochs=5, checkpoint=tmp_path, resume=True)
    assert_same_run((first, found), (whole, fit(whole, digits, epochs=5)))
    with pytest.raises(dc.StateError, match=r"epochs end at step 24 here, and the checkpoint is of step 30"):
        fit(network(), digits, epochs=4, checkpoint=tmp_path, resume=True)


def test_resume_begins_where_there_is_no_checkpoint_yet(digits, tmp_path):
    resumed, plain = network(), network()
    found = fit(resumed, digits, checkpoint=tmp_path / "deep" / "down", resume=True)
    assert_same_run((resumed, found), (plain, fit(plain, digits)))


def stateful(folder):
    return [
        dc.callbacks.EarlyStopping("val_loss", patience=2, min_delta=0.02),
        dc.callbacks.CSVLogger(folder / "log.csv"),
        dc.callbacks.ModelCheckpoint(folder / "best.safetensors", monitor="val_accuracy", save_best_only=True),
    ]


@pytest.mark.parametrize("epoch", [0, 2, 7])
def test_callbacks_go_on_where_they_stood(epoch, digits, tmp_path):
    options = {"epochs": 200, "optimizer": dc.optimizers.Adam(0.003)}
    folders = [tmp_path / "whole", tmp_path / "cut"]
    for folder in folders:
        folder.mkdir()
    whole, cut = network(), network(9)
    expected = fit(whole, digits, checkpoint=folders[0], callbacks=stateful(folders[0]), **options)
    assert 8 * 6 < expected.steps < 200 * 6  # stopped early, after all of the cuts
    with pytest.raises(Stop):
        fit(network(), digits, checkpoint=folders[1], callbacks=[*stateful(folders[1]), stop_in(epoch)], **options)
    found = fit(cut, digits, checkpoint=folders[1], resume=True, callbacks=stateful(folders[1]), **options)
    assert_same_run((cut, found), (whole, expected))
    for name in ("log.csv", "best.safetensors"):
        assert (folders[1] / name).read_bytes() == (folders[0] / name).read_bytes()
    after_the_end = network(8)
    again = fit(after_the_end, digits, checkpoint=folders[1], resume=True, callbacks=stateful(folders[1]), **options)
    assert_same_run((after_the_end, again), (whole, expected))


@pytest.mark.parametrize("best", [None, np.inf, 0.25])
def test_the_state_of_early_stopping_survives_any_best_value(best):
    first, second = dc.callbacks.EarlyStopping(), dc.callbacks.EarlyStopping()
    if best is not None:
        first.network = network()
        first.on_epoch_end(0, {"val_loss": best})
    second.restore(first.state())
    assert second.best == best


def changed_data(digits):
    images = digits[0].copy()
    images[17, 3, 3] ^= 1
    return images, digits[1]


# What is changed, and what the error must name.
OTHERS = {
    "data": (lambda digits: {"data": changed_data(digits)}, r"data\.images is"),
    "labels": (lambda digits: {"data": (digits[0], digits[1][::-1])}, r"data\.labels is"),
    "fewer samples": (lambda digits: {"data": (digits[0][:500], digits[1][:500])}, r"data\.samples is 600 there and 500 here"),
    "no validation": (lambda digits: {"validation": None}, r"validation is"),
    "other validation": (lambda digits: {"validation": synthetic_digits.make(70, seed=6)}, r"validation\.images is"),
    "seed": (lambda digits: {"seed": 1}, r"seed is 0 there and 1 here"),
    "batch size": (lambda digits: {"batch_size": 50}, r"batch_size is 100 there and 50 here"),
    "optimizer": (lambda digits: {"optimizer": OPTIMIZERS["adam"]}, r"optimizer\.name is 'SGD' there and 'Adam' here"),
    "learning rate": (
        lambda digits: {"optimizer": dc.optimizers.SGD(0.25, momentum=0.9)},
        r"learning_rate is .* and 0\.25 here",
    ),
    "loss": (lambda digits: {"loss": "focal"}, r"loss\.name is 'CrossEntropy' there and 'Focal' here"),
    "records": (lambda digits: {"record_every": 2}, r"record_every is 0 there and 2 here"),
    "divisor": (lambda digits: {"gradient_samples": 90}, r"gradient_samples is 0\.0 there and 90\.0 here"),
    "class weights": (lambda digits: {"class_weight": {3: 2.0}}, r"class_weight is \[\] there"),
    "sample weights": (lambda digits: {"sample_weight": np.full(600, 0.5)}, r"sample_weight is None there"),
    "a callback with a state": (
        lambda digits: {"callbacks": [dc.callbacks.EarlyStopping()]},
        r"callbacks is \[\] there and \['Early",
    ),
    "layer sizes": (
        lambda digits: {"network": dc.models.mlp([784, 12, 10])},
        r"nodes\[1\]\.fields\.units is 10 there and 12",
    ),
    "deeper": (lambda digits: {"network": dc.models.mlp([784, 10, 10, 10])}, r"network\.nodes is"),
    "prepared": (lambda digits: {"network": prepared()}, r"network\.compression is \[\] there"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_another_training_is_refused_by_its_differences(case, digits, tmp_path):
    change, message = OTHERS[case]
    fit(network(), digits, epochs=2, checkpoint=tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    settings = {"network": network(9), "data": digits, **change(digits)}
    net, data = settings.pop("network"), settings.pop("data")
    start = net.parameters["fc1.weight"].copy()
    with pytest.raises(dc.StateError, match=message):
        fit(net, data, checkpoint=tmp_path, resume=True, **settings)
    assert_array_equal(net.parameters["fc1.weight"], start)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_many_differences_are_counted(digits, tmp_path):
    fit(network(), digits, epochs=1, checkpoint=tmp_path)
    many = {"seed": 1, "batch_size": 7, "loss": "focal", "validation": None, "optimizer": "adam", "record_every": 3, "gradient_samples": 5}
    with pytest.raises(dc.StateError, match=r"; \d+ more$") as caught:
        fit(prepared(), changed_data(digits), checkpoint=tmp_path, resume=True, **many)
    assert len(str(caught.value)) < 1500


def test_threads_and_epochs_are_free(digits, tmp_path):
    fit(network(), digits, epochs=1, checkpoint=tmp_path, threads=2)
    whole, resumed = network(), network()
    found = fit(resumed, digits, epochs=3, checkpoint=tmp_path, resume=True, threads=1)
    assert_same_run((resumed, found), (whole, fit(whole, digits, epochs=3)))


def test_another_processor_level_is_said(digits, tmp_path, monkeypatch):
    fit(network(), digits, epochs=1, checkpoint=tmp_path)
    monkeypatch.setattr(_core, "level", "v1")
    with pytest.warns(UserWarning, match=r"processor level v\d|armv8.*this is v1"):
        fit(network(), digits, epochs=1, checkpoint=tmp_path, resume=True)


def test_a_folder_with_checkpoints_is_not_overwritten(digits, tmp_path):
    fit(network(), digits, epochs=1, checkpoint=tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(dc.StateError, match=r"checkpoint must be .* resume=True"):
        fit(network(), digits, epochs=1, checkpoint=tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_second_training_in_the_same_folder_is_refused(digits, tmp_path):
    refused = []

    def intrude(epoch, logs):
        with pytest.raises(dc.StateError, match=r"no other training uses") as caught:
            fit(network(), digits, checkpoint=tmp_path, resume=True)
        refused.append(caught)

    net, plain = network(), network()
    found = fit(net, digits, epochs=2, checkpoint=tmp_path, callbacks=[dc.callbacks.LambdaCallback(on_epoch_end=intrude)])
    assert len(refused) == 2
    assert_same_run((net, found), (plain, fit(plain, digits, epochs=2)))


def test_only_the_last_two_are_kept_and_leftovers_go(digits, tmp_path):
    (tmp_path / ".digitcompress-left").write_bytes(b"half a checkpoint")
    (tmp_path / "notes.txt").write_text("the user's own")
    fit(network(), digits, epochs=5, checkpoint=tmp_path)
    expected = ["checkpoint-000000000024.safetensors", "checkpoint-000000000030.safetensors", "lock", "notes.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == expected


def test_by_default_quick_epochs_share_a_checkpoint(digits, tmp_path):
    names = []
    look = dc.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: names.append(newest(tmp_path).name))
    fit(network(), digits, epochs=30, checkpoint=tmp_path, checkpoint_seconds=100, callbacks=[look])
    assert set(names) == {"checkpoint-000000000000.safetensors"}
    assert newest(tmp_path).name == "checkpoint-000000000180.safetensors"


DAMAGE = {
    "cut short": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "a bit flipped": lambda content: content[:-9] + bytes([content[-9] ^ 4]) + content[-8:],
    "a block of zeros": lambda content: content[:4096] + bytes(4096) + content[8192:],
    "a pickle": lambda content: b"\x80\x04K\x01.",
    "a program": lambda content: b"\x7fELF" + content[4:],
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_damaged_checkpoint_falls_back_on_the_one_before(case, digits, tmp_path):
    fit(network(), digits, epochs=4, checkpoint=tmp_path)
    newest(tmp_path).write_bytes(DAMAGE[case](newest(tmp_path).read_bytes()))
    whole, resumed = network(), network()
    with pytest.warns(RuntimeWarning, match=r"passed over a damaged checkpoint .*checkpoint-000000000024"):
        found = fit(resumed, digits, checkpoint=tmp_path, resume=True)
    assert_same_run((resumed, found), (whole, fit(whole, digits)))


@pytest.mark.filterwarnings("ignore:fit. passed over")
@pytest.mark.parametrize("case", DAMAGE)
def test_without_a_good_checkpoint_nothing_is_restarted_silently(case, digits, tmp_path):
    fit(network(), digits, epochs=4, checkpoint=tmp_path)
    for path in tmp_path.glob("checkpoint-*"):
        path.write_bytes(DAMAGE[case](path.read_bytes()))
    net = network()
    start = net.parameters["fc1.weight"].copy()
    with pytest.raises(dc.FormatError, match=r"checkpoint-000000000018"):
        fit(net, digits, checkpoint=tmp_path, resume=True)
    assert_array_equal(net.parameters["fc1.weight"], start)


def test_a_network_file_is_no_checkpoint(digits, tmp_path):
    dc.save(network(), tmp_path / "checkpoint-000000000018.safetensors")
    with pytest.raises(dc.FormatError, match=r"format must be digitcompress\.checkpoint, got digitcompress\.network"):
        fit(network(), digits, checkpoint=tmp_path, resume=True)


def test_a_checkpoint_is_no_network(digits, tmp_path):
    fit(network(), digits, epochs=1, checkpoint=tmp_path)
    with pytest.raises(dc.FormatError, match=r"format must be digitcompress\.network, got digitcompress\.checkpoint"):
        dc.load(newest(tmp_path))


def test_a_file_is_no_folder(digits, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(dc.DataError, match=r"checkpoint must be a folder, got the file"):
        fit(network(), digits, checkpoint=tmp_path / "file")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"resume": True}, TypeError, r"resume must have the folder of a checkpoint"),
        ({"resume": 1, "checkpoint": "here"}, TypeError, r"resume must be True or False, got 1"),
        ({"checkpoint": 3}, TypeError, r"int"),
        ({"checkpoint_seconds": -1, "checkpoint": "here"}, dc.DataError, r"checkpoint_seconds must be .*, got -1"),
        ({"checkpoint_seconds": np.nan, "checkpoint": "here"}, dc.DataError, r"checkpoint_seconds must be .*, got nan"),
    ],
    ids=str,
)
def test_options(options, error, message, digits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        fit(network(), digits, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_an_error_that_leaves_the_last_checkpoint(digits, tmp_path, monkeypatch):
    fit(network(), digits, epochs=2, checkpoint=tmp_path)
    monkeypatch.setattr("os.fsync", lambda descriptor: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        fit(network(), digits, checkpoint=tmp_path, resume=True)
    monkeypatch.undo()
    assert sorted(path.name for path in tmp_path.iterdir())[-2:] == ["checkpoint-000000000012.safetensors", "lock"]
    whole, resumed = network(), network()
    assert_same_run((resumed, fit(resumed, digits, checkpoint=tmp_path, resume=True)), (whole, fit(whole, digits)))


def test_divergence_leaves_the_last_finite_checkpoint(digits, tmp_path):
    net = network()
    explode = dc.callbacks.LambdaCallback(on_epoch_begin=lambda epoch: epoch == 3 and net.parameters["fc1.weight"].fill(3e38))
    with pytest.raises(dc.DivergenceError):
        fit(net, digits, checkpoint=tmp_path, callbacks=[explode])
    resumed, whole = network(), network()
    found = fit(resumed, digits, checkpoint=tmp_path, resume=True, callbacks=[dc.callbacks.Callback()])
    assert_same_run((resumed, found), (whole, fit(whole, digits)))


def test_a_moved_folder_is_as_good(digits, tmp_path):
    with pytest.raises(Stop):
        fit(network(), digits, checkpoint=tmp_path / "here", callbacks=[stop_in(2)])
    shutil.move(tmp_path / "here", tmp_path / "there")
    whole, resumed = network(), network()
    found = fit(resumed, digits, checkpoint=tmp_path / "there", resume=True, callbacks=[dc.callbacks.Callback()])
    assert_same_run((resumed, found), (whole, fit(whole, digits)))
