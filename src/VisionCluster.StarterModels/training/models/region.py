"""starter-regionclip: class-agnostic proposals and region embeddings from one feature map.

After RegionCLIP (Zhong et al., 2022) in its division of work: the trunk is starter-clip's image encoder, RoIAlign
(He et al., 2017) cuts regions out of its map, and the last stages of the encoder run on them. The proposals are
anchor-free, one a cell, as in FCOS (Tian et al., 2019).
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from models.labeller import ImageEncoder
from models.layers import Plain, conv

SIZE = 144
STRIDE = 8
BINS = 6
SAMPLES = 2
CHANNELS = 128


def roi_align(feature_map, boxes, batch):
    """Mean-pooled bins [R, C, 6, 6] of `feature_map` [B, C, h, w] for boxes [R, 4] in input pixels on pictures `batch` [R].

    Four samples a bin at half-pixel centres, as RoiAlign of ONNX with half_pixel and sampling_ratio 2.
    """
    height, width = feature_map.shape[2:]
    steps = BINS * SAMPLES
    offset = (torch.arange(steps, dtype=boxes.dtype) + 0.5) / steps
    x = boxes[:, 0:1] + (boxes[:, 2:3] - boxes[:, 0:1]) * offset
    y = boxes[:, 1:2] + (boxes[:, 3:4] - boxes[:, 1:2]) * offset
    # In cells, then in the -1..1 of grid_sample whose edges are the map's edges.
    gx, gy = 2 * x / (STRIDE * width) - 1, 2 * y / (STRIDE * height) - 1
    grid = torch.stack([gx[:, None, :].expand(-1, steps, -1), gy[:, :, None].expand(-1, -1, steps)], -1)
    pooled = feature_map.new_zeros(len(boxes), feature_map.shape[1], BINS, BINS)
    for picture in batch.unique():
        rows = (batch == picture).nonzero()[:, 0]
        flat = grid[rows].reshape(1, -1, steps, 2)
        sampled = F.grid_sample(feature_map[picture:picture + 1], flat, padding_mode="border", align_corners=False)
        sampled = sampled.reshape(feature_map.shape[1], len(rows), BINS, SAMPLES, BINS, SAMPLES).mean((3, 5))
        pooled[rows] = sampled.transpose(0, 1)
    return pooled


class Detector(nn.Module):
    """Pictures [B, 3, 144, 144] in -1..1 -> boxes [B, 324, 4] in input pixels, objectness logits [B, 324], map [B, 128, 18, 18]."""

    def __init__(self):
        super().__init__()
        encoder = ImageEncoder()
        self.s4, self.s8 = encoder.s4, encoder.s8
        self.deep = nn.Sequential(conv(CHANNELS, 96, 3, 2), Plain(96), Plain(96))
        self.enter = conv(CHANNELS + 96, 64, 1)
        self.tower = nn.Sequential(Plain(64), Plain(64))
        self.output = nn.Conv2d(64, 5, 1)
        nn.init.constant_(self.output.bias[4:], -2.0)

    def forward(self, x):
        feature_map = self.s8(self.s4(x))
        deep = F.interpolate(self.deep(feature_map), scale_factor=2.0, mode="nearest")
        raw = self.output(self.tower(self.enter(torch.cat([deep, feature_map], 1)))).float()
        height, width = int(raw.shape[2]), int(raw.shape[3])
        cx = (torch.arange(width, dtype=raw.dtype) + 0.5) * STRIDE
        cy = (torch.arange(height, dtype=raw.dtype) + 0.5) * STRIDE
        reach = (raw[:, :4].clamp(-4, 4)).exp() * 16.0
        left, top = cx - reach[:, 0], cy[:, None] - reach[:, 1]
        right, bottom = cx + reach[:, 2], cy[:, None] + reach[:, 3]
        limit_x, limit_y = float(width * STRIDE), float(height * STRIDE)
        boxes = torch.stack([left.clamp(0, limit_x), top.clamp(0, limit_y), right.clamp(0, limit_x), bottom.clamp(0, limit_y)], -1)
        return boxes.flatten(1, 2), raw[:, 4].flatten(1), feature_map


class RegionEncoder(nn.Module):
    """Pooled bins [R, 128, 6, 6] -> unit vectors [R, 192] in starter-clip's space: its last stage and projection."""

    def __init__(self):
        super().__init__()
        encoder = ImageEncoder()
        self.s16 = encoder.s16
        self.expand, self.project, self.norm = encoder.expand, encoder.project, encoder.norm

    def forward(self, bins):
        features = self.expand(self.s16(bins)).mean((2, 3)).float()
        return F.normalize(self.norm(self.project(features)), dim=-1)


def from_labeller(encoder):
    """A detector and region encoder that start from a trained ImageEncoder."""
    detector, regions = Detector(), RegionEncoder()
    detector.s4.load_state_dict(encoder.s4.state_dict())
    detector.s8.load_state_dict(encoder.s8.state_dict())
    for part in ("s16", "expand", "project", "norm"):
        getattr(regions, part).load_state_dict(getattr(encoder, part).state_dict())
    return detector, regions
