"""Exports starter-regionclip: python3 export_regionclip.py WORK MODELS VERSION."""
import os
import sys

import numpy as np
import torch
import torch.nn as nn
from torch.onnx.symbolic_helper import parse_args

import compositing
import model_folder as target
from models.region import BINS, SAMPLES, SIZE, STRIDE, Detector, RegionEncoder, roi_align
from onnx_session import OnnxRunner


class _RoiAlign(torch.autograd.Function):
    """ONNX's RoiAlign; outside an export it runs `roi_align`."""

    @staticmethod
    def forward(context, feature_map, boxes, batch):
        return roi_align(feature_map, boxes, batch)

    @staticmethod
    def symbolic(graph, feature_map, boxes, batch):
        return graph.op("RoiAlign", feature_map, boxes, batch, coordinate_transformation_mode_s="half_pixel", mode_s="avg",
                        output_height_i=BINS, output_width_i=BINS, sampling_ratio_i=SAMPLES, spatial_scale_f=1.0 / STRIDE)


class Regions(nn.Module):
    """feature_map [B, 128, 18, 18], boxes [R, 4] in input pixels, batch_indices [R] int64 -> region_embeds [R, 192]."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder

    def forward(self, feature_map, boxes, batch_indices):
        return self.encoder(_RoiAlign.apply(feature_map, boxes, batch_indices))


def load(work):
    state = torch.load(f"{work}/region.pt", map_location="cpu")["average"]
    detector, regions = Detector(), RegionEncoder()
    detector.load_state_dict(state["detector"])
    regions.load_state_dict(state["regions"])
    return detector.eval(), regions.eval()


def main():
    work, models, version = sys.argv[1:4]
    torch.set_num_threads(1)
    folder = os.path.join(models, "starter-regionclip")
    os.makedirs(folder, exist_ok=True)
    detector, regions = load(work)
    detector = target.Denormalized(detector, target.CLIP_MEAN, target.CLIP_STD, 1.0).eval()
    regions = Regions(regions).eval()
    sprites, runner = compositing.Sprites(work), OnnxRunner(f"{work}/npm/node_modules")
    rng, ids = np.random.default_rng(11), sprites.by_style["noto"]
    scenes = [compositing.scene(sprites, lambda r: ids[r.integers(len(ids))], rng, SIZE, compositing.background, (2, 4), clean=True)
              for _ in range(2)]
    pictures = torch.from_numpy(np.stack([s[0] for s in scenes]).astype(np.float32)).permute(0, 3, 1, 2)
    pixels = target.normalized(pictures, target.CLIP_MEAN, target.CLIP_STD, 1.0)
    files = dict(detector="detector.onnx", regionEncoder="region_encoder.onnx")
    outputs, inputs = ["boxes", "objectness", "feature_map"], ["feature_map", "boxes", "batch_indices"]
    paths = {k: os.path.join(folder, p) for k, p in files.items()}
    target.export(detector, (pixels,), paths["detector"], ["pixel_values"], outputs, {n: {0: "batch"} for n in ["pixel_values", *outputs]})
    with torch.no_grad():
        _, _, feature_map = detector(pixels)
    boxes = torch.tensor([[10.0, 20, 60, 90], [0, 0, 144, 144], [100, 30, 130, 50]])
    arguments = (feature_map, boxes, torch.tensor([0, 1, 1]))
    target.export(regions, arguments, paths["regionEncoder"], inputs, ["region_embeds"],
                  dict(feature_map={0: "batch"}, boxes={0: "regions"}, batch_indices={0: "regions"}, region_embeds={0: "regions"}))
    target.parity("detector", detector, (pixels,), paths["detector"], ["pixel_values"], runner)
    target.parity("regions", regions, arguments, paths["regionEncoder"], inputs, runner)
    coarse = np.random.default_rng(5).integers(-2, 3, (1, *feature_map.shape[1:2], 6, 6)).astype(np.float32)
    flat = np.zeros((1, 3, SIZE, SIZE), np.float32)
    flat[:, :, 40:104, 40:104] = pixels[:1, :, 40:104, 40:104].round()
    test = dict(detector=dict(pixel_values=flat), regionEncoder=dict(
        feature_map=coarse.repeat(3, 2).repeat(3, 3), boxes=boxes.numpy(), batch_indices=np.zeros(3, np.int64)))
    image = dict(size=SIZE, resize="longestSidePad", interpolation="bilinear", mean=target.CLIP_MEAN, std=target.CLIP_STD, range=1)
    target.write(folder, "starter-regionclip", "regionclip", version, files, image, test, runner, grid=1 / 64,
                 clip="starter-clip", logitScale=20, batching={"maxBatchSize": 4})
    runner.close()


if __name__ == "__main__":
    main()
