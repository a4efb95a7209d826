"""MobileSAM's image encoder, TinyViT-5M (arXiv 2306.14289, 2207.10666); attribute names are those of the checkpoint."""
import itertools

import torch
import torch.nn as nn

from sam_layers import from_windows, neck, to_windows

DIMS, DEPTHS, HEADS, WINDOWS = (64, 128, 160, 320), (2, 2, 6, 2), (2, 4, 5, 10), (7, 7, 14, 7)
SIDES = (256, 128, 64, 64)


class ConvNorm(nn.Module):
    """A convolution without bias and a batch normalisation."""

    def __init__(self, dim, out, kernel=1, stride=1, groups=1):
        super().__init__()
        self.c = nn.Conv2d(dim, out, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(out)

    def forward(self, x):
        return self.bn(self.c(x))


class PatchEmbedding(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.seq = nn.Sequential(ConvNorm(3, dim // 2, 3, 2), nn.GELU(), ConvNorm(dim // 2, dim, 3, 2))

    def forward(self, x):
        return self.seq(x)


class InvertedBottleneck(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.conv1, self.conv2 = ConvNorm(dim, 4 * dim), ConvNorm(4 * dim, 4 * dim, 3, groups=4 * dim)
        self.conv3, self.act = ConvNorm(4 * dim, dim), nn.GELU()

    def forward(self, x):
        return self.act(x + self.conv3(self.act(self.conv2(self.act(self.conv1(x))))))


class Merging(nn.Module):
    """To the next stage's width; its side is halved but for the last stage."""

    def __init__(self, dim, out, stride):
        super().__init__()
        self.conv1, self.conv2 = ConvNorm(dim, out), ConvNorm(out, out, 3, stride, groups=out)
        self.conv3, self.act = ConvNorm(out, out), nn.GELU()

    def forward(self, x):
        return self.conv3(self.act(self.conv2(self.act(self.conv1(x)))))


class Attention(nn.Module):
    """Attention over a window with a learnt bias for each distance, however it is directed."""

    def __init__(self, dim, heads, side):
        super().__init__()
        self.heads = heads
        self.norm, self.qkv, self.proj = nn.LayerNorm(dim), nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        places = list(itertools.product(range(side), range(side)))
        numbers, indices = {}, []
        for a, b in itertools.product(places, places):
            indices.append(numbers.setdefault((abs(a[0] - b[0]), abs(a[1] - b[1])), len(numbers)))
        self.attention_biases = nn.Parameter(torch.zeros(heads, len(numbers)))
        self.register_buffer("indices", torch.tensor(indices).reshape(side * side, side * side), persistent=False)

    def forward(self, x):
        area, dim = int(x.shape[1]), int(x.shape[2])
        depth = dim // self.heads
        q, k, v = self.qkv(self.norm(x)).reshape(-1, area, self.heads, 3, depth).permute(3, 0, 2, 1, 4).unbind(0)
        scores = (q @ k.transpose(-2, -1)) * depth ** -0.5 + self.attention_biases[:, self.indices]
        return self.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(-1, area, dim))


class FeedForward(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm, self.fc1, self.fc2, self.act = nn.LayerNorm(dim), nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim), nn.GELU()

    def forward(self, x):
        return self.fc2(self.act(self.fc1(self.norm(x))))


class Block(nn.Module):
    """Attention in windows, a convolution over the map, a feed-forward part: [batch, channels, side, side] throughout."""

    def __init__(self, dim, heads, window, side):
        super().__init__()
        self.attn, self.mlp = Attention(dim, heads, window), FeedForward(dim)
        self.local_conv = ConvNorm(dim, dim, 3, groups=dim)
        self.window, self.side = window, side

    def forward(self, x):
        windows, grid = to_windows(x.permute(0, 2, 3, 1), self.window)
        mixed = self.attn(windows.reshape(-1, self.window * self.window, int(windows.shape[-1])))
        mixed = from_windows(mixed.reshape(-1, self.window, self.window, int(windows.shape[-1])), self.window, grid, self.side, self.side)
        x = self.local_conv(x + mixed.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        return (x + self.mlp(x)).permute(0, 3, 1, 2)


class Stage(nn.Module):
    def __init__(self, index):
        super().__init__()
        dim, last = DIMS[index], index == len(DIMS) - 1
        make = (lambda: InvertedBottleneck(dim)) if index == 0 else (
            lambda: Block(dim, HEADS[index], WINDOWS[index], SIDES[index]))
        self.blocks = nn.ModuleList(make() for _ in range(DEPTHS[index]))
        self.downsample = None if last else Merging(dim, DIMS[index + 1], SIDES[index] // SIDES[index + 1])

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x if self.downsample is None else self.downsample(x)


class ImageEncoder(nn.Module):
    """[batch, 3, 1024, 1024], normalised and padded -> [batch, 256, 64, 64]."""

    def __init__(self):
        super().__init__()
        self.patch_embed, self.layers = PatchEmbedding(DIMS[0]), nn.ModuleList(Stage(i) for i in range(len(DIMS)))
        self.neck = neck(DIMS[-1])

    def forward(self, pixel_values):
        x = self.patch_embed(pixel_values)
        for stage in self.layers:
            x = stage(x)
        return self.neck(x)
