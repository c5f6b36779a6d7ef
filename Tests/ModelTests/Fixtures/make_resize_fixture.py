"""Writes resize.bin: images and what TensorFlow makes of them, for InputTransformTests.

    python3 -m venv venv && venv/bin/pip install tensorflow-cpu==2.21.0
    venv/bin/python make_resize_fixture.py t10k-images-idx3-ubyte.gz resize.bin

Each of the four records is 784 bytes of an image, then 32·32 little-endian fp32 of tf.image.resize.
"""

import gzip
import sys

import numpy
import tensorflow

source, target = sys.argv[1:]
with gzip.open(source) as file:
    images = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 28, 28)
random = numpy.random.default_rng(1).integers(0, 256, (1, 28, 28), numpy.uint8)
chosen = numpy.concatenate([images[:3], random])
resized = tensorflow.image.resize(chosen[..., None], (32, 32), method="bilinear").numpy()
with open(target, "wb") as file:
    for image, result in zip(chosen, resized[..., 0]):
        file.write(image.tobytes())
        file.write(result.astype("<f4").tobytes())
