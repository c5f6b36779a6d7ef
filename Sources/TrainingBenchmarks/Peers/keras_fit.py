"""The job of Lockstep as Keras users write it: `fit` in one process on all cores.

Prints one line of JSON: the steps and the seconds of the second epoch; the first one compiles.

Arguments: folder of the data set, batch size, processes (not used), steps (not used: an epoch).
"""

import gzip
import json
import os
import pathlib
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf
from tensorflow import keras


def read(folder, name, offset):
    path = pathlib.Path(folder) / name
    packed = path.with_name(name + ".gz")
    data = gzip.open(packed).read() if packed.exists() else path.read_bytes()
    return np.frombuffer(data, np.uint8, offset=offset)


class Clock(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds = time.perf_counter() - self.start


folder, batch_size = sys.argv[1], int(sys.argv[2])
images = read(folder, "train-images-idx3-ubyte", 16).reshape(-1, 28, 28, 1).astype("float32") / 255
images = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)))[:54_000]
labels = read(folder, "train-labels-idx1-ubyte", 8)[:54_000]
layers = keras.layers
model = keras.Sequential(
    [
        layers.Input((32, 32, 1)),
        layers.Conv2D(6, 5, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(16, 5, activation="relu"), layers.MaxPooling2D(2), layers.Flatten(),
        layers.Dense(120, activation="relu"), layers.Dense(84, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)  # fmt: skip
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
clock = Clock()
model.fit(images, labels, batch_size=batch_size, epochs=2, verbose=0, callbacks=[clock])
steps = (len(labels) + batch_size - 1) // batch_size
print(json.dumps({"steps": steps, "seconds": clock.seconds, "version": tf.__version__}))
