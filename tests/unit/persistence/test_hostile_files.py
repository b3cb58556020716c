"""Files whose checksums are right and whose content is not: written by hand, each a named fault."""

import copy

import numpy as np
import pytest

import digitcompress as dc
from digitcompress.network import from_bytes, to_bytes
from reference import sealed

NET = dc.prepare(dc.models.mlp([6, 4, 3], seed=1), [dc.Pruning(0.5), dc.Quantization(weights=3)], seed=2)
ENVELOPE, ARRAYS = sealed.read(to_bytes(NET))
CONTENT = ENVELOPE["content"]
HUGE = 10**30


def changed(path, value):
    """Return the description with another value in one place; the path leads through dicts and lists."""
    content = copy.deepcopy(CONTENT)
    place = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return content


def without(path):
    content = copy.deepcopy(CONTENT)
    place = content
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return content


def refused(content, kind=dc.FormatError):
    with pytest.raises(kind) as refusal:
        from_bytes(content, "net")
    assert str(refusal.value).startswith("net: ")
    assert len(str(refusal.value)) <= 500
    assert str(refusal.value).isprintable()
    return str(refusal.value)


def test_the_unchanged_content_is_read():
    assert from_bytes(sealed.write(CONTENT, ARRAYS)).compression == NET.compression


VERSIONS = {
    "newer": (2, dc.VersionError, "version must be at most 1, got 2; a newer digitcompress wrote it"),
    "much newer": (2**32 - 1, dc.VersionError, "got 4294967295"),
    "zero": (0, dc.FormatError, "at least 1, got 0"),
    "negative": (-1, dc.FormatError, "at least 1, got -1"),
    "text": ("1", dc.FormatError, "at least 1, got 1"),
    "true": (True, dc.FormatError, "at least 1, got True"),
    "fraction": (1.0, dc.FormatError, "at least 1, got 1.0"),
    "none": (None, dc.FormatError, "at least 1, got None"),
}


@pytest.mark.parametrize(("version", "kind", "telling"), VERSIONS.values(), ids=VERSIONS)
def test_versions(version, kind, telling):
    message = refused(sealed.write(CONTENT, ARRAYS, version=version), kind)
    assert telling in message


@pytest.mark.parametrize("kind", ["digitcompress.checkpoint", "pt", "", None, 3, ["digitcompress.network"], "x" * 1000, "\x1b[31m"])
def test_another_kind_of_file_is_refused(kind):
    assert "format must be digitcompress.network, got" in refused(sealed.write(CONTENT, ARRAYS, format=kind))


def node(**fields):
    return {"name": "fc1", "layer": "Dense", "fields": {"units": 4, "bias": True}, "inputs": ["flatten1"]} | fields


