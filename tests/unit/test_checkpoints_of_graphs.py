"""Checkpoints of networks with statistics, dropout and branches."""

import pytest
from numpy.testing import assert_array_equal

import digitcompress as dc
from reference import synthetic_digits


def graph(seed=3):
    layers = dc.layers
    nodes = [
        layers.Conv2d(4, kernel=3, stride=2),
        layers.BatchNorm(),
        dc.Node(layers.ReLU(), name="trunk"),
        layers.Conv2d(4, kernel=3, padding=1),
        dc.Node(layers.Add(), inputs=("conv2", "trunk")),
        layers.Dropout(0.3),
        layers.GlobalAvgPool(),
        layers.Dense(10),
    ]
    return dc.Network(dc.Input(1, 28, 28), nodes, seed=seed)


@pytest.mark.parametrize("epoch", [0, 2])
def test_graphs_with_statistics_and_dropout_go_on_as_they_were(epoch, digits, tmp_path):
    def stop(number, logs):
        if number == epoch:
            raise InterruptedError

    options = {"epochs": 4, "optimizer": "adam", "batch_size": 100, "checkpoint_seconds": 0, "progress": False}
    options |= {"validation": synthetic_digits.make(70, seed=5), "callbacks": [dc.callbacks.Callback()]}
    whole, resumed = graph(), graph(seed=9)
    expected = dc.fit(whole, digits, checkpoint=tmp_path / "whole", **options)
    with pytest.raises(InterruptedError):
        dc.fit(graph(), digits, checkpoint=tmp_path / "cut", **options | {"callbacks": [dc.callbacks.LambdaCallback(on_epoch_end=stop)]})
    found = dc.fit(resumed, digits, checkpoint=tmp_path / "cut", resume=True, **options)
    for name, values in whole.parameters.items():
        assert_array_equal(resumed.parameters[name], values, err_msg=name)
    for name, values in expected.columns.items():
        assert_array_equal(found.columns[name], values, err_msg=name)
    last = "checkpoint-000000000024.safetensors"
    assert (tmp_path / "cut" / last).read_bytes() == (tmp_path / "whole" / last).read_bytes()
