"""Measures exported starter-regionclip beside starter-clip on crops: python3 evaluate_regionclip.py WORK MODELS."""
import json
import os
import sys
import time

import cv2
import numpy as np
import torch

import compositing
import held_scenes
import model_folder
import prompting
from captions import Concepts, Tokenizer
from evaluate_clip import SIZE as CROP
from evaluate_clip import Labeller
from models.region import SIZE
from onnx_session import OnnxRunner

SCENE = held_scenes.SIZE
TEMPERATURE = 0.05


class RegionModel:
    """The two exported graphs; boxes are pixels of the scene."""

    def __init__(self, folder, runner):
        self.folder, self.runner = folder, runner

    def detect(self, picture, threads=1):
        small = np.clip(cv2.resize(picture, (SIZE, SIZE), interpolation=cv2.INTER_AREA), 0, 1)
        tensor = torch.from_numpy(np.ascontiguousarray(small.transpose(2, 0, 1)))[None]
        pixels = model_folder.normalized(tensor, model_folder.CLIP_MEAN, model_folder.CLIP_STD, 1.0).numpy()
        out = self.runner.run(f"{self.folder}/detector.onnx", dict(pixel_values=pixels), threads=threads)
        return out["boxes"][0] * SCENE / SIZE, 1 / (1 + np.exp(-out["objectness"][0])), out["feature_map"]

    def embed(self, feature_map, boxes, threads=1):
        return self.runner.run(f"{self.folder}/region_encoder.onnx", dict(
            feature_map=feature_map, boxes=(np.asarray(boxes) * SIZE / SCENE).astype(np.float32),
            batch_indices=np.zeros(len(boxes), np.int64)), threads=threads)["region_embeds"]


