#!/usr/bin/env python3
"""Makes mesh.safetensors from the TensorFlow Lite file of the PyPI wheel mediapipe 0.10.14.

usage: convert_tflite.py [--wheel FILE.whl] [--out DIR]        (without --wheel, pip downloads it)

The checksum of the file is verified. Weights stay float16 as they are in it. Convolution weights are (out, in * height * width),
depthwise ones (channels, height * width). TensorFlow pads a layer of stride 2 after the last row and column, Kinfolk's kernels
before the first: every kernel is turned by 180 degrees, and Kinfolk turns the picture likewise, which is the same network.
The same input gives the same bytes.
"""
import argparse, pathlib

import numpy as np, tflite

import wheels

WHEEL = "mediapipe==0.10.14"
MEMBER = "mediapipe/modules/face_landmark/face_landmark.tflite"
SUM = "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814"
# The wheels of other machines carry the same file; this one is taken everywhere, so that the archive is the same, too.
PLATFORM = ["--platform", "manylinux_2_17_x86_64", "--python-version", "3.11", "--implementation", "cp"]
OPERATORS = {value: name for name, value in vars(tflite.BuiltinOperator).items() if isinstance(value, int)}


class Graph:
    """The operations of a model by the tensor they make, and its constants."""

    def __init__(self, data):
        self.model = tflite.Model.GetRootAs(data, 0)
        self.graph = self.model.Subgraphs(0)
        self.maker = {}
        for i in range(self.graph.OperatorsLength()):
            operation = self.graph.Operators(i)
            code = self.model.OperatorCodes(operation.OpcodeIndex())
            name = OPERATORS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
            for output in operation.OutputsAsNumpy():
                self.maker[int(output)] = (name, [int(i) for i in operation.InputsAsNumpy()])

    def outputs(self):
        return [int(i) for i in self.graph.OutputsAsNumpy()]

    def made_by(self, tensor, name):
        found, inputs = self.maker[tensor]
        assert found == name, (found, name)
        return inputs

    def constant(self, tensor):
        while tensor in self.maker:
            (tensor,) = self.made_by(tensor, "DEQUANTIZE")
        stored = self.graph.Tensors(tensor)
        kind = {tflite.TensorType.FLOAT16: np.float16, tflite.TensorType.FLOAT32: np.float32}[stored.Type()]
        values = self.model.Buffers(stored.Buffer()).DataAsNumpy().view(kind).reshape(stored.ShapeAsNumpy())
        return values.astype(np.float16)


class Converter:
    """Walks the graph from an output to the input and names the layers."""

    def __init__(self, graph):
        self.graph = graph
        self.tensors = {}

    def put(self, name, values):
        assert name not in self.tensors, name
        self.tensors[name] = np.ascontiguousarray(values)

    def convolution(self, name, tensor):
        """(out, height, width, in) to (out, in * height * width), turned by 180 degrees; returns the layer's input."""
        source, weight, bias = self.graph.made_by(tensor, "CONV_2D")
        weight = self.graph.constant(weight)[:, ::-1, ::-1].transpose(0, 3, 1, 2)
        self.put(f"{name}.weight", weight.reshape(len(weight), -1))
        self.put(f"{name}.bias", self.graph.constant(bias))
        return source

    def depthwise(self, name, tensor):
        source, weight, bias = self.graph.made_by(tensor, "DEPTHWISE_CONV_2D")
        weight = self.graph.constant(weight)[0, ::-1, ::-1].transpose(2, 0, 1)
        self.put(f"{name}.weight", weight.reshape(len(weight), -1))
        self.put(f"{name}.bias", self.graph.constant(bias))
        return source

    def activation(self, name, tensor):
        source, slope = self.graph.made_by(tensor, "PRELU")
        self.put(f"{name}.slope", self.graph.constant(slope).reshape(-1))
        return source

    def block(self, name, tensor):
        """PReLU(shortcut + pointwise(depthwise(x))), where the shortcut is x, or its maxima over 2x2 pixels with channels added."""
        added = self.graph.made_by(self.activation(f"{name}.pointwise", tensor), "ADD")
        (sum_,) = [t for t in added if self.graph.maker[t][0] == "CONV_2D"]
        (shortcut,) = [t for t in added if t != sum_]
        source = self.depthwise(f"{name}.depthwise", self.convolution(f"{name}.pointwise", sum_))
        for kind in ("PAD", "MAX_POOL_2D"):
            if self.graph.maker[shortcut][0] == kind:
                shortcut = self.graph.maker[shortcut][1][0]
        assert shortcut == source
        return source

    def head(self, name, tensor, blocks):
        """Blocks, a layer that squeezes the channels, one block, and a layer over all pixels; returns the head's input."""
        source = self.block(f"{name}.{blocks}", self.convolution(f"{name}.final", tensor))
        source = self.convolution(f"{name}.squeeze", self.activation(f"{name}.squeeze", source))
        for i in reversed(range(blocks)):
            source = self.block(f"{name}.{i}", source)
        return source


def mesh(graph):
    converter = Converter(graph)
    points, flag = graph.outputs()
    trunk = converter.head("points", points, 3)
    assert trunk == converter.head("flag", flag, 1)
    for i in reversed(range(14)):
        trunk = converter.block(f"trunk.{i}", trunk)
    picture = converter.convolution("stem", converter.activation("stem", trunk))
    assert picture == int(graph.graph.InputsAsNumpy()[0])
    return converter.tensors


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--wheel", type=pathlib.Path)
    arguments.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    arguments = arguments.parse_args()
    wheel = wheels.opened(WHEEL, arguments.wheel, PLATFORM)
    tensors = mesh(Graph(wheels.member(wheel, MEMBER, SUM)))
    wheels.write_weights(arguments.out / "mesh.safetensors", tensors, f"{WHEEL} {MEMBER}")


main()