STRUCTURES = {
    "no shape": (without(["input_shape"]), "must have input_shape, nodes"),
    "unknown part": (changed(["extra"], 1), "must have input_shape, nodes"),
    "shape of two": (changed(["input_shape"], [6, 1]), "input_shape must be three integers"),
    "shape of fractions": (changed(["input_shape"], [6.0, 1, 1]), "input_shape must be three integers"),
    "shape of truth": (changed(["input_shape"], [6, True, 1]), "input_shape must be three integers"),
    "negative shape": (changed(["input_shape", 0], -6), "Input: channels must be in"),
    "no extent": (changed(["input_shape", 0], 0), "Input: channels must be in"),
    "huge shape": (changed(["input_shape", 0], HUGE), "Input: channels must be in"),
    "wide shape": (changed(["input_shape"], [4096, 4096, 4096]), "Input: must have at most 67,108,864 values"),
    "no nodes": (changed(["nodes"], []), "Network: "),
    "nodes of text": (changed(["nodes"], "fc1"), "nodes must be of the type list"),
    "node of text": (changed(["nodes", 1], "fc1"), "nodes[1] must be a JSON object"),
    "node without layer": (without(["nodes", 1, "layer"]), "nodes[1] must have name, layer, fields, inputs"),
    "unknown layer": (changed(["nodes", 1, "layer"], "Attention"), "nodes[1]: layer must be one of"),
    "layer of another module": (changed(["nodes", 1, "layer"], "names"), "nodes[1]: layer must be one of"),
    "layer is a list": (changed(["nodes", 1, "layer"], ["Dense"]), "layer must be of the type str"),
    "layer is private": (changed(["nodes", 1, "layer"], "__builtins__"), "nodes[1]: layer must be one of"),
    "unknown field": (changed(["nodes", 1, "fields", "activation"], "relu"), "fields of Dense must have"),
    "units zero": (changed(["nodes", 1, "fields", "units"], 0), "units must be"),
    "units negative": (changed(["nodes", 1, "fields", "units"], -4), "units must be"),
    "units fraction": (changed(["nodes", 1, "fields", "units"], 4.0), "units must be of the type int"),
    "units truth": (changed(["nodes", 1, "fields", "units"], True), "units must be of the type int"),
    "units beyond an int": (changed(["nodes", 1, "fields", "units"], 2**31), "nodes[1]"),
    "units huge": (changed(["nodes", 1, "fields", "units"], HUGE), "nodes[1]"),
    "other units": (changed(["nodes", 1, "fields", "units"], 5), "net: fc1.weight must be float32 of the shape (5, 6), got"),
    "other name": (changed(["nodes", 1, "name"], "fc7"), "net: "),
    "loss of text": (changed(["nodes", 1, "loss_weight"], "0.3"), "nodes[1]: loss_weight must be of the type float"),
    "loss of truth": (changed(["nodes", 1, "loss_weight"], True), "nodes[1]: loss_weight must be of the type float"),
    "negative loss": (changed(["nodes", 1, "loss_weight"], -0.5), "net: Node: loss_weight must be"),
    "loss beyond reason": (changed(["nodes", 1, "loss_weight"], 1e300), "net: Network: node fc1: loss_weight must be in 0..1000"),
    "reads itself": (changed(["nodes", 1, "inputs"], ["fc1"]), "net: "),
    "reads a later node": (changed(["nodes", 1, "inputs"], ["fc2"]), "net: "),
    "reads nothing": (changed(["nodes", 1, "inputs"], []), "net: "),
    "reads two": (changed(["nodes", 1, "inputs"], ["flatten1", "input"]), "net: "),
    "reads a number": (changed(["nodes", 1, "inputs"], [0]), "inputs must be names"),
    "reads the unknown": (changed(["nodes", 1, "inputs"], ["nowhere"]), "each input must be a node before it"),
    "reads an escape": (changed(["nodes", 1, "inputs"], ["nowhere\x1b"]), "inputs must be names"),
    "name of escapes": (changed(["nodes", 1, "name"], "fc1\x1b[31m"), "name must be of the type str"),
    "endless name": (changed(["nodes", 1, "name"], "x" * 65_536), "name must be of the type str"),
    "name of a parameter": (changed(["nodes", 1, "name"], "fc1.weight"), "net: "),
    "two of a name": (changed(["nodes", 1, "name"], "flatten1"), "node names must differ"),
    "nobody reads it": (changed(["nodes", 2, "inputs"], ["flatten1"]), "net: "),
    "flat layer of an image": (changed(["input_shape"], [1, 2, 3]) | {"nodes": [node(inputs=["input"])]}, "net: "),
    "too many nodes": (changed(["nodes"], [node()] * 5000), "nodes must be at most 4,096, got 5,000"),
    "more weights than memory": (changed(["nodes", 1, "fields", "units"], 2**31 - 1), "net: "),
}


@pytest.mark.parametrize(("content", "telling"), STRUCTURES.values(), ids=STRUCTURES)
def test_a_faulty_structure_is_refused(content, telling):
    assert telling in refused(sealed.write(content, ARRAYS))


def test_a_field_younger_than_the_file_has_its_default():
    assert from_bytes(sealed.write(without(["nodes", 1, "fields", "bias"]), ARRAYS)).layers == NET.layers


