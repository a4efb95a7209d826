"""Measures exported starter-sam: python3 evaluate_sam.py WORK MODELS [SET...]. Sets: held, hard, photo, train; all by default."""
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
from onnx_session import OnnxRunner

SIZE, LOW = held_scenes.SIZE, held_scenes.SIZE // 2


def overlap(mask, truth):
    return float((mask & truth).sum() / max(1, (mask | truth).sum()))


def full(logits):
    """Logits [128, 128] -> bool mask [256, 256]."""
    return cv2.resize(logits, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR) > 0


class Segmenter:
    """The two exported graphs behind arrays."""

    def __init__(self, folder, runner):
        self.folder, self.runner = folder, runner

    def embed(self, picture):
        tensor = torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None]
        pixels = model_folder.normalized(tensor, model_folder.SAM_MEAN, model_folder.SAM_STD, 255.0).numpy()
        return self.runner.run(f"{self.folder}/vision_encoder.onnx", dict(pixel_values=pixels))["image_embeddings"]

    def masks(self, embedding, points, labels, masks=None):
        """Prompts [n, k] on one picture -> logits [n, 3, 128, 128], predicted IoU [n, 3]."""
        rows = len(points)
        given = masks if masks is not None else np.zeros((rows, 1, LOW, LOW), np.float32)
        has = np.full(rows, float(masks is not None), np.float32)
        out = self.runner.run(f"{self.folder}/mask_decoder.onnx", dict(
            image_embeddings=np.repeat(embedding, rows, 0), point_coords=points.astype(np.float32),
            point_labels=labels.astype(np.float32), mask_input=given, has_mask_input=has))
        return out["low_res_masks"], out["iou_predictions"]


def ellipse_baseline(truth):
    x0, y0, x1, y1 = prompting.bounding_box(truth)
    y, x = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    return overlap(((2 * x - x0 - x1) / (x1 - x0)) ** 2 + ((2 * y - y0 - y1) / (y1 - y0)) ** 2 <= 1, truth)


def flood_baseline(picture, point, truth):
    """Colour flood fill from the click, one fixed tolerance."""
    x, y = int(point[0]), int(point[1])
    near = (np.abs(picture - picture[y, x]).sum(2) < 0.3).astype(np.uint8)
    _, parts = cv2.connectedComponents(near, connectivity=4)
    return overlap(parts == parts[y, x], truth)


def evaluate(segmenter, scenes):
    """Figures of every object by name; `predicted` and `actual` hold three a click."""
    rows = {k: [] for k in ("click_top", "click_best", "click2_top", "click3_top", "box_top", "box_best",
                            "predicted", "actual", "ranked", "winner", "area", "ellipse", "flood")}
    for picture, truths, _ in scenes:
        embedding = segmenter.embed(picture)
        n, picked = len(truths), np.arange(len(truths))
        points = np.array([[prompting.interior_point(t), (0, 0)] for t in truths], np.float32)
        labels = np.tile(np.array([1, -1], np.float32), (n, 1))
        logits, quality = segmenter.masks(embedding, points, labels)
        ious = np.array([[overlap(full(l), t) for l in heads] for heads, t in zip(logits, truths)])
        top = quality.argmax(1)
        rows["click_top"] += ious[picked, top].tolist()
        rows["click_best"] += ious.max(1).tolist()
        rows["predicted"] += quality.ravel().tolist()
        rows["actual"] += ious.ravel().tolist()
        rows["ranked"] += top.tolist()
        rows["winner"] += ious.argmax(1).tolist()
        rows["area"] += [float(t.mean()) for t in truths]
        rows["ellipse"] += [ellipse_baseline(t) for t in truths]
        rows["flood"] += [flood_baseline(picture, p[0], t) for p, t in zip(points, truths)]
        chosen, points, labels = logits[picked, top], points[:, :1], labels[:, :1]
        for click in (2, 3):
            fixes = [prompting.correction(t, full(c)) or ((0, 0), prompting.PADDING) for t, c in zip(truths, chosen)]
            points = np.concatenate([points, np.array([[f[0]] for f in fixes], np.float32)], 1)
            labels = np.concatenate([labels, np.array([[f[1]] for f in fixes], np.float32)], 1)
            more, more_quality = segmenter.masks(embedding, points, labels, chosen[:, None])
            chosen = more[picked, more_quality.argmax(1)]
            rows[f"click{click}_top"] += [overlap(full(c), t) for c, t in zip(chosen, truths)]
        boxes = np.array([prompting.bounding_box(t) for t in truths], np.float32).reshape(n, 2, 2)
        logits, quality = segmenter.masks(embedding, boxes, np.tile(np.array([2, 3], np.float32), (n, 1)))
        ious = np.array([[overlap(full(l), t) for l in heads] for heads, t in zip(logits, truths)])
        rows["box_top"] += ious[picked, quality.argmax(1)].tolist()
        rows["box_best"] += ious.max(1).tolist()
    return rows


def summary(rows):
    means = {k: round(float(np.mean(rows[k])), 4) for k in
             ("click_top", "click_best", "click2_top", "click3_top", "box_top", "box_best", "ellipse", "flood")}
    area, top, box = (np.array(rows[k]) for k in ("area", "click_top", "box_top"))
    bands = [(0, 0.02), (0.02, 0.05), (0.05, 0.12), (0.12, 1.0)]
    by_area = {f"{a:g}-{b:g}": [round(float(v[(area >= a) & (area < b)].mean()), 3) for v in (top, box)]
               for a, b in bands if ((area >= a) & (area < b)).any()}
    return dict(objects=len(top), **means, pearson=round(float(np.corrcoef(rows["predicted"], rows["actual"])[0, 1]), 4),
                ranked_first=np.bincount(rows["ranked"], minlength=3).tolist(),
                truly_best=np.bincount(rows["winner"], minlength=3).tolist(), click_and_box_by_area=by_area)


def main():
    work, models, chosen = sys.argv[1], sys.argv[2], sys.argv[3:] or ["held", "hard", "photo", "train"]
    sprites, runner = compositing.Sprites(work), OnnxRunner(f"{work}/npm/node_modules")
    held, seed = held_scenes.held_pool(sprites), held_scenes.TEST_SEED
    drawings = lambda rng: sprites.drawings[rng.integers(len(sprites.drawings))]
    sets = dict(held=(held, 160, seed, False), hard=(held, 120, seed + 10, True),
                photo=(held_scenes.photo_pool(sprites), 100, seed + 20, False), train=(drawings, 100, seed + 30, False))
    segmenter, report = Segmenter(os.path.join(models, "starter-sam"), runner), {}
    for name in chosen:
        began = time.time()
        report[name] = summary(evaluate(segmenter, held_scenes.scenes(sprites, *sets[name][:3], hard=sets[name][3])))
        print(name, json.dumps(report[name]), f"{time.time() - began:.0f}s", flush=True)
    path = f"{work}/evaluation_sam.json"
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            report = json.load(file) | report
    with open(path, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
    runner.close()


if __name__ == "__main__":
    main()
