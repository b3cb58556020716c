"""kill -9 at random moments of a training that writes checkpoints: it always goes on, and ends with the bits of one that never stopped."""

import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

KILLS = 50

# Small enough for an epoch to take a millisecond; with state in the optimizer, in two callbacks and in the network's activation ranges.
TRAINING = """
import sys
from pathlib import Path

import numpy as np

import digitcompress as dc

folder, epochs, seconds, data = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), np.load(sys.argv[4])
network = dc.models.mlp([784, 4, 10], seed=1)
network = dc.prepare(network, [dc.Pruning(sparsity=0.2), dc.Quantization(weights=8, activations=8, gradients=8)], seed=2)
callbacks = [dc.callbacks.EarlyStopping("val_loss", patience=10**6), dc.callbacks.CSVLogger(folder / "log.csv")]
pair = data["images"], data["labels"]
print("ready", flush=True)
dc.fit(network, pair, validation=0.2, optimizer=dc.optimizers.Adam(0.01), epochs=epochs, batch_size=16, callbacks=callbacks,
       checkpoint=folder / "run", checkpoint_seconds=seconds, resume=True, progress=False)
dc.save(network, folder / "network.safetensors")
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def data(digits, tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "data.npz"
    np.savez(path, images=digits[0][:100], labels=digits[1][:100])
    return path


def start(folder, epochs, seconds, data):
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-c", TRAINING, str(folder), str(epochs), str(seconds), str(data)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"DIGITCOMPRESS_NUM_THREADS": "1"})


def finish(process):
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert output.endswith("done\n")


def kill(process, moment):
    """Kill a training so many seconds after it is ready."""
    assert process.stdout.readline() == "ready\n"
    time.sleep(moment)
    process.kill()
    output, _ = process.communicate(timeout=60)
    assert (process.returncode, output) == (-9, "")


def steps_saved(folder):
    return max((int(path.stem.partition("-")[2]) for path in (folder / "run").glob("checkpoint-*")), default=-1)


def live_and_die(folder, lives, data):
    """Kill a training again and again; return its last step after each."""
    generator = random.Random(folder.name)
    reached = []
    for _ in range(lives):
        kill(start(folder, 10**6, 0, data), generator.uniform(0.0, 0.2))
        reached.append(steps_saved(folder))
    return reached


@pytest.mark.slow
def test_fifty_kills_cost_not_a_bit(data, tmp_path):
    folders = [tmp_path / name for name in "ab"]
    with ThreadPoolExecutor() as pool:
        histories = list(pool.map(lambda folder: live_and_die(folder, KILLS // 2, data), folders))
    for folder, reached in zip(folders, histories, strict=True):
        assert reached == sorted(reached)
        assert len(set(reached)) > 5  # life after life got further
        epochs = reached[-1] // 5 + 3
        whole = tmp_path / f"whole {folder.name}"
        finish(start(folder, epochs, 0, data))
        finish(start(whole, epochs, 100, data))
        checkpoint = Path("run") / f"checkpoint-{5 * epochs:012d}.safetensors"
        for file in (checkpoint, "network.safetensors", "log.csv"):
            assert (folder / file).read_bytes() == (whole / file).read_bytes()
