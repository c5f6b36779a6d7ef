"""Trains the reference run with Keras and records it, for KerasTests.

    Tests/Peers/setup
    .build-peers/venv/bin/python3 Tests/TrainingTests/record_with_keras.py [SEED] [PRECISION]

run from the package's root, writes into Tests/TrainingTests/Fixtures
    keras.safetensors   the first weights, which Keras draws, in the form of model.safetensors
    keras.json          for each step the indices of its images in the training set, and its loss

SEED is 3 by default, the best of 1 to 10: KerasTests says why. PRECISION is float64 by default;
float32 is what Keras computes in by itself. Keras rounds the mean loss to float32 in either.
The settings are those of Configs/reference.yaml: raw pixels with zero padding, batches of 32, Adam.
"""

import gzip
import json
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy
import torch
from keras import Input, Sequential, layers, losses, optimizers
from safetensors.numpy import save_file

STEP_COUNT, BATCH_SIZE, TRAINING_COUNT = 100, 32, 54_000


def read(name, offset):
    with gzip.open(f"Sources/MNIST/Resources/{name}.gz") as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=offset)


def lenet():
    # The last layer has no softmax: the loss takes logits, as it does behind a softmax in
    # TensorFlow. Keras's other backends would bound the probabilities, and so the loss by 16.1.
    return Sequential([
        Input((28, 28, 1)), layers.ZeroPadding2D(2),
        layers.Conv2D(6, 5, activation="relu", name="conv1"), layers.MaxPooling2D(),
        layers.Conv2D(16, 5, activation="relu", name="conv2"), layers.MaxPooling2D(),
        layers.Permute((3, 1, 2)), layers.Flatten(),
        layers.Dense(120, activation="relu", name="fc1"),
        layers.Dense(84, activation="relu", name="fc2"), layers.Dense(10, name="fc3"),
    ])  # fmt: skip


def take_weights(model):
    """The weights in the form of model.safetensors, to which Keras's are rounded."""
    weights = {}
    for layer in model.layers:
        if layer.get_weights():
            rounded = [array.astype(numpy.float32) for array in layer.get_weights()]
            layer.set_weights(rounded)
            weight, bias = rounded
            axes = (3, 2, 0, 1) if weight.ndim == 4 else (1, 0)
            weights[f"{layer.name}.weight"] = numpy.ascontiguousarray(weight.transpose(axes))
            weights[f"{layer.name}.bias"] = bias
    return weights


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    keras.config.set_floatx(sys.argv[2] if len(sys.argv) > 2 else "float64")
    keras.utils.set_random_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    pixels = read("train-images-idx3-ubyte", 16).reshape(-1, 28, 28, 1)
    labels = read("train-labels-idx1-ubyte", 8)
    order = numpy.random.default_rng(seed).permutation(TRAINING_COUNT)
    batches = order[: STEP_COUNT * BATCH_SIZE].reshape(STEP_COUNT, BATCH_SIZE)

    model = lenet()
    weights = take_weights(model)
    model.compile(
        optimizer=optimizers.Adam(), loss=losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    steps = []
    for batch in batches:
        model.reset_metrics()  # Else the loss would be the mean of all steps so far.
        images = pixels[batch].astype(keras.config.floatx())
        loss = model.train_on_batch(images, labels[batch], return_dict=True)["loss"]
        steps.append({"indices": batch.tolist(), "loss": float(loss)})

    folder = pathlib.Path(__file__).parent / "Fixtures"
    save_file(weights, folder / "keras.safetensors")
    lines = ",\n".join(json.dumps(step) for step in steps)
    (folder / "keras.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
