"""
Exports RegionCLIP (arXiv 2112.09106) as two model folders, one with regions and one with the CLIP model whose texts they
are compared with:

    python3 export_regionclip_checkpoint.py regionclip_pretrained-cc_rn50.pth rpn_lvis_866.pth FOLDER [SIZE]

The first checkpoint is one of pretraining, with its language encoder; the second holds the network that finds regions,
a Mask R-CNN of detectron2. SIZE is the longer side of a picture (1024).
"""
import os
import sys

import torch
import torch.nn as nn

import clip_model
import rpn_model
from export_clip_checkpoint import MEAN, STD, export, export_graph, describe, write_clip_manifest, write_manifest

STRIDE, SIZE = 16, 1024
DETECTOR, REGIONS = "detector.onnx", "region_encoder.onnx"
OUTPUTS, INPUTS = ["boxes", "objectness", "feature_map"], ["feature_map", "boxes", "batch_indices"]
# Weights of a checkpoint that may be wrapped as trainers wrap them.
WRAPPERS = ("model", "state_dict")


def read(path):
    state = torch.load(path, map_location="cpu")
    for key in WRAPPERS:
        state = state.get(key, state) if isinstance(state, dict) else state
    return {k: torch.as_tensor(v) for k, v in state.items()}


def part(state, prefix):
    return {k[len(prefix):]: v for k, v in state.items() if k.startswith(prefix)}


def roi_align(feature_map, boxes, batch, bins):
    """Mean of as many samples of a bin as it has cells, at half-pixel centres: ONNX's RoiAlign with sampling_ratio 0."""
    height, width = feature_map.shape[2:]
    pooled = feature_map.new_zeros(len(boxes), feature_map.shape[1], bins, bins)
    for i, (box, picture) in enumerate(zip(boxes / STRIDE - 0.5, batch)):
        size = (box[2:] - box[:2]) / bins
        across, down = (max(1, int(torch.ceil(side))) for side in size)
        x = box[0] + (torch.arange(bins * across) + 0.5) / across * size[0]
        y = box[1] + (torch.arange(bins * down) + 0.5) / down * size[1]
        at = torch.stack([x[None, :].expand(len(y), -1), y[:, None].expand(-1, len(x))], -1)
        inside = ((at > -1) & (at < torch.tensor([width, height]))).all(-1).float()
        grid = (2 * at + 1) / torch.tensor([width, height]) - 1
        sampled = nn.functional.grid_sample(feature_map[picture][None], grid[None], padding_mode="border", align_corners=False)
        pooled[i] = (sampled[0] * inside).reshape(-1, bins, down, bins, across).mean((2, 4))
    return pooled


class RoiAlign(torch.autograd.Function):
    """ONNX's operator; outside an export it runs `roi_align`."""

    @staticmethod
    def forward(context, feature_map, boxes, batch, bins):
        return roi_align(feature_map, boxes, batch, bins)

    @staticmethod
    def symbolic(graph, feature_map, boxes, batch, bins):
        return graph.op("RoiAlign", feature_map, boxes, batch, coordinate_transformation_mode_s="half_pixel", mode_s="avg",
                        output_height_i=bins, output_width_i=bins, sampling_ratio_i=0, spatial_scale_f=1.0 / STRIDE)


class Detector(nn.Module):
    """Pictures as CLIP takes them, [b, 3, s, s] -> boxes [b, k, 4] in pixels, their logits [b, k], CLIP's map of stride 16."""

    def __init__(self, image, rpn):
        super().__init__()
        self.image, self.rpn = image, rpn
        self.register_buffer("mean", torch.tensor(MEAN).reshape(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(STD).reshape(1, 3, 1, 1))
        self.register_buffer("shift", torch.tensor(rpn_model.MEAN).reshape(1, 3, 1, 1))

    def forward(self, pixel_values):
        boxes, scores = self.rpn((255 * (pixel_values * self.std + self.mean)).flip(1) - self.shift)
        return boxes, scores, self.image.features(pixel_values)


class RegionEncoder(nn.Module):
    """Cuts regions out of the map and runs CLIP's last stage and its pool on them."""

    def __init__(self, image, bins):
        super().__init__()
        self.image, self.bins = image, bins

    def forward(self, feature_map, boxes, batch_indices):
        return self.image.embed(RoiAlign.apply(feature_map, boxes, batch_indices, self.bins))


def build(state, rpn_state):
    """Detector, region encoder, text encoder, the whole image encoder and the side of its pictures."""
    image, side = clip_model.image_encoder(state, "backbone.")
    text = clip_model.text_encoder(part(state, "lang_encoder."))
    return Detector(image, rpn_model.proposals(rpn_state)).eval(), RegionEncoder(image, side // STRIDE).eval(), text, image, side


def export_all(detector, regions, text, image, side, folder, name, source, size=SIZE):
    own, clip = os.path.join(folder, name), os.path.join(folder, f"{name}-clip")
    pixels, channels = torch.zeros(1, 3, size, size), detector.image.layer3[-1].conv3.out_channels
    export_graph(detector, (pixels,), ["pixel_values"], OUTPUTS, {n: {0: "batch"} for n in ["pixel_values", *OUTPUTS]}, os.path.join(own, DETECTOR))
    cells = size // STRIDE
    example = (torch.zeros(2, channels, cells, cells), torch.tensor([[0.0, 0, 64, 64], [16, 16, 60, 64]]), torch.tensor([0, 1]))
    export_graph(regions, example, INPUTS, ["region_embeds"], dict(
        feature_map={0: "batch"}, boxes={0: "regions"}, batch_indices={0: "regions"}, region_embeds={0: "regions"}), os.path.join(own, REGIONS))
    export(image, side, text, clip)
    write_clip_manifest(
        clip, f"{name}-clip", source, side, len(text.positional_embedding), 100, dict(imageEncoder="vision_model.onnx", textEncoder="text_model.onnx"))
    write_manifest(own, dict(
        name=name, family="regionclip", version="1", license="MIT", source=source, clip=f"{name}-clip", logitScale=100,
        files=describe(own, dict(detector=DETECTOR, regionEncoder=REGIONS)),
        image=dict(size=size, resize="longestSidePad", interpolation="bilinear", mean=MEAN, std=STD, range=1), batching=dict(maxBatchSize=1)))


def main():
    checkpoint, rpn, folder = sys.argv[1:4]
    name = os.path.splitext(os.path.basename(checkpoint))[0].replace("_", "-")
    size = int(sys.argv[4]) if len(sys.argv) > 4 else SIZE
    export_all(*build(read(checkpoint), read(rpn)), folder, name, os.path.basename(checkpoint), size)


if __name__ == "__main__":
    main()
