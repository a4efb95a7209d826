"""Convolution blocks shared by the starter models."""
import torch.nn as nn


def conv(inputs, outputs, kernel=3, stride=1, act=True):
    """Convolution, batch norm and, unless `act` is false, ReLU; [B, inputs, H, W] -> [B, outputs, H/stride, W/stride]."""
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)]
    if act:
        layers.append(nn.ReLU(True))
    return nn.Sequential(*layers)


class Residual(nn.Module):
    """x + conv3x3(relu(conv3x3(x))), the second one starting small so that the block starts near identity."""

    def __init__(self, channels, hidden=None):
        super().__init__()
        hidden = hidden or channels
        self.first = conv(channels, hidden)
        self.second = conv(hidden, channels, act=False)
        nn.init.constant_(self.second[1].weight, 0.2)

    def forward(self, x):
        return x + self.second(self.first(x))


class Plain(nn.Module):
    """x + relu(bn(conv3x3(x))): half the cost of `Residual`."""

    def __init__(self, channels):
        super().__init__()
        self.body = conv(channels, channels)
        nn.init.constant_(self.body[1].weight, 0.3)

    def forward(self, x):
        return x + self.body(x)