def crop(picture, box):
    """The square around `box`, side its longer one, edges repeated outside, as [64, 64, 3]."""
    x0, y0, x1, y1 = box
    half = max(x1 - x0, y1 - y0) / 2
    scale = CROP / (2 * half)
    matrix = np.array([[scale, 0, CROP / 2 - scale * (x0 + x1) / 2], [0, scale, CROP / 2 - scale * (y0 + y1) / 2]])
    if scale < 1:
        side = int(np.ceil(2 * half))
        offset = np.array([[1, 0, side / 2 - (x0 + x1) / 2], [0, 1, side / 2 - (y0 + y1) / 2]])
        whole = cv2.warpAffine(picture, offset, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return cv2.resize(whole, (CROP, CROP), interpolation=cv2.INTER_AREA)
    return np.clip(cv2.warpAffine(picture, matrix, (CROP, CROP), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), 0, 1)


def overlaps(boxes, other):
    low, high = np.maximum(boxes[:, None, :2], other[None, :, :2]), np.minimum(boxes[:, None, 2:], other[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(2)
    area = lambda b: (b[:, 2:] - b[:, :2]).prod(1)
    return shared / (area(boxes)[:, None] + area(other)[None] - shared + 1e-6)


def suppress(boxes, scores, threshold):
    """Greedy non-maximum suppression; kept indices, best first."""
    order, kept = (-scores).argsort(kind="stable"), []
    while len(order):
        kept.append(order[0])
        order = order[1:][overlaps(boxes[order[:1]], boxes[order[1:]])[0] <= threshold]
    return np.array(kept, int)


def average_precision(found, total):
    """Area under the interpolated precision-recall curve for (score, hit) pairs over all scenes."""
    if not found:
        return 0.0
    hits = np.array([h for _, h in sorted(found, key=lambda f: -f[0])], float)
    recall, precision = hits.cumsum() / total, hits.cumsum() / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(np.concatenate([[0], recall])) * precision).sum())


def match(boxes, scores, labels, truth, names, found):
    """Adds (score, hit) of each detection, every true box matched once at IoU 0.5."""
    used = np.zeros(len(truth), bool)
    overlap = overlaps(boxes, truth)
    for row in (-scores).argsort(kind="stable"):
        allowed = (overlap[row] >= 0.5) & ~used & (names == labels[row] if labels is not None else True)
        best = np.where(allowed, overlap[row], -1).argmax()
        hit = bool(allowed[best])
        used[best] |= hit
        found.append((float(scores[row]), hit))


def speed(model, labeller, pictures, boxes):
    """Milliseconds for 50 boxes on one picture: by crops, and by one pass and RoIAlign; the least of several runs each, 2 threads."""
    fifty = np.resize(boxes, (50, 4))
    crops, regions = [], []
    for _ in range(15):
        began = time.perf_counter()
        stack = np.stack([crop(pictures[0], b) for b in fifty])
        prepared = (time.perf_counter() - began) * 1000
        pixels = np.ascontiguousarray(stack.transpose(0, 3, 1, 2).astype(np.float32))
        labeller.runner.run(f"{labeller.folder}/vision_model.onnx", dict(pixel_values=pixels), threads=2)
        crops.append(prepared + labeller.runner.milliseconds)
        began = time.perf_counter()
        cv2.resize(pictures[0], (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        prepared = (time.perf_counter() - began) * 1000
        _, _, feature_map = model.detect(pictures[0], threads=2)
        detect = model.runner.milliseconds
        model.embed(feature_map, fifty, threads=2)
        regions.append(prepared + detect + model.runner.milliseconds)
    return dict(crops_ms=round(min(crops), 2), regions_ms=round(min(regions), 2), ratio=round(min(crops) / min(regions), 2))


def main():
    work, models = sys.argv[1:3]
    sprites, runner = compositing.Sprites(work), OnnxRunner(f"{work}/npm/node_modules")
    concepts = Concepts(sprites.concepts, sprites.held_concepts)
    labeller = Labeller(os.path.join(models, "starter-clip"), runner, Tokenizer(f"{work}/merges.txt"))
    model = RegionModel(os.path.join(models, "starter-regionclip"), runner)
    texts = labeller.texts(concepts.labels)
    known, rng = np.array(concepts.trained), np.random.default_rng(held_scenes.TEST_SEED)
    plain, named, total, crop_right, region_right, recall = [], [], 0, [], [], []
    kept_picture = kept_boxes = None
    for picture, masks, owners in held_scenes.scenes(sprites, held_scenes.held_pool(sprites, True), 160, held_scenes.TEST_SEED + 40):
        truth = np.array([prompting.bounding_box(m) for m in masks])
        names = np.array([sprites.meta[o]["c"] for o in owners])
        others = rng.permutation(known[~np.isin(known, names)])
        vocabulary = np.concatenate([np.unique(names), others[:50 - len(np.unique(names))]])
        boxes, objectness, feature_map = model.detect(picture)
        by_region = model.embed(feature_map, truth) @ texts[vocabulary].T
        by_crop = labeller.images([crop(picture, b) for b in truth]) @ texts[vocabulary].T
        region_right += (vocabulary[by_region.argmax(1)] == names).tolist()
        crop_right += (vocabulary[by_crop.argmax(1)] == names).tolist()
        kept = suppress(boxes, objectness, 0.6)[:100]
        boxes, objectness = boxes[kept], objectness[kept]
        recall += (overlaps(boxes, truth).max(0) >= 0.5).tolist()
        match(boxes, objectness, None, truth, names, plain)
        logits = np.concatenate([model.embed(feature_map, boxes) @ texts[vocabulary].T, np.zeros((len(boxes), 1))], 1) / TEMPERATURE
        chance = np.exp(logits - logits.max(1, keepdims=True))
        chance = (chance / chance.sum(1, keepdims=True))[:, :-1]
        score = np.sqrt(chance.max(1) * objectness)
        label = chance.argmax(1)
        rows = np.concatenate([np.flatnonzero(label == l)[suppress(boxes[label == l], score[label == l], 0.5)] for l in np.unique(label)])
        match(boxes[rows], score[rows], vocabulary[label[rows]], truth, names, named)
        total += len(truth)
        kept_picture, kept_boxes = picture, truth
    report = dict(objects=total, recall_at_100=round(float(np.mean(recall)), 4), ap50_class_agnostic=round(average_precision(plain, total), 4),
                  ap50_vocabulary=round(average_precision(named, total), 4), region_top1_of_50=round(float(np.mean(region_right)), 4),
                  crop_top1_of_50=round(float(np.mean(crop_right)), 4), **speed(model, labeller, [kept_picture], kept_boxes))
    print(json.dumps(report))
    with open(f"{work}/evaluation_regionclip.json", "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
    runner.close()


if __name__ == "__main__":
    main()
