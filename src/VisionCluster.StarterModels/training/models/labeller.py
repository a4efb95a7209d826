"""starter-clip: a convolutional image encoder and a small text encoder with one space of 192 dimensions."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from models.layers import Plain, conv

DIMENSIONS = 192
FEATURES = 512
CONTEXT = 77
VOCABULARY = 49408


class ImageEncoder(nn.Module):
    """Picture [B, 3, S, S] in -1..1, S a multiple of 16 -> unit vectors [B, 192]. Fully convolutional with stride 16."""

    def __init__(self, widths=(32, 64, 128, 256)):
        super().__init__()
        a, b, c, d = widths
        self.s4 = nn.Sequential(conv(3, a, 3, 2), conv(a, b, 3, 2), Plain(b), Plain(b))
        self.s8 = nn.Sequential(conv(b, c, 3, 2), Plain(c), Plain(c), Plain(c))
        self.s16 = nn.Sequential(conv(c, d, 3, 2), Plain(d), Plain(d), Plain(d))
        self.expand = conv(d, FEATURES, 1)
        self.project = nn.Linear(FEATURES, DIMENSIONS)
        self.norm = nn.BatchNorm1d(DIMENSIONS, affine=False)

    def features(self, x):
        """Pooled features [B, 512] before the projection."""
        return self.expand(self.s16(self.s8(self.s4(x)))).mean((2, 3))

    def embed(self, features):
        return F.normalize(self.norm(self.project(features)), dim=-1)

    def forward(self, x):
        return self.embed(self.features(x))


class TextEncoder(nn.Module):
    """CLIP token ids [T, L] (start 49406, end 49407, then anything) -> unit vectors [T, 192].

    One attention block over a 64-dimensional token table; the tokens between start and end are pooled by a learned weight.
    """

    def __init__(self, width=128, table=64, heads=4):
        super().__init__()
        self.heads = heads
        self.table = nn.Embedding(VOCABULARY, table)
        self.enter = nn.Linear(table, width)
        self.position = nn.Parameter(torch.randn(CONTEXT, width) * 0.02)
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 3 * width), nn.GELU(), nn.Linear(3 * width, width))
        self.weigh = nn.Linear(width, 1)
        self.project = nn.Linear(width, DIMENSIONS)
        self.norm = nn.BatchNorm1d(DIMENSIONS, affine=False)
        self.refine = nn.Sequential(nn.Linear(width, 1024), nn.GELU(), nn.Linear(1024, DIMENSIONS))
        nn.init.zeros_(self.refine[2].weight)
        nn.init.zeros_(self.refine[2].bias)

    def pooled(self, tokens):
        """The weighted mean [T, 128] of the tokens between start and end."""
        count, length = tokens.shape
        # As floats, which hold every token: ONNX Runtime finds the largest integer on the host only.
        end = tokens.float().argmax(1, keepdim=True)
        place = torch.arange(length, device=tokens.device)[None]
        keep = (place <= end).float()
        x = self.enter(self.table(tokens)) + self.position[:length]
        q, k, v = self.qkv(self.norm1(x)).reshape(count, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) + (1 - keep)[:, None, None, :] * -1e4
        x = x + self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(count, length, -1))
        x = self.norm3(x + self.mlp(self.norm2(x)))
        inner = keep * (place > 0).float() * (place < end).float()
        weight = torch.exp(self.weigh(x)[..., 0].clamp(-8, 8)) * inner
        return (x * weight[..., None]).sum(1) / (weight.sum(1, keepdim=True) + 1e-6)

    def embed(self, pooled):
        return F.normalize(self.norm(self.project(pooled)) + self.refine(pooled), dim=-1)

    def forward(self, tokens):
        return self.embed(self.pooled(tokens))
