"""
Checks the exports of CLIP and RegionCLIP on models of the true architectures with random weights, under the names that
the checkpoints have: ONNX Runtime against torch.

    python3 check_clip_export.py {RN50|ViT-B/32|tiny} FOLDER NODE_MODULES
    python3 check_clip_export.py regionclip {c4|fpn} FOLDER NODE_MODULES [SIZE]
"""
import os
import sys

import numpy as np
import torch

import clip_model
import export_clip_checkpoint as clip
import export_regionclip_checkpoint as region
import rpn_model
from check_sam_export import compare, randomise

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from onnx_session import OnnxRunner

RESNET = dict(side=7, width=64, depths=(3, 4, 6, 3), out=1024)
SIZES = {
    "RN50": (lambda: clip_model.ResNet(**RESNET), (49408, 77, 512, 12, 1024)),
    "ViT-B/32": (lambda: clip_model.VisionTransformer(224, 32, 768, 12, 512), (49408, 77, 512, 12, 512)),
    "tiny": (lambda: clip_model.VisionTransformer(64, 16, 128, 2, 64), (512, 20, 64, 2, 64)),
}


def prefixed(module, prefix):
    return {prefix + k: v for k, v in module.state_dict().items() if not k.endswith("num_batches_tracked")}


def checkpoint(size, image_prefix, text_prefix):
    """Random weights as a checkpoint has them, made by throw-away modules."""
    make, text = SIZES[size]
    image, text = make(), clip_model.TextEncoder(*text)
    randomise(image, 1)
    randomise(text, 2)
    return {**prefixed(image, image_prefix), **prefixed(text, text_prefix)}


def run(runner, folder, file, feeds):
    return runner.run(os.path.join(folder, file), {k: v.numpy() for k, v in feeds.items()})


def check_texts(runner, folder, text):
    make = torch.Generator().manual_seed(4)
    ids = torch.randint(1, len(text.token_embedding.weight) - 2, (3, len(text.positional_embedding)), generator=make)
    for row, end in enumerate((1, 5, ids.shape[1] - 1)):
        ids[row, end], ids[row, end + 1:] = len(text.token_embedding.weight) - 1, 0
    with torch.no_grad():
        compare("texts", text(ids).numpy(), run(runner, folder, clip.TEXT, dict(input_ids=ids))["text_embeds"])


def check_clip(size, folder, runner):
    state = checkpoint(size, "visual.", "")
    state["logit_scale"] = torch.tensor(4.6052)
    image, text = clip.export_state(state, folder, "random", "random weights")
    side = clip_model.image_encoder(state)[1]
    pixels = torch.randn(3, 3, side, side, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        compare("pictures", image(pixels).numpy(), run(runner, folder, clip.IMAGE, dict(pixel_values=pixels))["image_embeds"])
    check_texts(runner, folder, text)


def compare_boxes(expected, actual, size):
    """Boxes whose logits are alike may change places, and the last ones may be others."""
    distances = np.abs(expected[:, None] - actual[None]).max(-1).min(1)
    missing = int((distances > 1e-3 * size).sum())
    print(f"boxes: {missing} of {len(expected)} not found")
    if missing > 0.01 * len(expected):
        sys.exit("boxes differ")


def check_regionclip(kind, folder, runner, size):
    backbone = rpn_model.Pyramid(64, (3, 4, 6, 3), 256) if kind == "fpn" else rpn_model.LastMap(64, (3, 4, 6))
    made = rpn_model.Proposals(backbone)
    randomise(made, 5)
    # As detectron2's checkpoints name them.
    rpn = {("proposal_generator." + k if k.startswith("rpn_head.") else k.replace("backbone.body.", "backbone.")): v
           for k, v in prefixed(made, "").items()}
    parts = region.build(checkpoint("RN50", "backbone.", "lang_encoder."), rpn)
    detector, regions, text, _, _ = parts
    region.export_all(*parts, folder, "random", "random weights", size)
    own = os.path.join(folder, "random")
    pixels = torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(3))
    boxes = torch.tensor([[3.0, 5, 60, 40], [0, 0, size, size], [size - 40.0, size - 90.0, size - 2.0, size - 1.0], [20, 20, 22, 21]])
    with torch.no_grad():
        expected = detector(pixels)
        found = run(runner, own, region.DETECTOR, dict(pixel_values=pixels))
        compare_boxes(expected[0][0].numpy(), found["boxes"][0], size)
        for name, value in list(zip(region.OUTPUTS, expected))[1:]:
            compare(name, value.numpy(), found[name])
        batch = torch.zeros(len(boxes), dtype=torch.int64)
        expected = regions(expected[2], boxes, batch)
        found = run(runner, own, region.REGIONS, dict(feature_map=torch.from_numpy(found["feature_map"]), boxes=boxes, batch_indices=batch))
        compare("regions", expected.numpy(), found["region_embeds"])
    check_texts(runner, os.path.join(folder, "random-clip"), text)


def main():
    arguments = sys.argv[1:]
    if arguments[0] == "regionclip":
        runner = OnnxRunner(arguments[3])
        check_regionclip(arguments[1], arguments[2], runner, int(arguments[4]) if len(arguments) > 4 else 512)
    else:
        runner = OnnxRunner(arguments[2])
        check_clip(arguments[0], arguments[1], runner)
    runner.close()


if __name__ == "__main__":
    main()
