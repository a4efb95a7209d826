"""Packs the rendered drawings: python3 pack_sprites.py WORK [TUXPAINT_STAMPS].

Writes WORK/sprites.npy, uint8 [N, 128, 128, 4] premultiplied RGBA, and WORK/meta.json with concept ("c", -1: none), style
("s"), box of the solid part ("bb", x0 y0 x1 y1) and key of each. Tux Paint's stamps (GPL-2) are only ever evaluated on.
"""
import glob
import json
import os
import re
import sys

import numpy as np
from PIL import Image

STYLES = ["noto", "notov1", "fluent", "fluentflat", "fluent3d", "fx", "emojione", "twemoji", "clip", "streamline", "monotone", "contrast"]
SIZE = 128
LEAST_PIXELS = 150
ARTICLES = {"a", "an", "the", "some"}


class Packer:
    """Collects sprites whose solid part is worth keeping."""

    def __init__(self):
        self.pixels, self.meta = [], []

    def add(self, path, concept, style, key):
        try:
            picture = Image.open(path).convert("RGBA")
        except OSError as error:
            print(f"skipped {path}: {error}")
            return False
        picture.thumbnail((SIZE, SIZE), Image.LANCZOS)
        canvas = Image.new("RGBA", (SIZE, SIZE))
        canvas.paste(picture, ((SIZE - picture.width) // 2, (SIZE - picture.height) // 2))
        pixels = np.asarray(canvas).astype(np.float32)
        pixels[..., :3] *= pixels[..., 3:] / 255
        solid = pixels[..., 3] > 127.5
        if solid.sum() < LEAST_PIXELS:
            return False
        rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
        box = [int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1]
        fill = solid.sum() / ((box[2] - box[0]) * (box[3] - box[1]))
        if style in ("clip", "tux") and not 0.15 <= fill <= 0.97:
            return False
        self.pixels.append(pixels.round().astype(np.uint8))
        self.meta.append(dict(c=concept, s=style, bb=box, key=key))
        return True


def stamp_concept(text, names):
    """The concept whose name ends a stamp's short description, or -1."""
    words = [w for w in re.sub(r"[^a-z ]", "", text).split() if w not in ARTICLES]
    for length in (3, 2, 1):
        name = " ".join(words[-length:])
        if length <= len(words) <= length + 2 and name in names:
            return names[name]
    return -1


def add_stamps(packer, folder, concepts):
    names = {}
    for spelling in (lambda c: [c["label"]], lambda c: [code.replace("_", " ") for code in c["codes"]]):
        for index, concept in enumerate(concepts):
            for name in spelling(concept):
                names.setdefault(name, index)
    for path in sorted(glob.glob(f"{folder}/**/*.png", recursive=True)):
        if any(part in path for part in ("symbols/", "cartoon", "_mirror", "silo")):
            continue
        text = path[:-4] + ".txt"
        line = open(text, errors="ignore").readline().strip().lower() if os.path.exists(text) else ""
        packer.add(path, stamp_concept(line, names), "tux", line[:60])


def main():
    work = sys.argv[1]
    with open(f"{work}/concepts.json", encoding="utf-8") as file:
        concepts = json.load(file)
    index, packer = {c["hex"]: n for n, c in enumerate(concepts)}, Packer()
    for style in STYLES:
        paths = sorted(glob.glob(f"{work}/svg/{style}/*.webp" if style == "fluent3d" else f"{work}/png/{style}/*.png"))
        kept = 0
        for path in paths:
            key = os.path.basename(path).rsplit(".", 1)[0]
            kept += packer.add(path, -1 if style == "clip" else index.get(key, -1), style, key)
        print(f"{style}: {kept} of {len(paths)}", flush=True)
    if len(sys.argv) > 2:
        add_stamps(packer, sys.argv[2], concepts)
    np.save(f"{work}/sprites.npy", np.stack(packer.pixels))
    with open(f"{work}/meta.json", "w", encoding="utf-8") as file:
        json.dump(packer.meta, file)
    print(len(packer.meta), "sprites")


if __name__ == "__main__":
    main()
