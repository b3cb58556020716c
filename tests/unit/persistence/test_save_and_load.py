"""dc.save and dc.load: what comes back is what went in, and the file on disk is always whole."""

import copy
import errno
import hashlib
import os
import pickle
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from reference import sealed

PASSES = [dc.Pruning(sparsity=0.25), dc.Quantization(weights=3, activations=5, gradients=8)]


def mlp(seed=0):
    return dc.models.mlp([784, 7, 5, 10], activation="leaky_relu", initializer="uniform_half", seed=seed)


def chain():
    parts = [dc.layers.Flatten(), dc.layers.Dense(3, bias=False), dc.layers.LeakyReLU(0.3), dc.layers.Dense(2), dc.layers.Softmax()]
    return dc.Network(dc.Input(2, 3, 4), parts, seed=3)


def graph():
    block = [dc.layers.Conv2d(3, kernel=3, padding=1), dc.layers.BatchNorm(), dc.Node(dc.layers.ReLU(), name="trunk")]
    joined = [dc.layers.Conv2d(3, kernel=3, padding=1, groups=3), dc.Node(dc.layers.Add(), inputs=("conv2", "trunk"))]
    ended = [dc.Node(dc.layers.Concat(), inputs=("add1", "input")), dc.layers.GlobalAvgPool(), dc.layers.Dropout(0.3), dc.layers.Dense(4)]
    return dc.Network(dc.Input(1, 8, 6), [*block, *joined, *ended], seed=2)


def tied():
    parts = [dc.layers.Flatten(), dc.layers.Dense(5), dc.layers.Sigmoid(), dc.layers.TiedDense(16)]
    return dc.Network(dc.Input(1, 4, 4), [*parts, dc.layers.Reshape(1, 4, 4)], seed=4)


NETWORKS = {
    "graph": graph,
    "prepared graph": lambda: dc.prepare(graph(), PASSES),
    "tied": tied,
    "mlp": mlp,
    "chain": chain,
    "flat input": lambda: dc.models.mlp([5, 2], activation="tanh"),
    "prepared": lambda: dc.prepare(mlp(), PASSES, seed=9),
    "converted": lambda: dc.convert(dc.prepare(mlp(), PASSES)),
}


def through_a_file(net, folder):
    dc.save(net, folder / "net.safetensors")
    return dc.load(folder / "net.safetensors")


WAYS = {
    "file": through_a_file,
    "pickle": lambda net, _: pickle.loads(pickle.dumps(net)),
    "deepcopy": lambda net, _: copy.deepcopy(net),
    "copy": lambda net, _: copy.copy(net),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NETWORKS)
def test_everything_comes_back(name, way, tmp_path):
    net = NETWORKS[name]()
    twin = WAYS[way](net, tmp_path)
    assert twin.input_shape == net.input_shape
    assert twin.node_names == net.node_names
    assert twin.nodes == net.nodes
    assert twin.compression == net.compression
    assert twin.is_prepared == net.is_prepared
    assert list(twin.parameters) == list(net.parameters)
    for key, values in net.parameters.items():
        assert_array_equal(twin.parameters[key], values)
        assert twin.parameters[key].flags.writeable
        assert not np.shares_memory(twin.parameters[key], values)
    for key, values in net.effective_parameters().items():
        assert_array_equal(twin.effective_parameters()[key], values)
    images = np.random.default_rng(1).integers(0, 256, (19, int(np.prod(net.input_shape))), dtype=np.uint8)
    assert_array_equal(twin.forward(images), net.forward(images))


def test_a_prepared_network_trains_on_as_if_it_had_never_been_away(digits, tmp_path):
    net = dc.prepare(mlp(), PASSES, seed=5)
    dc.fit(net, digits, epochs=1, progress=False)
    twin = through_a_file(net, tmp_path)
    for each in (net, twin):
        dc.fit(each, digits, epochs=2, first_step=10, seed=3, progress=False)
    for key, values in net.parameters.items():
        assert_array_equal(twin.parameters[key], values)


def test_numbers_of_numpy_in_a_pass_come_back_as_numbers(tmp_path):
    net = dc.prepare(mlp(), [dc.Pruning(sparsity=np.float32(0.1)), dc.Quantization(weights=np.int64(4))])
    assert through_a_file(net, tmp_path).compression == net.compression


def test_the_file_is_what_the_docs_say(tmp_path):
    """Read and written again by hand, from the page on the format."""
    net = NETWORKS["prepared"]()
    dc.save(net, tmp_path / "net.safetensors")
    content = (tmp_path / "net.safetensors").read_bytes()
    envelope, arrays = sealed.read(content)
    assert (envelope["format"], envelope["version"]) == ("digitcompress.network", 1)
    assert set(envelope["content"]) == {"input_shape", "nodes", "transforms", "compression"}
    start = 8 + int.from_bytes(content[:8], "little")
    assert envelope["data_sha256"] == hashlib.sha256(content[start:]).hexdigest()
    zeroed = content[:start].replace(envelope["header_sha256"].encode(), b"0" * 64)
    assert envelope["header_sha256"] == hashlib.sha256(zeroed).hexdigest()
    (tmp_path / "by_hand").write_bytes(sealed.write(envelope["content"], arrays))
    twin = dc.load(tmp_path / "by_hand")
    assert_array_equal(twin.parameters["fc1.weight"], net.parameters["fc1.weight"])
    assert twin.compression == net.compression


def test_safetensors_reads_the_parameters(tmp_path):
    from safetensors.numpy import load_file

    net = mlp()
    dc.save(net, tmp_path / "net.safetensors")
    found = load_file(tmp_path / "net.safetensors")
    assert set(found) == set(net.parameters)
    for key, values in net.parameters.items():
        assert_array_equal(found[key], values)


