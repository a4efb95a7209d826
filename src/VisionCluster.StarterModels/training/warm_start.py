"""Gives a net the weights of its export, so that a training can go on from a published model.

An export folds every batch norm into its convolution. What the norm measured is gone, so it is measured anew on pictures, and
each convolution is scaled back to the size that training starts with: the function stays, and the optimizer's steps fit.
"""
import numpy as np
import onnx
import torch
import torch.nn as nn
from onnx import numpy_helper


def _constants(graph):
    """float32 arrays by name; those stored as float16 appear under the name of the Cast's output."""
    arrays = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in arrays:
            arrays[node.output[0]] = arrays[node.input[0]]
    return {name: torch.from_numpy(np.array(value, np.float32)) for name, value in arrays.items() if value.dtype.kind == "f"}


def _in_order(net, example):
    """The convolutions and linear layers of `net` in the order in which a pass over `example` meets them."""
    order, hooks = [], []
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            hooks.append(module.register_forward_hook(lambda m, *_: order.append(m)))
    with torch.no_grad():
        net(*example)
    for hook in hooks:
        hook.remove()
    return order


def _norms(net):
    """The batch norm behind each convolution that has one."""
    pairs = {}
    for module in net.modules():
        if isinstance(module, nn.Sequential):
            for first, second in zip(module, module[1:]):
                if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                    pairs[first] = second
    return pairs


def load_export(net, path, example):
    """Copies the weights of the graph at `path` into `net`; `example` are arguments of one pass. Norms become pure offsets."""
    graph = onnx.load(path).graph
    constants, norms = _constants(graph), _norms(net)
    net.eval()
    convolutions = [n for n in graph.node if n.op_type == "Conv"]
    products = [n for n in graph.node if n.op_type in ("Gemm", "MatMul") and n.input[1] in constants]
    layers = _in_order(net, example)
    own = dict(net.named_parameters())
    for kind, nodes in ((nn.Conv2d, convolutions), (nn.Linear, products)):
        for layer, node in zip([m for m in layers if isinstance(m, kind)], nodes, strict=True):
            weight = constants[node.input[1]]
            layer.weight.data.copy_(weight.T if node.op_type == "MatMul" else weight)
            bias = constants[node.input[2]] if len(node.input) > 2 else None
            if layer in norms:
                norm = norms[layer]
                norm.weight.data.fill_(1)
                norm.bias.data.copy_(bias)
                norm.running_mean.zero_()
                norm.running_var.fill_(1 - norm.eps)
            elif bias is not None:
                layer.bias.data.copy_(bias)
    for name, value in constants.items():
        mine = [p for p in own if name.endswith("." + p)]
        if mine and own[mine[0]].shape == value.shape:
            own[mine[0]].data.copy_(value)


def measure_norms(net, passes):
    """Gives the norms of a freshly loaded net their statistics. `passes()` runs it over pictures."""
    sums, hooks = {}, []

    def count(module, _, output):
        value = output.float().transpose(0, 1).flatten(1)
        total = sums.setdefault(module, [0, torch.zeros(len(value)), torch.zeros(len(value))])
        total[0] += value.shape[1]
        total[1] += value.sum(1)
        total[2] += (value * value).sum(1)

    norms = _norms(net)
    for convolution in norms:
        hooks.append(convolution.register_forward_hook(count))
    with torch.no_grad():
        passes()
    for hook in hooks:
        hook.remove()
    for convolution, norm in norms.items():
        number, first, second = sums[convolution]
        mean = first / number
        variance = (second / number - mean * mean).clamp(min=1e-6)
        weight = convolution.weight.data
        size = weight.flatten(1).std(1).clamp(min=1e-6)
        scale = (2 / weight[0].numel()) ** 0.5 / size
        weight.mul_(scale[:, None, None, None])
        norm.weight.data.copy_((variance + norm.eps / scale ** 2).sqrt())
        norm.bias.data.add_(mean)
        norm.running_mean.copy_(mean * scale)
        norm.running_var.copy_(variance * scale ** 2)
