"""A writer of network files, from their description in the docs: lengths, JSON and SHA-256 by hand, so that tests can write any content."""

import hashlib
import json
import struct

import numpy as np

ZEROS = "0" * 64
TYPES = {"float32": "F32", "float64": "F64", "float16": "F16", "int64": "I64"}


def digest(content):
    return hashlib.sha256(content).hexdigest()


def tensor_table(arrays):
    """Return safetensors' entry of each array, and their bytes one after the other."""
    table, data = {}, b""
    for name, array in arrays.items():
        content = np.ascontiguousarray(array).tobytes()
        offsets = [len(data), len(data) + len(content)]
        table[name] = {"dtype": TYPES[array.dtype.name], "shape": list(array.shape), "data_offsets": offsets}
        data += content
    return table, data


def write(content, arrays, *, table=None, **envelope):
    """Return a file with correct checksums, whatever it says; `table` replaces safetensors' own entries."""
    entries, data = tensor_table(arrays)
    outer = {"format": "digitcompress.network", "version": 1, "data_sha256": digest(data), "header_sha256": ZEROS, "content": content}
    return write_raw({"digitcompress": json.dumps(outer | envelope)}, entries if table is None else table, data)


def write_raw(metadata, table, data):
    """Return a safetensors file with any metadata; a header checksum of zeros in it becomes the right one."""
    header = json.dumps({"__metadata__": metadata, **table}).encode()
    header += b" " * (-len(header) % 8)
    prefix = struct.pack("<Q", len(header)) + header
    return prefix.replace(ZEROS.encode(), digest(prefix).encode(), 1) + data


def read(content):
    """Return the envelope and the arrays of a file, trusting it."""
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    envelope = json.loads(header.pop("__metadata__")["digitcompress"])
    data = content[8 + length :]
    arrays = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        arrays[name] = np.frombuffer(data[first:last], "<f4").reshape(entry["shape"])
    return envelope, arrays