TRANSFORMS = {
    "kind": (["transforms", 0, "kind"], "codebook", "transforms[0]: kind must be one of prune, quantize"),
    "kind is a list": (["transforms", 0, "kind"], ["prune"], "transforms[0]: kind must be one of"),
    "parameter": (["transforms", 0, "parameter"], "fc9.weight", "fc9.weight"),
    "parameter is a number": (["transforms", 0, "parameter"], 0, "parameter must be of the type str"),
    "criterion": (["transforms", 0, "criterion"], "luck", "unknown criterion 'luck'"),
    "sparsity": (["transforms", 0, "sparsity"], 1.0, "sparsity must be in [0, 1)"),
    "sparsity negative": (["transforms", 0, "sparsity"], -0.5, "sparsity must be"),
    "sparsity text": (["transforms", 0, "sparsity"], "0.5", "sparsity must be of the type float"),
    "bits": (["transforms", 1, "weight_bits"], 33, "must be in 1..16"),
    "bits negative": (["transforms", 1, "gradient_bits"], -1, "must be in 1..16"),
    "bits huge": (["transforms", 1, "weight_bits"], HUGE, "must be in 1..16"),
    "scheme": (["transforms", 1, "scheme"], "log", "unknown scheme 'log'"),
    "seed negative": (["transforms", 1, "seed"], -1, "seed must be at least 0"),
    "seed huge": (["transforms", 1, "seed"], HUGE, "seed must be"),
    "pass": (["compression", 0, "pass"], "Distillation", "compression[0]: pass must be one of Pruning, Quantization"),
    "pass of no object": (["compression", 0], "Pruning", "compression[0] must be a JSON object"),
    "pass field": (["compression", 0, "scheme"], "log", "compression[0]: "),
    "pass bits": (["compression", 1, "weights"], 0, "bits of weights must be in 1..16"),
    "pass bits text": (["compression", 1, "weights"], "8", "values must suit Quantization, got {'weights': '8'"),
}


@pytest.mark.parametrize(("path", "value", "telling"), TRANSFORMS.values(), ids=TRANSFORMS)
def test_a_faulty_record_of_compression_is_refused(path, value, telling):
    assert telling in refused(sealed.write(changed(path, value), ARRAYS))


def arrays(**changes):
    return {name: value for name, value in (ARRAYS | changes).items() if value is not None}


WEIGHT, BIAS = ARRAYS["fc1.weight"], ARRAYS["fc1.bias"]
ARRAY_FAULTS = {
    "missing": (arrays(**{"fc1.weight": None}), "got missing 'fc1.weight'"),
    "extra": (arrays(**{"fc9.weight": WEIGHT}), "got unknown 'fc9.weight'"),
    "renamed": (arrays(**{"fc1.weight": None, "fc1\n.weight": WEIGHT}), "got missing 'fc1.weight', unknown"),
    "transposed": (arrays(**{"fc1.weight": WEIGHT.T}), "fc1.weight must be float32 of the shape (4, 6), got float32 of (6, 4)"),
    "flat": (arrays(**{"fc1.weight": WEIGHT.ravel()}), "got float32 of (24,)"),
    "more dimensions": (arrays(**{"fc1.weight": WEIGHT.reshape(4, 6, 1, 1, 1)}), "got float32 of (4, 6, 1, 1, 1)"),
    "empty": (arrays(**{"fc1.weight": WEIGHT[:0]}), "got float32 of (0, 6)"),
    "double": (arrays(**{"fc1.bias": BIAS.astype(np.float64)}), "got float64 of (4,)"),
    "half": (arrays(**{"fc1.bias": BIAS.astype(np.float16)}), "fc1.bias must be of the type F32"),
    "integers": (arrays(**{"fc1.bias": BIAS.astype(np.int64)}), "got int64 of (4,)"),
    "negative range": (arrays(**{"quantize1.range": np.array([-1], np.float32)}), "quantize1.range must not be negative, got -1"),
    "none": ({}, "got missing"),
}


