"""Draws failures for the model cards: python3 draw_failures.py WORK MODELS. Writes failures.png into the model folders.

starter-sam: the test scenes' worst clicks, truth outlined green, answer red. starter-clip: held-out drawings with the names
they got. starter-regionclip: scenes with missed objects (red) and false boxes (blue). Not one is chosen by hand.
"""
import os
import sys

import cv2
import numpy as np
from PIL import Image

import compositing
import held_scenes
import prompting
from captions import Concepts, Tokenizer
from evaluate_clip import HEAVY, Labeller, pictures_of
from evaluate_regionclip import RegionModel, overlaps, suppress
from evaluate_sam import Segmenter, full, overlap
from onnx_session import OnnxRunner

TILE = 144
COLUMNS = 6


def save(path, tiles):
    """Tiles [144, 144, 3] in 0..1 as one indexed picture, six a row."""
    rows = [np.concatenate(tiles[n:n + COLUMNS], 1) for n in range(0, len(tiles) // COLUMNS * COLUMNS, COLUMNS)]
    pixels = np.clip(np.concatenate(rows, 0) * 255, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).quantize(64).save(path, optimize=True)


def outline(picture, mask, colour):
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, contours, -1, colour, 1)


def segmentation(sprites, models, runner):
    segmenter, found = Segmenter(os.path.join(models, "starter-sam"), runner), []
    for picture, truths, _ in held_scenes.scenes(sprites, held_scenes.held_pool(sprites), 40, held_scenes.TEST_SEED):
        embedding = segmenter.embed(picture)
        points = np.array([[prompting.interior_point(t), (0, 0)] for t in truths], np.float32)
        logits, quality = segmenter.masks(embedding, points, np.tile(np.array([1, -1], np.float32), (len(truths), 1)))
        for row, truth in enumerate(truths):
            mask, canvas = full(logits[row, quality[row].argmax()]), picture.copy()
            outline(canvas, truth, (0, 1, 0))
            outline(canvas, mask, (1, 0, 0))
            cv2.circle(canvas, tuple(int(v) for v in points[row, 0]), 3, (1, 1, 0), -1)
            found.append((overlap(mask, truth), cv2.resize(canvas, (TILE, TILE), interpolation=cv2.INTER_AREA)))
    found.sort(key=lambda f: f[0])
    # Every fourth of the worst quarter: the very worst are slivers that say little.
    worst = [tile for _, tile in found[:max(COLUMNS * 2, len(found) // 4)]]
    return worst[::max(1, len(worst) // (COLUMNS * 2))][:COLUMNS * 2]


def names(sprites, models, runner, work):
    concepts = Concepts(sprites.concepts, sprites.held_concepts)
    labeller = Labeller(os.path.join(models, "starter-clip"), runner, Tokenizer(f"{work}/merges.txt"))
    ids = [i for i in sprites.by_style[compositing.HELD_STYLE] if sprites.meta[i]["c"] not in sprites.held_concepts][::6]
    pictures = pictures_of(sprites, ids, HEAVY, held_scenes.TEST_SEED)
    answers = (labeller.images(pictures) @ labeller.texts(concepts.labels).T).argmax(1)
    tiles = []
    for picture, index, answer in zip(pictures, ids, answers):
        if answer != sprites.meta[index]["c"] and len(tiles) < COLUMNS * 2:
            tile = cv2.resize(picture, (TILE, TILE), interpolation=cv2.INTER_LINEAR)
            tile[-34:] = 0
            for line, text in enumerate((concepts.labels[sprites.meta[index]["c"]], "-> " + concepts.labels[answer])):
                cv2.putText(tile, text[:24], (2, TILE - 21 + 14 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.33, (1, 1, 1), 1, cv2.LINE_AA)
            tiles.append(tile)
    return tiles


def detection(sprites, models, runner):
    model, found = RegionModel(os.path.join(models, "starter-regionclip"), runner), []
    for picture, masks, _ in held_scenes.scenes(sprites, held_scenes.held_pool(sprites, True), 40, held_scenes.TEST_SEED + 40):
        truth = np.array([prompting.bounding_box(m) for m in masks])
        boxes, objectness, _ = model.detect(picture)
        kept = suppress(boxes, objectness, 0.6)
        boxes = boxes[kept][objectness[kept] > 0.5]
        near = overlaps(boxes, truth) >= 0.5
        missed, false = truth[~near.any(0)] if len(boxes) else truth, boxes[~near.any(1)]
        canvas = picture.copy()
        for group, colour in ((missed, (1, 0, 0)), (false, (0, 0, 1))):
            for x0, y0, x1, y1 in group.astype(int):
                cv2.rectangle(canvas, (x0, y0), (x1 - 1, y1 - 1), colour, 2)
        found.append((-(len(missed) + len(false)), len(found), cv2.resize(canvas, (TILE, TILE), interpolation=cv2.INTER_AREA)))
    return [tile for _, _, tile in sorted(found, key=lambda f: f[:2])[:COLUMNS * 2]]


def main():
    work, models = sys.argv[1:3]
    sprites, runner = compositing.Sprites(work), OnnxRunner(f"{work}/npm/node_modules")
    for name, tiles in (("starter-sam", lambda: segmentation(sprites, models, runner)),
                        ("starter-clip", lambda: names(sprites, models, runner, work)),
                        ("starter-regionclip", lambda: detection(sprites, models, runner))):
        if os.path.exists(os.path.join(models, name, "model.json")):
            save(os.path.join(models, name, "failures.png"), tiles())
    runner.close()


if __name__ == "__main__":
    main()
