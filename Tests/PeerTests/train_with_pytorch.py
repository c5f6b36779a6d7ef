"""Trains LeNet-5 with PyTorch on given batches, for the test of this folder.

    train_with_pytorch.py FOLDER GEOMETRY SCALE BATCH_SIZE

GEOMETRY is pad or resize, SCALE unit or none. Reads from FOLDER
    initial.safetensors   the parameters to begin with
    batches               BATCH_SIZE samples for each step: label, then 28 x 28 pixels, in bytes
    test                  samples to evaluate after the last step
and writes there gradient.safetensors, the gradient of the first batch's mean loss, and
trained.safetensors, the parameters after the last step. Prints a JSON object: the loss of every
step, and the mean loss and the count of right answers over the test samples.

All is computed in double precision: what differs from it in the end is the other side's rounding.
"""

import json
import math
import sys

import numpy
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.functional import interpolate, pad, relu


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)
        self.pool = nn.MaxPool2d(2)

    def forward(self, images):
        x = self.pool(relu(self.conv1(images)))
        x = self.pool(relu(self.conv2(x)))
        x = relu(self.fc1(x.flatten(1)))
        return self.fc3(relu(self.fc2(x)))


class KerasAdam:
    """Adam with Keras's defaults and in Keras's form.

    torch.optim.Adam adds epsilon to sqrt(v / (1 - beta2^t)), Keras to sqrt(v): another step as
    long as v is small, so the update is written out here.
    """

    learning_rate, beta1, beta2, epsilon = 0.001, 0.9, 0.999, 1e-7

    def __init__(self, parameters):
        self.state = [(p, torch.zeros_like(p), torch.zeros_like(p)) for p in parameters]
        self.step_count = 0

    @torch.no_grad()
    def step(self):
        self.step_count += 1
        correction1 = 1 - self.beta1**self.step_count
        correction2 = 1 - self.beta2**self.step_count
        alpha = self.learning_rate * math.sqrt(correction2) / correction1
        for parameter, m, v in self.state:
            gradient = parameter.grad
            m.mul_(self.beta1).add_(gradient, alpha=1 - self.beta1)
            v.mul_(self.beta2).add_(gradient * gradient, alpha=1 - self.beta2)
            parameter.sub_(alpha * m / (v.sqrt() + self.epsilon))


def read(path, geometry, scale):
    samples = torch.from_numpy(numpy.fromfile(path, dtype=numpy.uint8).reshape(-1, 785))
    pixels = samples[:, 1:].reshape(-1, 1, 28, 28).double()
    if geometry == "pad":
        images = pad(pixels, (2, 2, 2, 2))
    else:
        images = interpolate(pixels, size=(32, 32), mode="bilinear", align_corners=False)
    return images / 255 if scale == "unit" else images, samples[:, 0].long()


folder, geometry, scale, batch_size = *sys.argv[1:4], int(sys.argv[4])
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
model = LeNet()
model.load_state_dict(load_file(f"{folder}/initial.safetensors"))
adam = KerasAdam(model.parameters())
criterion = nn.CrossEntropyLoss()

images, labels = read(f"{folder}/batches", geometry, scale)
losses = []
for batch, expected in zip(images.split(batch_size), labels.split(batch_size)):
    model.zero_grad()
    loss = criterion(model(batch), expected)
    loss.backward()
    if not losses:
        gradient = {name: p.grad.float() for name, p in model.named_parameters()}
        save_file(gradient, f"{folder}/gradient.safetensors")
    losses.append(loss.item())
    adam.step()
save_file({name: p.float() for name, p in model.state_dict().items()}, f"{folder}/trained.safetensors")

images, labels = read(f"{folder}/test", geometry, scale)
with torch.no_grad():
    logits = model(images)
print(
    json.dumps(
        {
            "losses": losses,
            "testLoss": criterion(logits, labels).item(),
            "testCorrectCount": int((logits.argmax(1) == labels).sum()),
        }
    )
)
