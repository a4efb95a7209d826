"""Exports starter-clip: python3 export_clip.py WORK MODELS VERSION."""
import json
import os
import sys

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

import compositing
import model_folder as target
from captions import Concepts, Tokenizer
from models.labeller import CONTEXT, ImageEncoder, TextEncoder
from onnx_session import OnnxRunner

SIZE = 64
LOGIT_SCALE = 20.0


def load(work):
    """The refitted image encoder and the refined text encoder."""
    image, text = ImageEncoder(), TextEncoder()
    image.load_state_dict(torch.load(f"{work}/clip_final.pt", map_location="cpu")["image"])
    text.load_state_dict(torch.load(f"{work}/clip_text_final.pt", map_location="cpu")["text"])
    return image.eval(), text.eval()


def quantize_table(path):
    """Stores the token table as int8 with one scale a row: gathered first, converted after, so it costs nothing at run time."""
    model = onnx.load(path)
    graph = model.graph
    table = max(graph.initializer, key=lambda t: int(np.prod(t.dims)))
    name = table.name.removesuffix("_half")
    values = numpy_helper.to_array(table).astype(np.float32)
    scale = np.maximum(np.abs(values).max(1, keepdims=True), 1e-8) / 127
    gather = next(n for n in graph.node if n.op_type == "Gather" and n.input[0] == name)
    dropped = [n for n in graph.node if n.op_type == "Cast" and n.output[0] == name]
    position = [n for n in graph.node if n not in dropped].index(gather)
    nodes = [n for n in graph.node if n not in dropped]
    ids, output = gather.input[1], gather.output[0]
    nodes[position:position + 1] = [
        helper.make_node("Gather", ["table_int8", ids], ["rows_int8"], axis=0),
        helper.make_node("Cast", ["rows_int8"], ["rows"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["table_scale", ids], ["row_scale"], axis=0),
        helper.make_node("Mul", ["rows", "row_scale"], [output])]
    kept = [t for t in graph.initializer if t.name != table.name]
    kept.append(numpy_helper.from_array(np.round(values / scale).astype(np.int8), "table_int8"))
    kept.append(numpy_helper.from_array(scale.astype(np.float32), "table_scale"))
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(kept)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def main():
    work, models, version = sys.argv[1:4]
    torch.set_num_threads(1)
    folder = os.path.join(models, "starter-clip")
    os.makedirs(folder, exist_ok=True)
    image, text = load(work)
    image = target.Denormalized(image, target.CLIP_MEAN, target.CLIP_STD, 1.0).eval()
    sprites, runner = compositing.Sprites(work), OnnxRunner(f"{work}/npm/node_modules")
    concepts, tokenizer = Concepts(sprites.concepts, sprites.held_concepts), Tokenizer(f"{work}/merges.txt")
    rng, pictures = np.random.default_rng(11), []
    for index in sprites.by_style["noto"][:300:150]:
        canvas = compositing.background(rng, SIZE)
        compositing.paste(canvas, sprites, index, 48, (32, 32), rng)
        pictures.append(canvas)
    pictures = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
    pixels = target.normalized(pictures, target.CLIP_MEAN, target.CLIP_STD, 1.0)
    ids = torch.zeros(2, CONTEXT, dtype=torch.long)
    short = tokenizer.batch(["a photo of a dog.", "a drawing of a red apple"])
    ids[:, :short.shape[1]] = short
    files = dict(imageEncoder="vision_model.onnx", textEncoder="text_model.onnx")
    image_path, text_path = (os.path.join(folder, files[k]) for k in ("imageEncoder", "textEncoder"))
    target.export(image, (pixels,), image_path, ["pixel_values"], ["image_embeds"],
                  dict(pixel_values={0: "batch", 2: "height", 3: "width"}, image_embeds={0: "batch"}))
    target.export(text, (ids,), text_path, ["input_ids"], ["text_embeds"], dict(input_ids={0: "texts"}, text_embeds={0: "texts"}))
    quantize_table(text_path)
    target.parity("image", image, (pixels,), image_path, ["pixel_values"], runner)
    target.parity("text", text, (ids,), text_path, ["input_ids"], runner)
    shape = dict(size=SIZE, resize="shortestSideCrop", interpolation="bicubic", mean=target.CLIP_MEAN, std=target.CLIP_STD, range=1)
    test = dict(imageEncoder=dict(pixel_values=pixels.numpy()), textEncoder=dict(input_ids=ids.numpy()))
    files["merges"] = "merges.txt"
    target.write(folder, "starter-clip", "clip", version, files, shape, test, runner,
                 logitScale=LOGIT_SCALE, contextLength=CONTEXT, padding="zero")
    trained = [concepts.labels[c] for c in concepts.trained]
    held = [concepts.labels[c] for c in sorted(sprites.held_concepts)]
    with open(os.path.join(folder, "labels.json"), "w", encoding="utf-8") as file:
        json.dump(dict(trained=trained, heldOut=held), file, indent=0, ensure_ascii=False)
        file.write("\n")
    runner.close()


if __name__ == "__main__":
    main()
