"""Runs the documentation's lines that load a model, for the test of this folder.

    run_documentation.py ARTICLE FOLDER

FOLDER holds R/model.safetensors and `images`, N images of 28 x 28 bytes. Writes the N x 10
probabilities of the article's two blocks of Python as 32-bit floats into FOLDER: `pytorch`, `keras`.
"""

import os
import pathlib
import re
import sys

os.environ["KERAS_BACKEND"] = "torch"

import numpy
import torch


def main():
    article, folder = pathlib.Path(sys.argv[1]).read_text(), pathlib.Path(sys.argv[2])
    os.chdir(folder)
    pixels = numpy.fromfile("images", numpy.uint8).reshape(-1, 28, 28)
    images = pixels.astype(numpy.float32) / 255
    blocks = re.findall(r"^```python\n(.*?)^```$", article, re.DOTALL | re.MULTILINE)
    by_library = {"pytorch": "from torch", "keras": "from keras"}
    for name, line in by_library.items():
        (block,) = [block for block in blocks if line in block]
        variables = {}
        exec(block, variables)
        model = variables["model"]
        if name == "pytorch":
            with torch.no_grad():
                probabilities = model(torch.from_numpy(images[:, None])).numpy()
        else:
            probabilities = model.predict(images[..., None], batch_size=1000, verbose=0)
        probabilities.astype("<f4").tofile(name)


main()