@pytest.mark.parametrize(("values", "telling"), ARRAY_FAULTS.values(), ids=ARRAY_FAULTS)
def test_faulty_arrays_are_refused(values, telling):
    assert telling in refused(sealed.write(CONTENT, values))


def entry(*offsets, shape=(4,), dtype="F32"):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


TABLE, _ = sealed.tensor_table(ARRAYS)
FIRST, LAST = TABLE["fc1.bias"]["data_offsets"]
TABLES = {
    "overlap": {"fc1.bias": entry(FIRST - 4, LAST - 4)},
    "gap": {"fc1.bias": entry(FIRST + 4, LAST + 4)},
    "reversed": {"fc1.bias": entry(LAST, FIRST)},
    "past the end": {"fc1.bias": entry(10**6, 10**6 + 16)},
    "wraps": {"fc1.bias": entry(2**64 - 16, 2**64)},
    "wraps in bytes": {"fc1.bias": entry(FIRST, LAST, shape=[2**62 + 1, 4])},
    "dims that wrap to 4": {"fc1.bias": entry(FIRST, LAST, shape=[4194305, 4194305, 211106198978564])},
    "zero hides a huge extent": {"fc1.bias": entry(FIRST, FIRST, shape=[0, 2**63])},
    "huge extent": {"fc1.bias": entry(FIRST, LAST, shape=[2**42 + 1])},
    "negative extent": {"fc1.bias": entry(FIRST, LAST, shape=[-4])},
    "two share": {"again": entry(FIRST, LAST)},
    "nothing there": {"again": entry(FIRST, FIRST, shape=[0])},
    "unknown type": {"fc1.bias": entry(FIRST, LAST, dtype="Q4")},
    "other type": {"fc1.bias": entry(FIRST, LAST, shape=[16], dtype="U8")},
    "eight-bit float": {"fc1.bias": entry(FIRST, LAST, shape=[16], dtype="F8_E4M3")},
    "no offsets": {"fc1.bias": {"dtype": "F32", "shape": [4]}},
    "no entry": {"fc1.bias": 7},
    "many dimensions": {"fc1.bias": entry(FIRST, LAST, shape=[4, *[1] * 255])},
}


@pytest.mark.parametrize("name", TABLES)
def test_a_faulty_table_of_arrays_is_refused(name):
    refused(sealed.write(CONTENT, ARRAYS, table=TABLE | TABLES[name]))


METADATA = {
    "nothing": {},
    "another writer": {"format": "pt"},
    "no text": {"digitcompress": 3},
    "no JSON": {"digitcompress": "network"},
    "a list": {"digitcompress": "[1, 2]"},
    "nothing in it": {"digitcompress": "{}"},
    "nan": {"digitcompress": '{"version": NaN}'},
    "twice": {"digitcompress": '{"version": 1, "version": 2}'},
    "no digest": {"digitcompress": '{"format": "digitcompress.network", "version": 1, "header_sha256": "", "content": {}}'},
    "digest of surrogates": {"digitcompress": '{"header_sha256": "\\ud800\\udc00", "data_sha256": "\\ud800"}'},
    "half a surrogate": {"digitcompress": "\ud800"},
}


@pytest.mark.parametrize("name", METADATA)
def test_faulty_metadata_are_refused(name):
    refused(sealed.write_raw(METADATA[name], TABLE, b""))


@pytest.mark.parametrize("content", [None, 3, "x", [], [["input_shape", 1]]])
def test_content_that_is_no_object_is_refused(content):
    assert "content must be a JSON object, got" in refused(sealed.write(content, ARRAYS))


def test_a_name_that_occurs_twice_in_the_header_is_refused():
    content = sealed.write(CONTENT, ARRAYS)
    length = int.from_bytes(content[:8], "little")
    header = content[8 : 8 + length].rstrip()
    twice = header[:-1] + b', "fc1.bias": ' + header.split(b'"fc1.bias": ')[1].split(b"}")[0] + b"}}"
    assert "a name occurs twice" in refused(len(twice).to_bytes(8, "little") + twice + content[8 + length :])
