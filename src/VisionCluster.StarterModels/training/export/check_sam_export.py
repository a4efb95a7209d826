"""
Checks the export on models of the true architecture:

    python3 check_sam_export.py random SIZE FOLDER NODE_MODULES    random weights: ONNX Runtime against torch
    python3 check_sam_export.py shallow SIZE FOLDER NODE_MODULES   the same with two blocks and the weights in a file of their own
    python3 check_sam_export.py recorded GOLDEN FOLDER             weights out of recorded ONNX files: torch against recorded results
    python3 check_sam_export.py decoder GOLDEN FILE                only the export of the recorded decoder, for the benchmark
"""
import json
import os
import sys

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from PIL import Image

import export_sam_checkpoint as exporter
import sam_vit
from sam_decoder import PromptDecoder

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from onnx_session import OnnxRunner

MEAN, STD = np.array([123.675, 116.28, 103.53], np.float32), np.array([58.395, 57.12, 57.375], np.float32)


def randomise(module, seed):
    """Every weight, also those that begin as zeros or ones, so that nothing drops out of the comparison."""
    make = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in module.state_dict().items():
            if value.is_floating_point():
                noise = torch.randn(value.shape, generator=make)
                fan = max(1, value[0].numel()) if value.dim() > 1 else 1
                value.copy_(noise.abs() * 0.1 + 1 if name.endswith("running_var") else noise * (fan ** -0.5 if fan > 1 else 0.1) + (
                    1 if "norm" in name and name.endswith("weight") or name.endswith("bn.weight") else 0))


def compare(name, expected, actual):
    worst = float(np.abs(expected - actual).max() / max(1e-6, np.abs(expected).max()))
    print(f"{name}: largest difference {worst:.2e} of the largest value {np.abs(expected).max():.3g}")
    if not worst < 1e-3:
        sys.exit(f"{name} differs")


