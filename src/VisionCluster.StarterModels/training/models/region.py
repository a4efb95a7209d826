"""starter-regionclip: class-agnostic proposals and region embeddings from one feature map.

After RegionCLIP (Zhong et al., 2022) in its division of work: the trunk is the front of starter-clip's image encoder, RoIAlign
(He et al., 2017) cuts regions out of its map. RegionCLIP runs the encoder's last stage on each region; here that stage runs
once, on the whole picture, and is merged into the map (as in Lin et al., 2017), so that a region costs next to nothing.
The proposals are anchor-free, one a cell, as in FCOS (Tian et al., 2019).
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from models.labeller import DIMENSIONS, ImageEncoder
from models.layers import Plain, conv

SIZE = 144
STRIDE = 8
BINS = 4
SAMPLES = 1
CHANNELS = 128


def roi_align(feature_map, boxes, batch):
    """Bins [R, C, 4, 4] of `feature_map` [B, C, h, w] for boxes [R, 4] in input pixels on pictures `batch` [R].

    One sample a bin, at its middle, as RoiAlign of ONNX with half_pixel and sampling_ratio 1.
    """
    height, width = feature_map.shape[2:]
    steps = BINS * SAMPLES
    offset = (torch.arange(steps, dtype=boxes.dtype, device=boxes.device) + 0.5) / steps
    x = boxes[:, 0:1] + (boxes[:, 2:3] - boxes[:, 0:1]) * offset
    y = boxes[:, 1:2] + (boxes[:, 3:4] - boxes[:, 1:2]) * offset
    # In cells, then in the -1..1 of grid_sample whose edges are the map's edges.
    gx, gy = 2 * x / (STRIDE * width) - 1, 2 * y / (STRIDE * height) - 1
    grid = torch.stack([gx[:, None, :].expand(-1, steps, -1), gy[:, :, None].expand(-1, -1, steps)], -1)
    sampled = F.grid_sample(feature_map[batch], grid, padding_mode="border", align_corners=False)
    return F.avg_pool2d(sampled, SAMPLES)


class Detector(nn.Module):
    """Pictures [B, 3, 144, 144] in -1..1 -> boxes [B, 324, 4] in input pixels, objectness logits [B, 324], map [B, 128, 18, 18]."""

    def __init__(self):
        super().__init__()
        self.s4 = nn.Sequential(conv(3, 32, 3, 2), conv(32, 64, 3, 2), Plain(64))
        self.s8 = nn.Sequential(conv(64, CHANNELS, 3, 2), Plain(CHANNELS), Plain(CHANNELS))
        self.s16 = nn.Sequential(conv(CHANNELS, 256, 3, 2), Plain(256), Plain(256))
        self.deep, self.near = conv(256, CHANNELS, 1, act=False), conv(CHANNELS, CHANNELS, 1, act=False)
        self.merge = nn.Sequential(nn.ReLU(True), Plain(CHANNELS))
        self.enter = conv(CHANNELS, 64, 1)
        self.tower = Plain(64)
        self.output = nn.Conv2d(64, 5, 1)
        nn.init.constant_(self.output.bias[4:], -2.0)

    def forward(self, x):
        x8 = self.s8(self.s4(x))
        deep = F.interpolate(self.deep(self.s16(x8)), scale_factor=2.0, mode="nearest")
        feature_map = self.merge(self.near(x8) + deep)
        raw = self.output(self.tower(self.enter(feature_map))).float()
        height, width = int(raw.shape[2]), int(raw.shape[3])
        cx = (torch.arange(width, dtype=raw.dtype, device=raw.device) + 0.5) * STRIDE
        cy = (torch.arange(height, dtype=raw.dtype, device=raw.device) + 0.5) * STRIDE
        reach = (raw[:, :4].clamp(-4, 4)).exp() * 16.0
        left, top = cx - reach[:, 0], cy[:, None] - reach[:, 1]
        right, bottom = cx + reach[:, 2], cy[:, None] + reach[:, 3]
        limit_x, limit_y = float(width * STRIDE), float(height * STRIDE)
        boxes = torch.stack([left.clamp(0, limit_x), top.clamp(0, limit_y), right.clamp(0, limit_x), bottom.clamp(0, limit_y)], -1)
        return boxes.flatten(1, 2), raw[:, 4].flatten(1), feature_map


class RegionEncoder(nn.Module):
    """Pooled bins [R, 128, 4, 4] -> unit vectors [R, 192] in starter-clip's space."""

    def __init__(self, width=160, hidden=512):
        super().__init__()
        self.body = conv(CHANNELS, width, 3, 2)
        self.expand = nn.Sequential(nn.Linear(width * 4, hidden, bias=False), nn.BatchNorm1d(hidden), nn.ReLU(True))
        self.project = nn.Linear(hidden, DIMENSIONS)

    def forward(self, bins):
        return F.normalize(self.project(self.expand(self.body(bins).flatten(1))).float(), dim=-1)


def from_labeller(encoder):
    """A detector whose trunk starts as the first blocks of a trained ImageEncoder's stages, and a region encoder."""
    detector = Detector()
    for part in ("s4", "s8", "s16"):
        stage = getattr(detector, part)
        stage.load_state_dict(getattr(encoder, part)[:len(stage)].state_dict())
    return detector, RegionEncoder()
