"""Writes the evaluation set that ships: python3 make_eval_set.py WORK OUTPUT [SCENES]. OUTPUT/README.md has the format."""
import json
import os
import sys

import cv2
import numpy as np

import coco_rle
import compositing
import held_scenes
import prompting
from captions import ENSEMBLE, Concepts

VOCABULARY = 50


def main():
    work, output = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 80
    os.makedirs(output, exist_ok=True)
    sprites = compositing.Sprites(work)
    concepts = Concepts(sprites.concepts, sprites.held_concepts)
    labels = sorted({concepts.labels[c] for c in concepts.trained})
    rng, entries = np.random.default_rng(held_scenes.EVAL_SET_SEED), []
    pool = held_scenes.held_pool(sprites, known_only=True)
    for number, (picture, masks, owners) in enumerate(held_scenes.scenes(sprites, pool, count, held_scenes.EVAL_SET_SEED)):
        name = f"scene-{number:03}.jpg"
        pixels = np.round(picture[..., ::-1] * 255).astype(np.uint8)
        cv2.imwrite(os.path.join(output, name), pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])
        names = [concepts.labels[sprites.meta[o]["c"]] for o in owners]
        others = [l for l in rng.permutation(labels) if l not in names]
        vocabulary = [str(l) for l in rng.permutation(sorted(set(names)) + others[:VOCABULARY - len(set(names))])]
        objects = [dict(label=label, box=list(prompting.bounding_box(mask)), area=int(mask.sum()),
                        point=[float(v) for v in prompting.interior_point(mask)], segmentation=coco_rle.encode(mask))
                   for label, mask in zip(names, masks)]
        for item, mask in zip(objects, masks):
            assert (coco_rle.decode(item["segmentation"]) == mask).all()
        entries.append(dict(image=name, width=held_scenes.SIZE, height=held_scenes.SIZE, vocabulary=vocabulary, objects=objects))
    with open(os.path.join(output, "eval.json"), "w", encoding="utf-8") as file:
        json.dump(dict(version=1, seed=held_scenes.EVAL_SET_SEED, style="twemoji", templates=ENSEMBLE, scenes=entries),
                  file, ensure_ascii=False, separators=(",", ":"))
    print(len(entries), "scenes,", sum(len(e["objects"]) for e in entries), "objects")


if __name__ == "__main__":
    main()
