"""Classes that Python makes of the core's descriptions: values that do not change and are checked by the core."""

import dataclasses
import pickle

import pytest

import digitcompress as dc

CONV = dc.layers.Conv2d(4, kernel=5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kernel": "x"}, r"^Conv2d: kernel must be an integer of 32 bits, got 'x'$"),
        ({"kernel": 1.5}, r"^Conv2d: kernel must be an integer of 32 bits, got 1.5$"),
        ({"channels": 2**40}, r"^Conv2d: channels must be an integer of 32 bits, got 1099511627776$"),
        ({"bias": "yes"}, r"^Conv2d: bias must be True or False, got 'yes'$"),
    ],
    ids=str,
)
def test_a_wrong_type_is_told_with_its_field(change, message):
    with pytest.raises(TypeError, match=message):
        dataclasses.replace(CONV, **change)


def test_other_types_of_fields_are_told_too():
    with pytest.raises(TypeError, match=r"^SGD: learning_rate must be a number, got 'fast'$"):
        dc.optimizers.SGD("fast")
    with pytest.raises(TypeError, match=r"^TiedDense: node must be a str, got 3$"):
        dc.layers.TiedDense(node=3)


def test_a_changed_copy_is_checked_as_a_new_one():
    assert dataclasses.replace(CONV, channels=6) == dc.layers.Conv2d(6, kernel=5)
    with pytest.raises(dc.errors.DataError, match=r"^Conv2d: channels must be in 1\.\.4096, got 0$"):
        dataclasses.replace(CONV, channels=0)


def test_values_do_not_change():
    with pytest.raises(AttributeError, match="kernel"):
        CONV.kernel = 3
    with pytest.raises(TypeError, match="kern"):
        dc.layers.Conv2d(4, kern=5)


def test_float32_fields_keep_their_decimals():
    assert dc.optimizers.SGD(0.1).learning_rate == 0.1


def test_copies_are_equal_and_of_one_hash():
    copy = pickle.loads(pickle.dumps(CONV))
    assert copy == CONV
    assert hash(copy) == hash(CONV)
    assert dc.layers.MaxPool2d() != dc.layers.AvgPool2d()


def test_a_value_of_another_family_is_refused():
    net = dc.Network(dc.Input(1, 2, 2), [dc.layers.Flatten(), dc.layers.Dense(2)])
    with pytest.raises(TypeError, match=r"layers must come from dc\.layers"):
        dc.Network(dc.Input(1, 2, 2), [dc.losses.Focal()])
    with pytest.raises((TypeError, dc.errors.DataError), match="loss"):
        dc.evaluate(net, ([[[0, 0], [0, 0]]], [0]), loss=dc.optimizers.Adam())
