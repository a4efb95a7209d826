"""
Writes SAM 2 of the true architecture, tiny and with random weights, in both signatures that its exports have, with
recorded outputs of torch. Tests load them as models of a server:

    python3 make_tiny_sam2.py FOLDER
"""
import hashlib
import json
import os
import sys

import numpy as np
import torch

from check_sam_export import randomise
from sam2 import HuggingFaceDecoder, ImageEncoder, MaskDecoder, MetaDecoder

SIZE, WIDTH, OPSET = 64, 32, 17


def export(module, inputs, names, outputs, path, extra=()):
    axes = {name: {0: "batch"} for name in names + outputs}
    for name, axis in extra:
        axes[name][axis] = f"{name}_{axis}"
    torch.onnx.export(module, inputs, path, input_names=names, output_names=outputs, opset_version=OPSET, dynamic_axes=axes)


def record(folder, decoder_inputs, pixels, encoder, decoder):
    """What a self-test compares: every input and output of both graphs."""
    arrays = {"imageEncoder.in.pixel_values": pixels}
    with torch.no_grad():
        for name, value in zip(encoder.names, encoder(pixels)):
            arrays["imageEncoder.out." + name] = value
        for name, value in zip(decoder.INPUTS, decoder_inputs):
            arrays["maskDecoder.in." + name] = value
        for name, value in zip(decoder.OUTPUTS, decoder(*decoder_inputs)):
            arrays["maskDecoder.out." + name] = value
    np.savez_compressed(os.path.join(folder, "selftest.npz"), **{
        name: value.numpy().astype(np.int64 if value.dtype == torch.int64 else np.float32) for name, value in arrays.items()})


def write_manifest(folder, name):
    files = {}
    for role, path in (("imageEncoder", "encoder.onnx"), ("maskDecoder", "decoder.onnx")):
        with open(os.path.join(folder, path), "rb") as file:
            files[role] = dict(path=path, sha256=hashlib.sha256(file.read()).hexdigest())
    manifest = dict(
        name=name, family="sam", version="1", license="Apache-2.0", source="random weights", files=files,
        image=dict(size=SIZE, resize="stretch", interpolation="bilinear", mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225], range=1),
        batching=dict(maxBatchSize=4), selfTest=dict(inputs="selftest.npz", tolerance=1e-3))
    with open(os.path.join(folder, "model.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=2)
        file.write("\n")


def write(folder, encoder, decoder, names, make_inputs, extra):
    os.makedirs(folder, exist_ok=True)
    encoder.names = names
    pixels = torch.randint(-8, 9, (2, 3, SIZE, SIZE), generator=torch.Generator().manual_seed(3)) / 4
    with torch.no_grad():
        maps = dict(zip(names, encoder(pixels)))
        inputs = make_inputs(maps)
        export(encoder, (pixels,), ["pixel_values"], names, os.path.join(folder, "encoder.onnx"))
        export(decoder, inputs, decoder.INPUTS, decoder.OUTPUTS, os.path.join(folder, "decoder.onnx"), extra)
    record(folder, inputs, pixels, encoder, decoder)
    write_manifest(folder, "tiny-sam2-" + os.path.basename(folder))


def main():
    folder = sys.argv[1]
    encoder = ImageEncoder(SIZE, 4, (1, 1, 2, 1), (8, 4, 4, 2), (3,), WIDTH).eval()
    decoder = MaskDecoder(SIZE, WIDTH).eval()
    randomise(encoder, 1)
    randomise(decoder, 2)
    make = torch.Generator().manual_seed(4)
    points, boxes = torch.rand(2, 3, 2, generator=make) * SIZE, torch.rand(2, 1, 4, generator=make) * SIZE
    labels = torch.tensor([[1, 0, 1], [1, 1, 0]])
    write(
        os.path.join(folder, "huggingface"), encoder, HuggingFaceDecoder(decoder), [f"image_embeddings.{i}" for i in range(3)],
        lambda maps: (points[:, None], labels[:, None], boxes, *maps.values()),
        [("input_points", 2), ("input_labels", 2), ("input_boxes", 1)])
    # The last point is padding, as a prompt without a box has it.
    padded, padded_labels = points.clone(), labels.float()
    padded[:, 2], padded_labels[:, 2] = 0, -1
    masks, has = torch.randn(2, 1, SIZE // 4, SIZE // 4, generator=make) * 4, torch.tensor([0.0, 1.0])
    write(
        os.path.join(folder, "meta"), encoder, MetaDecoder(decoder), ["high_res_feats_0", "high_res_feats_1", "image_embed"],
        lambda maps: (maps["image_embed"], maps["high_res_feats_0"], maps["high_res_feats_1"], padded, padded_labels, masks, has),
        [("point_coords", 1), ("point_labels", 1)])


if __name__ == "__main__":
    main()
