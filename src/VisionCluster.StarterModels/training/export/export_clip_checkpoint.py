"""
Exports a checkpoint of github.com/openai/CLIP (ViT-B-32.pt, RN50.pt and so on; the size is read from it) as a model
folder:

    python3 export_clip_checkpoint.py CHECKPOINT.pt FOLDER [MERGES]

Without a file of merges the model gets CLIP's standard ones, which the server has.
"""
import hashlib
import json
import os
import shutil
import sys

import torch

import clip_model

OPSET = 17
MEAN, STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
IMAGE, TEXT = "vision_model.onnx", "text_model.onnx"
# What checkpoints that are programs hold besides weights.
UNUSED = ("input_resolution", "context_length", "vocab_size")


def read(path):
    """Weights of a checkpoint, which is a program (as published) or a state."""
    try:
        state = torch.jit.load(path, map_location="cpu").state_dict()
    except RuntimeError:
        state = torch.load(path, map_location="cpu")
        state = state.get("state_dict", state)
    return {k: v for k, v in state.items() if k not in UNUSED}


def export_graph(module, inputs, names, outputs, axes, path):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with torch.no_grad():
        torch.onnx.export(module, inputs, path, input_names=names, output_names=outputs, opset_version=OPSET, dynamic_axes=axes)


def export_text(text, folder):
    ids = torch.zeros(2, len(text.positional_embedding), dtype=torch.int64)
    free = dict(input_ids={0: "texts"}, text_embeds={0: "texts"})
    export_graph(text, (ids,), ["input_ids"], ["text_embeds"], free, os.path.join(folder, TEXT))


def export(image, size, text, folder):
    """Writes both graphs; embeddings are not normalised in them."""
    free = dict(pixel_values={0: "batch"}, image_embeds={0: "batch"})
    export_graph(image, (torch.zeros(2, 3, size, size),), ["pixel_values"], ["image_embeds"], free, os.path.join(folder, IMAGE))
    export_text(text, folder)


def describe(folder, roles):
    """The manifest's list of files."""
    files = {}
    for role, path in roles.items():
        with open(os.path.join(folder, path), "rb") as file:
            files[role] = dict(path=path, sha256=hashlib.sha256(file.read()).hexdigest())
    return files


def write_manifest(folder, manifest):
    with open(os.path.join(folder, "model.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=2)
        file.write("\n")


def write_clip_manifest(folder, name, source, size, context, logit_scale, roles):
    write_manifest(folder, dict(
        name=name, family="clip", version="1", license="MIT", source=source, files=describe(folder, roles), logitScale=logit_scale,
        contextLength=context, padding="zero",
        image=dict(size=size, resize="shortestSideCrop", interpolation="bicubic", mean=MEAN, std=STD, range=1)))


def export_state(state, folder, name, source, merges=None):
    """A model folder of a checkpoint's weights; both encoders come back."""
    scale = round(float(state["logit_scale"].float().exp()), 4)
    image, size = clip_model.image_encoder(state)
    text = clip_model.text_encoder(state)
    export(image, size, text, folder)
    roles = dict(imageEncoder=IMAGE, textEncoder=TEXT)
    if merges:
        shutil.copy(merges, os.path.join(folder, "merges.txt"))
        roles["merges"] = "merges.txt"
    write_clip_manifest(folder, name, source, size, len(text.positional_embedding), scale, roles)
    return image, text


def main():
    checkpoint, folder = sys.argv[1:3]
    name = "clip-" + os.path.splitext(os.path.basename(checkpoint))[0].lower()
    export_state(read(checkpoint), folder, name, os.path.basename(checkpoint), *sys.argv[3:4])


if __name__ == "__main__":
    main()
