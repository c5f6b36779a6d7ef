"""The job of Lockstep as PyTorch users write it: DistributedDataParallel over gloo, one process a worker.

Friendlier to PyTorch than most scripts: the images lie in memory as bytes, no loader process is between, each process
computes with one thread. Prints one line of JSON: the steps and the seconds that they took after a warm-up.

Arguments: folder of the data set, global batch size, processes, steps.
"""

import gzip
import json
import os
import pathlib
import socket
import sys
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn

TRAINING_COUNT = 54_000
WARM_UP_COUNT = 30


def read(folder, name):
    path = pathlib.Path(folder) / name
    packed = path.with_name(name + ".gz")
    return bytearray(gzip.open(packed).read() if packed.exists() else path.read_bytes())


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def train(rank, folder, batch_size, process_count, step_count, port):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=rank, world_size=process_count)
    torch.manual_seed(1)
    model = nn.parallel.DistributedDataParallel(lenet())
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    cross_entropy = nn.CrossEntropyLoss()
    pixels = torch.frombuffer(read(folder, "train-images-idx3-ubyte"), dtype=torch.uint8)[16:]
    images = pixels.view(-1, 1, 28, 28)
    labels = torch.frombuffer(read(folder, "train-labels-idx1-ubyte"), dtype=torch.uint8)[8:]
    order = torch.randperm(TRAINING_COUNT)
    share = batch_size // process_count
    loss_sum, correct_count = 0.0, 0

    def step(index):
        nonlocal loss_sum, correct_count
        first = index * batch_size % (TRAINING_COUNT - batch_size + 1) + rank * share
        places = order[first : first + share]
        inputs = nn.functional.pad(images[places].float().div_(255), (2, 2, 2, 2))
        targets = labels[places].long()
        logits = model(inputs)
        loss = cross_entropy(logits, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        loss_sum += float(loss.detach())
        correct_count += int((logits.argmax(1) == targets).sum())

    for index in range(WARM_UP_COUNT):
        step(index)
    dist.barrier()
    start = time.perf_counter()
    for index in range(step_count):
        step(WARM_UP_COUNT + index)
    dist.barrier()
    if rank == 0:
        seconds = time.perf_counter() - start
        print(json.dumps({"steps": step_count, "seconds": seconds, "version": torch.__version__}))
    dist.destroy_process_group()


if __name__ == "__main__":
    folder, batch_size, process_count, step_count = sys.argv[1], *map(int, sys.argv[2:])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = (folder, batch_size, process_count, step_count, port)
    mp.spawn(train, args=arguments, nprocs=process_count)
