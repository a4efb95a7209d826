"""Measures exported starter-clip: python3 evaluate_clip.py WORK MODELS."""
import json
import os
import sys

import numpy as np
import torch

import compositing
import held_scenes
import model_folder
from captions import CONTEXT_LENGTH, ENSEMBLE, Concepts, Tokenizer
from onnx_session import OnnxRunner
from train_clip import single

SIZE = 64
MILD, HEAVY = 0.3, 0.6


class Labeller:
    """The two exported graphs behind arrays; every result is L2-normalised."""

    def __init__(self, folder, runner, tokenizer):
        self.folder, self.runner, self.tokenizer = folder, runner, tokenizer

    def images(self, pictures):
        """Pictures [n, S, S, 3] in 0..1 -> [n, 192]."""
        stack = torch.from_numpy(np.stack(pictures).astype(np.float32)).permute(0, 3, 1, 2)
        pixels = model_folder.normalized(stack, model_folder.CLIP_MEAN, model_folder.CLIP_STD, 1.0).numpy()
        return self.runner.run(f"{self.folder}/vision_model.onnx", dict(pixel_values=pixels), batch=32)["image_embeds"]

    def texts(self, labels):
        """The prompt ensemble of each label [n, 192]."""
        total = 0
        for template in ENSEMBLE:
            short = self.tokenizer.batch([template.format(l) for l in labels]).numpy()
            ids = np.zeros((len(labels), CONTEXT_LENGTH), np.int64)
            ids[:, :short.shape[1]] = short
            total = total + self.runner.run(f"{self.folder}/text_model.onnx", dict(input_ids=ids), batch=64)["text_embeds"]
        return total / np.linalg.norm(total, axis=1, keepdims=True)


def among(scores, right, count, rng, others):
    """Share of rows whose `right` column beats count - 1 random ones of `others`."""
    hits = []
    for row, answer in enumerate(right):
        rivals = rng.permutation(others[others != answer])[:count - 1]
        hits.append(scores[row, answer] > scores[row, rivals].max())
    return round(float(np.mean(hits)), 4)


def accuracy(embeddings, texts, right, seed=1):
    """Top-1 and top-5 over all names, and top-1 among 10, 50 and 200 random ones."""
    scores, rng = embeddings @ texts.T, np.random.default_rng(seed)
    order, right = (-scores).argsort(1), np.array(right)
    everything = np.arange(len(texts))
    result = dict(n=len(right), top1=round(float((order[:, 0] == right).mean()), 4),
                  top5=round(float((order[:, :5] == right[:, None]).any(1).mean()), 4))
    return result | {f"at{n}": among(scores, right, n, rng, everything) for n in (10, 50, 200)}


def pictures_of(sprites, ids, strength, seed, size=SIZE):
    """One picture of each sprite at the given strength of clutter; None: flat, and nothing changed."""
    rng, result = np.random.default_rng(seed), []
    for index in ids:
        if strength is None:
            canvas = np.empty((size, size, 3), np.float32)
            canvas[...] = compositing.palette(rng)
            compositing.paste(canvas, sprites, index, 0.95 * size, (size / 2, size / 2), rng, 0.0, 0.0, False)
            result.append(np.clip(canvas, 0, 1))
        else:
            result.append(single(sprites, index, size, strength, rng, compositing.background))
    return result


def main():
    work, models = sys.argv[1:3]
    sprites, runner = compositing.Sprites(work), OnnxRunner(f"{work}/npm/node_modules")
    concepts = Concepts(sprites.concepts, sprites.held_concepts)
    labeller = Labeller(os.path.join(models, "starter-clip"), runner, Tokenizer(f"{work}/merges.txt"))
    texts, seed, report = labeller.texts(concepts.labels), held_scenes.TEST_SEED, {}
    concept = lambda i: sprites.meta[i]["c"]
    held = [i for i in sprites.by_style[compositing.HELD_STYLE] if concept(i) not in sprites.held_concepts]
    # Every third chose refit_clip.py's shrinkage, so it can't be in the test.
    held = [i for n, i in enumerate(held) if n % 3]
    unseen = [i for i, m in enumerate(sprites.meta) if m["c"] in sprites.held_concepts and m["s"] != compositing.PHOTO_STYLE]
    photos = [i for i in sprites.by_style[compositing.PHOTO_STYLE] if concept(i) >= 0 and concept(i) not in sprites.held_concepts]
    trained = np.random.default_rng(seed).permutation(sprites.drawings)[:900].tolist()

    def measure(name, ids, strength, size=SIZE):
        embeddings = labeller.images(pictures_of(sprites, ids, strength, seed, size))
        report[name] = accuracy(embeddings, texts, [concept(i) for i in ids])
        print(name, json.dumps(report[name]), flush=True)
        return embeddings

    measure("held style, flat", held, None)
    mild = measure("held style, mild", held, MILD)
    measure("held style, heavy", held, HEAVY)
    for size in (48, 80, 96):
        measure(f"held style, mild, {size} px", held, MILD, size)
    measure("training styles, mild", trained, MILD)
    measure("unseen concepts, flat", unseen, None)
    measure("photo cut-outs, flat", photos, None)
    columns = np.array([concept(i) for i in held])
    rng, gallery = np.random.default_rng(seed), np.arange(len(held))
    report["text to image, held style, mild"] = {f"at{n}": among(texts[columns] @ mild.T, gallery, n, rng, gallery) for n in (10, 50)}
    words = [(n, concepts.unseen_words[c]) for n, c in enumerate(columns) if c in concepts.unseen_words]
    queries = labeller.texts([w for _, w in words])
    report["unseen synonyms to image, mild"] = dict(n=len(words), **{
        f"at{n}": among(queries @ mild.T, np.array([n for n, _ in words]), n, rng, gallery) for n in (10, 50)})
    for name in list(report)[-2:]:
        print(name, json.dumps(report[name]), flush=True)
    with open(f"{work}/evaluation_clip.json", "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
    runner.close()


if __name__ == "__main__":
    main()
