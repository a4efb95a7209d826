"""Writes a model folder: ONNX files with half-precision weights, model.json and selftest.npz."""
import hashlib
import json
import os

import numpy as np
import onnx
import torch
import torch.nn as nn
from onnx import TensorProto, helper, numpy_helper

CLIP_MEAN, CLIP_STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
SAM_MEAN, SAM_STD = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]
LICENSE = "Apache-2.0 AND MIT AND CC-BY-4.0 (the training pictures; see NOTICE)"


def per_channel(values):
    return torch.tensor(values, dtype=torch.float32).reshape(1, 3, 1, 1)


class Denormalized(nn.Module):
    """Undoes a manifest's normalisation (mean and std on 0..`range`) and applies the nets' own, 2x - 1."""

    def __init__(self, net, mean, std, value_range):
        super().__init__()
        self.net = net
        self.register_buffer("gain", 2 * per_channel(std) / value_range)
        self.register_buffer("offset", 2 * per_channel(mean) / value_range - 1)

    def forward(self, pixel_values):
        return self.net(pixel_values * self.gain + self.offset)


def normalized(pictures, mean, std, value_range):
    """Pictures [B, 3, S, S] in 0..1 -> pixel_values as the manifest describes them."""
    return (pictures * value_range - per_channel(mean)) / per_channel(std)


def _halve(model, least=1024):
    """Stores large weights as float16 behind a Cast, which the runtime folds at load; arithmetic stays float32."""
    graph, kept, casts = model.graph, [], []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < least:
            kept.append(tensor)
            continue
        half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name + "_half")
        kept.append(half)
        casts.append(helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT, name=tensor.name + "_cast"))
    nodes = casts + list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)


def export(module, arguments, path, inputs, outputs, dynamic, opset=16):
    """Exports `module` (in evaluation mode) and checks the graph."""
    torch.onnx.export(module.eval(), arguments, path, opset_version=opset, input_names=inputs, output_names=outputs,
                      dynamic_axes=dynamic, do_constant_folding=True)
    model = onnx.load(path)
    _halve(model)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def write(folder, name, family, version, files, image, tensors, runner, grid=None, **fields):
    """Writes model.json and selftest.npz; `tensors` are the self-test's inputs by file key, outputs come from ONNX Runtime.

    `grid` rounds the outputs to its multiples, which makes large ones compress; the tolerance allows for it.
    """
    arrays, tolerance = {}, 1e-3
    for key, feeds in tensors.items():
        result = runner.run(os.path.join(folder, files[key]), feeds)
        arrays.update({f"{key}.in.{n}": v for n, v in feeds.items()})
        if grid:
            # The tolerance is relative to the largest output, and rounding moves each by up to half a step.
            tolerance = max(tolerance, 1e-3 + max(grid / 2 / float(np.abs(v).max()) for v in result.values()))
        arrays.update({f"{key}.out.{n}": np.round(v / grid).astype(np.float32) * np.float32(grid) if grid else v for n, v in result.items()})
    np.savez_compressed(os.path.join(folder, "selftest.npz"), **arrays)
    entries = {key: dict(path=path, sha256=sha256(os.path.join(folder, path))) for key, path in files.items()}
    manifest = dict(name=name, family=family, version=version, license=LICENSE,
                    source="trained by src/VisionCluster.StarterModels/training", files=entries, image=image,
                    **fields, selfTest=dict(inputs="selftest.npz", tolerance=tolerance))
    with open(os.path.join(folder, "model.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=2)
        file.write("\n")


def parity(label, module, arguments, path, inputs, runner):
    """Prints the largest difference between torch and ONNX Runtime for one set of arguments."""
    with torch.no_grad():
        expected = module(*arguments)
    expected = expected if isinstance(expected, tuple) else (expected,)
    result = runner.run(path, {n: a.numpy() for n, a in zip(inputs, arguments)})
    for (name, value), tensor in zip(result.items(), expected):
        print(f"{label} {name} {list(value.shape)}: torch and ONNX Runtime differ by at most "
              f"{np.abs(value - tensor.numpy()).max():.2e} of {np.abs(value).max():.2f}")
