"""
Exports a checkpoint of SAM or MobileSAM as a model folder:

    python3 export_sam_checkpoint.py {vit_b|vit_l|vit_h|vit_t} CHECKPOINT.pth FOLDER

The checkpoints are those of github.com/facebookresearch/segment-anything (sam_vit_b_01ec64.pth and so on) and
github.com/ChaoningZhang/MobileSAM (mobile_sam.pth). Both graphs have a free batch dimension.
"""
import hashlib
import json
import os
import shutil
import sys
import tempfile

import onnx
import torch

import sam_vit
import tiny_vit
from sam_decoder import PromptDecoder

NAMES = {"vit_b": "sam-vit-base", "vit_l": "sam-vit-large", "vit_h": "sam-vit-huge", "vit_t": "mobile-sam"}
OPSET = 17
ENCODER, DATA = "vision_encoder.onnx", "vision_encoder.onnx.data"
# A file of the format holds less than 2 GiB; vit_h has more, and what is near it is kept apart as well.
LARGEST_FILE = 1 << 30
# What checkpoints hold besides: the encoder's classifier, a table that follows from the window's side, and the pixels' mean.
UNUSED = ("image_encoder.norm_head.", "image_encoder.head.", "pixel_mean", "pixel_std")
UNUSED_ENDS = ("attention_bias_idxs",)


def build(size):
    """An image encoder and a decoder with random weights."""
    encoder = tiny_vit.ImageEncoder() if size == "vit_t" else sam_vit.ImageEncoder(**sam_vit.SIZES[size])
    return encoder.eval(), PromptDecoder().eval()


def load(encoder, decoder, state):
    """Fills both from a checkpoint; every weight must have its place and every place its weight."""
    state = {k: v for k, v in state.items() if not k.startswith(UNUSED) and not k.endswith(UNUSED_ENDS)}
    prefix = "image_encoder."
    encoder.load_state_dict({k[len(prefix):]: v for k, v in state.items() if k.startswith(prefix)})
    decoder.load_state_dict({k: v for k, v in state.items() if not k.startswith(prefix)})


def example(batch, points, seed=0):
    """Inputs of the decoder but for the embeddings: points of every label, masks for all but the first item."""
    make = torch.Generator().manual_seed(seed)
    labels = torch.randint(-1, 4, (batch, points), generator=make).float()
    has = torch.ones(batch)
    has[0] = 0
    return (torch.rand(batch, points, 2, generator=make) * 1024, labels, torch.randn(batch, 1, 256, 256, generator=make) * 4, has)


def export(encoder, decoder, folder, largest=LARGEST_FILE):
    """Writes both graphs; the encoder's weights to a file of their own where one file would be too large."""
    os.makedirs(folder, exist_ok=True)
    free = {0: "batch"}
    # Beyond 2 GiB torch writes a file for each tensor beside the graph.
    with tempfile.TemporaryDirectory(dir=folder) as scattered:
        path = os.path.join(scattered, ENCODER)
        with torch.no_grad():
            torch.onnx.export(
                encoder, (torch.zeros(2, 3, sam_vit.IMAGE, sam_vit.IMAGE),), path,
                input_names=["pixel_values"], output_names=["image_embeddings"], opset_version=OPSET,
                dynamic_axes=dict(pixel_values=free, image_embeddings=free))
        if sum(entry.stat().st_size for entry in os.scandir(scattered)) <= largest:
            shutil.move(path, os.path.join(folder, ENCODER))
        else:
            model = onnx.load(path)
            if os.path.exists(os.path.join(folder, DATA)):
                os.remove(os.path.join(folder, DATA))
            onnx.save(model, os.path.join(folder, ENCODER), save_as_external_data=True, all_tensors_to_one_file=True, location=DATA)
    export_decoder(decoder, os.path.join(folder, "mask_decoder.onnx"))


def export_decoder(decoder, path):
    """Writes the decoder; names of dimensions tell the server what may come once for all prompts."""
    dynamic = {name: {0: "batch"} for name in PromptDecoder.INPUTS + PromptDecoder.OUTPUTS}
    dynamic["image_embeddings"][0] = "images"
    dynamic["mask_input"][0] = dynamic["has_mask_input"][0] = "masks"
    dynamic["point_coords"][1] = dynamic["point_labels"][1] = "points"
    with torch.no_grad():
        torch.onnx.export(
            decoder, (torch.zeros(2, 256, 64, 64), *example(2, 3)), path,
            input_names=PromptDecoder.INPUTS, output_names=PromptDecoder.OUTPUTS, opset_version=OPSET, dynamic_axes=dynamic)


def write_manifest(folder, name, source):
    """model.json, with the files' digests."""
    files = {}
    for role, path in (("imageEncoder", ENCODER), ("imageEncoderData", DATA), ("maskDecoder", "mask_decoder.onnx")):
        if os.path.exists(os.path.join(folder, path)):
            with open(os.path.join(folder, path), "rb") as file:
                digest = hashlib.sha256()
                while block := file.read(1 << 24):
                    digest.update(block)
            files[role] = dict(path=path, sha256=digest.hexdigest())
    manifest = dict(
        name=name, family="sam", version="1", license="Apache-2.0", source=source, files=files,
        image=dict(size=1024, resize="longestSidePad", interpolation="bilinear", mean=[123.675, 116.28, 103.53],
                   std=[58.395, 57.12, 57.375], range=255),
        batching=dict(maxBatchSize=8))
    with open(os.path.join(folder, "model.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=2)
        file.write("\n")


def main():
    size, checkpoint, folder = sys.argv[1:4]
    encoder, decoder = build(size)
    load(encoder, decoder, torch.load(checkpoint, map_location="cpu"))
    export(encoder, decoder, folder)
    write_manifest(folder, NAMES[size], os.path.basename(checkpoint))


if __name__ == "__main__":
    main()