def test_the_same_network_gives_the_same_bytes(tmp_path):
    script = "import sys, digitcompress as dc; dc.save(dc.models.mlp([784, 7, 10], seed=2), sys.argv[1])"
    for number in range(2):
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / str(number))], check=True, env=os.environ | {"PYTHONHASHSEED": str(number)}
        )
    assert (tmp_path / "0").read_bytes() == (tmp_path / "1").read_bytes()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_saved_and_loaded_only_on_request(value, tmp_path):
    net, path = mlp(), tmp_path / "net.safetensors"
    net.parameters["fc2.bias"][1] = value
    with pytest.raises(dc.DataError, match=r"save: fc2\.bias must be finite"):
        dc.save(net, path)
    assert not path.exists()
    dc.save(net, path, allow_nonfinite=True)
    with pytest.raises(dc.FormatError, match=r"net\.safetensors: fc2\.bias must be finite"):
        dc.load(path)
    assert_array_equal(dc.load(path, allow_nonfinite=True).parameters["fc2.bias"], net.parameters["fc2.bias"])
    assert_array_equal(copy.deepcopy(net).parameters["fc2.bias"], net.parameters["fc2.bias"])


def test_a_pickle_with_a_hostile_state_is_refused():
    kind, (content,) = mlp().__reduce__()
    for state in (b"", b"\x80\x04", content[:-1], content[:100] + b"x" + content[101:]):
        with pytest.raises(dc.FormatError):
            kind(state)


@pytest.mark.parametrize("name", ["fc\x1b[31m", "a\nb", "x" * 201])
def test_a_name_that_would_not_be_loaded_is_not_saved(name, tmp_path):
    net = dc.Network(dc.Input(4), [dc.Node(dc.layers.Dense(2), name=name)])
    with pytest.raises(dc.DataError, match="must have a printable name of at most 200 characters, got"):
        dc.save(net, tmp_path / "net")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [None, 3, "net", [mlp]])
def test_only_networks_are_saved(value, tmp_path):
    with pytest.raises(TypeError, match="save: network must be a Network, got"):
        dc.save(value, tmp_path / "net")
    assert list(tmp_path.iterdir()) == []


def test_a_symbolic_link_stays_and_so_does_the_mode(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "net", tmp_path / "link"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    dc.save(mlp(), link)
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert dc.load(link).node_names == mlp().node_names
    assert list((tmp_path / "elsewhere").iterdir()) == [target]


def test_a_new_file_has_the_mode_of_the_process(tmp_path):
    dc.save(mlp(), tmp_path / "net")
    (tmp_path / "other").write_bytes(b"")
    assert (tmp_path / "net").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_link_to_nothing_gets_its_target(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    dc.save(mlp(), tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert dc.load(tmp_path / "target").node_names == mlp().node_names


def loop(folder):
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    return folder / "a"


BAD_PLACES = {
    "folder": (lambda folder: folder, errno.EISDIR),
    "no folder": (lambda folder: folder / "missing" / "net", errno.ENOENT),
    "loop": (loop, errno.ELOOP),
    "long name": (lambda folder: folder / ("x" * 5000), errno.ENAMETOOLONG),
    "below a file": (lambda folder: Path(__file__) / "net", errno.ENOTDIR),
}


@pytest.mark.parametrize(("place", "code"), BAD_PLACES.values(), ids=BAD_PLACES)
@pytest.mark.parametrize("call", [lambda path: dc.save(mlp(), path), dc.load], ids=["save", "load"])
def test_a_bad_place_keeps_errno_and_name(place, code, call, tmp_path):
    path = place(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError, match=r"\[Errno") as refusal:
        call(path)
    assert refusal.value.errno == code
    assert refusal.value.filename
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
@pytest.mark.parametrize("call", [lambda path: dc.save(mlp(), path), dc.load], ids=["save", "load"])
def test_devices_and_fifos_are_refused(call, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path / "fifo", Path("/dev/null")):
        with pytest.raises(dc.DataError, match=f"{path.name}: must be a regular file"):
            call(path)
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)


def no_space(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interrupted(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("fault", [no_space, interrupted])
@pytest.mark.parametrize("place", [(os, "fsync"), (Path, "replace"), (Path, "chmod")], ids=lambda place: place[1])
def test_a_failed_save_leaves_the_old_file_and_nothing_else(place, fault, tmp_path, monkeypatch):
    path = tmp_path / "net.safetensors"
    dc.save(mlp(seed=1), path)
    before = path.read_bytes()
    monkeypatch.setattr(*place, fault)
    with pytest.raises((OSError, KeyboardInterrupt)):
        dc.save(mlp(seed=2), path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


SAVER = """
import sys
import digitcompress as dc
nets = [dc.models.mlp([784, 30, 10], seed=seed) for seed in (0, 1)]
dc.save(nets[0], sys.argv[1])
print("ready", flush=True)
while True:
    for net in nets:
        dc.save(net, sys.argv[1])
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killing_a_saver_at_any_moment_leaves_a_whole_file(tmp_path):
    path = tmp_path / "net.safetensors"
    wanted = [dc.models.mlp([784, 30, 10], seed=seed).parameters["fc1.weight"] for seed in (0, 1)]
    generator = np.random.default_rng(0)
    for _ in range(10):
        process = subprocess.Popen([sys.executable, "-c", SAVER, str(path)], stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"ready\n"
        time.sleep(generator.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        found = dc.load(path).parameters["fc1.weight"]
        assert any(np.array_equal(found, each) for each in wanted)
