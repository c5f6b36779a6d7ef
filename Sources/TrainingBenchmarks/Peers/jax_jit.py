"""The job of Lockstep as JAX users write it: a jitted step in one process on all cores.

Friendlier to JAX than most scripts: the images lie in memory as bytes and are converted within the step, whose
parameters and moments are donated. Adam is written out, so that JAX alone is needed. Prints one line of JSON: the steps
and the seconds that they took after a warm-up, which compiles.

Arguments: folder of the data set, batch size, processes (not used), steps.
"""

import gzip
import json
import os
import pathlib
import sys
import time

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np

TRAINING_COUNT = 54_000
WARM_UP_COUNT = 30
SHAPES = [(5, 5, 1, 6), (5, 5, 6, 16), (400, 120), (120, 84), (84, 10)]


def read(folder, name, offset):
    path = pathlib.Path(folder) / name
    packed = path.with_name(name + ".gz")
    data = gzip.open(packed).read() if packed.exists() else path.read_bytes()
    return np.frombuffer(data, np.uint8, offset=offset)


def first_parameters(key):
    parameters = []
    for shape in SHAPES:
        key, own = jax.random.split(key)
        bound = 1 / np.prod(shape[:-1]) ** 0.5
        weights = jax.random.uniform(own, shape, minval=-bound, maxval=bound)
        parameters.append((weights, jnp.zeros(shape[-1])))
    return parameters


def convolve(values, weights, bias):
    layout = ("NHWC", "HWIO", "NHWC")
    values = jax.lax.conv_general_dilated(values, weights, (1, 1), "VALID", dimension_numbers=layout)
    values = jax.nn.relu(values + bias)
    return jax.lax.reduce_window(values, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def loss_and_correct(parameters, images, labels):
    values = jnp.pad(images.astype(jnp.float32) / 255, ((0, 0), (2, 2), (2, 2), (0, 0)))
    for weights, bias in parameters[:2]:
        values = convolve(values, weights, bias)
    values = values.reshape(len(values), -1)
    for weights, bias in parameters[2:4]:
        values = jax.nn.relu(values @ weights + bias)
    logits = values @ parameters[4][0] + parameters[4][1]
    losses = -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], 1)
    return losses.mean(), (logits.argmax(1) == labels).sum()


def train_step(state, images, labels):
    parameters, first, second, count = state
    gradient_of = jax.value_and_grad(loss_and_correct, has_aux=True)
    (loss, correct), gradient = gradient_of(parameters, images, labels)
    count += 1
    rate = 1e-3 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    tree_map = jax.tree_util.tree_map
    first = tree_map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
    second = tree_map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
    update = lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7)
    return (tree_map(update, parameters, first, second), first, second, count), loss, correct


folder, batch_size, _, step_count = sys.argv[1], *map(int, sys.argv[2:])
images = read(folder, "train-images-idx3-ubyte", 16).reshape(-1, 28, 28, 1)
labels = read(folder, "train-labels-idx1-ubyte", 8).astype(np.int32)
order = np.random.default_rng(1).permutation(TRAINING_COUNT)
parameters = first_parameters(jax.random.key(1))
zeros = lambda: jax.tree_util.tree_map(jnp.zeros_like, parameters)
state = (parameters, zeros(), zeros(), jnp.float32(0))
compiled = jax.jit(train_step, donate_argnums=0)
losses = []
for index in range(WARM_UP_COUNT + step_count):
    if index == WARM_UP_COUNT:
        jax.block_until_ready(state)
        start = time.perf_counter()
    first = index * batch_size % (TRAINING_COUNT - batch_size + 1)
    places = order[first : first + batch_size]
    state, loss, correct = compiled(state, images[places], labels[places])
    losses.append(loss)
jax.block_until_ready(state)
seconds = time.perf_counter() - start
if not float(losses[-1]) < float(losses[0]):
    sys.exit(f"the loss went from {float(losses[0])} to {float(losses[-1])} where less was expected")
print(json.dumps({"steps": step_count, "seconds": seconds, "version": jax.__version__}))