def check_random(size, folder, modules, largest=exporter.LARGEST_FILE):
    encoder, decoder = exporter.build(size)
    randomise(encoder, 1)
    randomise(decoder, 2)
    # As a checkpoint would come, and back.
    state = {f"image_encoder.{k}": v for k, v in encoder.state_dict().items()}
    state.update(decoder.state_dict())
    fresh = exporter.build(size)
    exporter.load(*fresh, state)
    exporter.export(*fresh, folder, largest)
    exporter.write_manifest(folder, exporter.NAMES[size], "random weights")
    runner = OnnxRunner(modules)
    pixels = torch.randn(1, 3, sam_vit.IMAGE, sam_vit.IMAGE, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        embedding = encoder(pixels)
        path = os.path.join(folder, "vision_encoder.onnx")
        compare(f"{size} encoder", embedding.numpy(), runner.run(path, dict(pixel_values=pixels.numpy()))["image_embeddings"])
        for batch, points, images, masks in ((1, 1, 1, 1), (3, 5, 3, 3), (3, 2, 1, 3), (3, 2, 3, 1), (3, 2, 1, 1)):
            coordinates, labels, logits, has = exporter.example(batch, points, seed=batch)
            inputs = (embedding.repeat(images, 1, 1, 1), coordinates, labels, logits[:masks], has[:masks])
            found = runner.run(os.path.join(folder, "mask_decoder.onnx"), dict(zip(PromptDecoder.INPUTS, (i.numpy() for i in inputs))))
            whole = (embedding.repeat(batch, 1, 1, 1), coordinates, labels, logits[:masks].expand(batch, -1, -1, -1), has[:masks].expand(batch))
            for name, expected in zip(PromptDecoder.OUTPUTS, decoder(*whole)):
                compare(f"decoder, {batch} prompts of {points} points, {images} images, {masks} masks, {name}", expected.numpy(), found[name])
    runner.close()


def recorded_weights(path):
    """Names to values of an ONNX file: those it names, and matrices by the bias that is added to their product."""
    graph = onnx.load(path).graph
    raw = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    values = {n[:-3] if n.endswith("_q8") else n: (v.astype(np.float32) * raw[n[:-3] + "_s"] if n.endswith("_q8") else v)
              for n, v in raw.items() if not n.endswith("_s")}
    users = {name: node for node in graph.node for name in node.input}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in values and node.input[1].startswith("onnx::"):
            add = users[node.output[0]]
            bias = next((i for i in add.input if i in values and i.endswith(".bias")), None)
            if add.op_type == "Add" and bias:
                values[bias[:-4] + "weight"] = values[node.input[1]].T
    return values, [n for n in raw if n.startswith("onnx::")]


def rename(values, module, prefixes, extra):
    """A state for `module`: by name, then by `extra`; complains of what is missing."""
    state = dict(extra)
    for name in module.state_dict():
        for prefix in prefixes:
            if prefix + name in values:
                state[name] = values[prefix + name]
    state = {k: torch.from_numpy(np.array(v, np.float32)).reshape(module.state_dict()[k].shape) for k, v in state.items()}
    module.load_state_dict(state)
    return module.eval()


def recorded_encoder(path):
    values, _ = recorded_weights(path)
    gain, offset = (next(v for n, v in values.items() if n.startswith("onnx::" + kind)) for kind in ("Mul", "Add"))
    norms = {f"neck.{i}.{n}": v for i in (1, 3) for n, v in (("weight", gain), ("bias", offset))}
    return rename(values, sam_vit.ImageEncoder(64, 2, 2, (1,)), ["e."], norms)


def recorded_decoder(path):
    values, anonymous = recorded_weights(path)
    of = lambda kind, shape: [values[n] for n in anonymous if n.startswith(f"onnx::{kind}_") and values[n].shape == shape]
    tokens = of("Expand", (1, 5, 256))[0][0]
    extra = {"mask_decoder.iou_token.weight": tokens[:1], "mask_decoder.mask_tokens.weight": tokens[1:],
             "prompt_encoder.no_mask_embed.weight": of("Mul", (1, 256, 1, 1))[0]}
    for name, size in (("prompt_encoder.mask_downscaling.1", 4), ("prompt_encoder.mask_downscaling.4", 16), ("mask_decoder.output_upscaling.1", 64)):
        extra[name + ".weight"], extra[name + ".bias"] = of("Mul", (size, 1, 1))[0], of("Add", (size, 1, 1))[0]
    return rename(values, PromptDecoder(), ["", "model."], extra)


def check_recorded(golden, folder):
    encoder = recorded_encoder(f"{golden}/onnx/encoder.onnx")
    decoder = recorded_decoder(f"{golden}/onnx/decoder_multi.onnx")
    with open(f"{golden}/predictor.json", encoding="utf-8") as file:
        images = json.load(file)["images"]
    for image in images:
        height, width = image["input_size_hw"]
        picture = Image.open(f"{golden}/{image['file']}").convert("RGB").resize((width, height), Image.BILINEAR)
        pixels = np.zeros((1, 3, 1024, 1024), np.float32)
        pixels[0, :, :height, :width] = ((np.asarray(picture, np.float32) - MEAN) / STD).transpose(2, 0, 1)
        expected = np.load(f"{golden}/{image['embedding']}").astype(np.float32)
        with torch.no_grad():
            embedding = encoder(torch.from_numpy(pixels))
        compare(f"{image['name']} embedding", expected, embedding.numpy())
        for case in image["cases"]:
            check_case(golden, image, case, decoder, torch.from_numpy(expected))
    exporter.export(encoder, decoder, folder)
    exporter.write_manifest(folder, "recorded", golden)


def check_case(golden, image, case, decoder, embedding):
    height, width = image["size_hw"]
    scale = np.array([image["input_size_hw"][1] / width, image["input_size_hw"][0] / height])
    points = [np.array(p) * scale for p in case["point_coords"] or []]
    labels = list(case["point_labels"] or [])
    if case["box"]:
        points += [np.array(case["box"][:2]) * scale, np.array(case["box"][2:]) * scale]
        labels += [2, 3]
    else:
        points, labels = points + [np.zeros(2)], labels + [-1]
    mask = np.load(f"{golden}/{case['mask_input']}").astype(np.float32) if case["mask_input"] else np.zeros((1, 256, 256), np.float32)
    with torch.no_grad():
        logits, scores = decoder(
            embedding, torch.tensor(np.array([points]), dtype=torch.float32), torch.tensor([labels], dtype=torch.float32),
            torch.from_numpy(mask).reshape(1, 1, 256, 256), torch.tensor([float(bool(case["mask_input"]))]))
    chosen = slice(1, 4) if case["multimask_output"] else slice(0, 1)
    name = f"{image['name']} {case['name']} {'multi' if case['multimask_output'] else 'single'}"
    compare(f"{name} iou", np.array(case["iou_predictions"]), scores[0, chosen].numpy())
    if "low_res_logits" in case:
        compare(f"{name} logits", np.load(f"{golden}/{case['low_res_logits']}").astype(np.float32), logits[0, chosen].numpy())
    else:
        stored = np.load(f"{golden}/{case['low_res_logits_stride4']}").astype(np.float32)
        compare(f"{name} logits", stored, logits[0, chosen, ::4, ::4].numpy())


if __name__ == "__main__":
    if sys.argv[1] == "random":
        check_random(*sys.argv[2:5])
    elif sys.argv[1] == "shallow":
        # A block of windows and one of the whole map, of the full width.
        sam_vit.SIZES[sys.argv[2]].update(depth=2, whole=(1,))
        check_random(*sys.argv[2:5], largest=0)
    elif sys.argv[1] == "decoder":
        exporter.export_decoder(recorded_decoder(f"{sys.argv[2]}/onnx/decoder_multi.onnx"), sys.argv[3])
    else:
        check_recorded(*sys.argv[2:4])
