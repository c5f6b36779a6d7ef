"""Reads and writes files with the Python package safetensors, for the tests of this folder.

    read_with_safetensors.py FILE...              prints a JSON object, with an entry for each file
    read_with_safetensors.py --write FILE SPEC    writes FILE; SPEC is the JSON of {name: shape}

Element i of a written tensor is i / 8 - 1, exact in 32 bits; there is one metadata value.
"""

import hashlib
import json
import sys

import numpy
from safetensors import safe_open
from safetensors.numpy import save_file


def describe(path):
    with safe_open(path, framework="numpy") as file:
        tensors = {}
        for name in file.keys():
            tensor = file.get_tensor(name)
            tensors[name] = {
                "shape": list(tensor.shape),
                "dtype": str(tensor.dtype),
                "sha256": hashlib.sha256(tensor.astype("<f4").tobytes()).hexdigest(),
            }
        return {"metadata": file.metadata() or {}, "tensors": tensors}


def write(path, specification):
    tensors = {
        name: (numpy.arange(numpy.prod(shape), dtype=numpy.float32) / 8 - 1).reshape(shape)
        for name, shape in json.loads(specification).items()
    }
    save_file(tensors, path, metadata={"writer": "python"})


if sys.argv[1] == "--write":
    write(sys.argv[2], sys.argv[3])
else:
    print(json.dumps({path: describe(path) for path in sys.argv[1:]}))
