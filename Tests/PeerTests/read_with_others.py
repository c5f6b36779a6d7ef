"""Runs exported models in other programs, for the test of this folder.

    read_with_others.py FOLDER

FOLDER holds `images`, N images of 28 x 28 bytes, and models NAME.onnx. Each is checked, and every
program computes all images with it: N x 10 probabilities, 32-bit floats, in NAME.onnx.PROGRAM.
Prints a JSON object that tells what each model's file says of itself.
"""

import json
import pathlib
import sys

import cv2
import numpy
import onnx
import onnxruntime
import openvino


def load_onnxruntime(path):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return lambda images: session.run(None, {"pixels": images})[0]


def load_opencv(path):
    net = cv2.dnn.readNetFromONNX(str(path))

    def run(images):
        net.setInput(images, "pixels")
        return net.forward("probabilities").copy()

    return run


def load_openvino(path):
    core = openvino.Core()
    model = core.compile_model(core.read_model(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return lambda images: model({"pixels": images})["probabilities"].copy()


PROGRAMS = {"onnxruntime": load_onnxruntime, "opencv": load_opencv, "openvino": load_openvino}


def main():
    folder = pathlib.Path(sys.argv[1])
    pixels = numpy.fromfile(folder / "images", numpy.uint8).reshape(-1, 1, 28, 28)
    images = pixels.astype(numpy.float32)
    described = {}
    for path in sorted(folder.glob("*.onnx")):
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        described[path.name] = {
            "irVersion": model.ir_version,
            "opset": model.opset_import[0].version,
            "batch": [
                dimension.dim_param or str(dimension.dim_value)
                for value in [*model.graph.input, *model.graph.output]
                for dimension in value.type.tensor_type.shape.dim[:1]
            ],
            "last": model.graph.node[-1].op_type,
            "card": {entry.key: entry.value for entry in model.metadata_props},
        }
        size = model.graph.input[0].type.tensor_type.shape.dim[0].dim_value or len(images)
        for name, load in PROGRAMS.items():
            run = load(path)
            rows = [run(images[first:first + size]) for first in range(0, len(images), size)]
            numpy.concatenate(rows).astype("<f4").tofile(folder / f"{path.name}.{name}")
    print(json.dumps(described))


main()
