"""Pieces that SAM's parts share; attribute names are those of the checkpoints."""
import torch
import torch.nn as nn


class ChannelNorm(nn.Module):
    """Layer normalisation over the channels of [batch, channels, height, width]."""

    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight, self.bias, self.eps = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels)), eps

    def forward(self, x):
        centred = x - x.mean(1, keepdim=True)
        scaled = centred / torch.sqrt((centred * centred).mean(1, keepdim=True) + self.eps)
        return scaled * self.weight[:, None, None] + self.bias[:, None, None]


class TwoLayers(nn.Module):
    """A transformer's feed-forward part."""

    def __init__(self, dim, hidden, activation):
        super().__init__()
        self.lin1, self.lin2, self.activation = nn.Linear(dim, hidden), nn.Linear(hidden, dim), activation()

    def forward(self, x):
        return self.lin2(self.activation(self.lin1(x)))


class LayerStack(nn.Module):
    """Linear layers with ReLU between."""

    def __init__(self, dim, hidden, out, count=3):
        super().__init__()
        sides = [dim] + [hidden] * (count - 1) + [out]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sides, sides[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


def neck(dim, out=256):
    """From the encoder's width to the decoder's."""
    return nn.Sequential(
        nn.Conv2d(dim, out, 1, bias=False), ChannelNorm(out), nn.Conv2d(out, out, 3, padding=1, bias=False), ChannelNorm(out))


def to_windows(x, side):
    """[b, h, w, c] -> [b * windows, side, side, c], padded with zeros, and the padded height and width."""
    # As numbers: a traced graph would carry the arithmetic of the shapes along.
    height, width, channels = (int(side) for side in x.shape[1:])
    down, right = -height % side, -width % side
    if down or right:
        x = nn.functional.pad(x, (0, 0, 0, right, 0, down))
    rows, columns = (height + down) // side, (width + right) // side
    x = x.reshape(-1, rows, side, columns, side, channels).permute(0, 1, 3, 2, 4, 5)
    return x.reshape(-1, side, side, channels), (rows, columns)


def from_windows(x, side, grid, height, width):
    """The way back."""
    rows, columns = grid
    x = x.reshape(-1, rows, columns, side, side, int(x.shape[-1])).permute(0, 1, 3, 2, 4, 5)
    x = x.reshape(-1, rows * side, columns * side, int(x.shape[-1]))
    return x[:, :height, :width]
