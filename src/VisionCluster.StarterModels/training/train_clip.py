"""Trains starter-clip's image encoder: python3 train_clip.py WORK MINUTES [MODELS].

Resumes from WORK/clip.pt, else begins with the image encoder in MODELS.

By classification, with a cosine classifier on the embedding and a linear one on the features. `refit_clip.py` then fits the
final projection and one target vector a concept, and `train_clip_text.py` the text encoder to these vectors: text never
waits for pictures, so both train at full speed.
"""
import math
import os
import random
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import compositing
from captions import Concepts
from models.labeller import DIMENSIONS, FEATURES, ImageEncoder
from trainer import Trainer
from warm_start import load_export, measure_norms

SIZES, SIZE_SHARES = (48, 64, 80, 96), (0.2, 0.55, 0.15, 0.1)


def single(sprites, index, size, strength, rng, backdrop):
    """One object that fills most of a picture [S, S, 3]; `strength` 0..1 of changes and clutter: 0.3 mild, 0.6 heavy."""
    if rng.random() < strength:
        canvas = backdrop(rng, size)
    else:
        canvas = np.empty((size, size, 3), np.float32)
        canvas[...] = compositing.palette(rng)
    share = 0.98 - rng.random() * (0.06 + 0.5 * strength)
    reach = max(1 - share, 0.04)
    centre = (1 + rng.uniform(-reach, reach, 2)) * size / 2
    compositing.paste(canvas, sprites, index, share * size, centre, rng, 4 + 20 * strength, 0.15 + 0.85 * strength)
    return compositing.degrade(canvas, rng) if rng.random() < strength else np.clip(canvas, 0, 1)


def with_neighbours(sprites, index, size, rng, backdrop, others):
    """One object with parts of others behind and before it, as a crop of a scene shows it."""
    canvas = backdrop(rng, size)

    def neighbour():
        centre = size / 2 + rng.choice([-1, 1], 2) * size * rng.uniform(0.25, 0.6, 2)
        compositing.paste(canvas, sprites, others(rng), size * rng.uniform(0.3, 0.9), centre, rng)

    for _ in range(rng.integers(0, 3)):
        neighbour()
    share = rng.uniform(0.6, 1.0)
    centre = size / 2 * (1 + rng.uniform(-0.15, 0.15, 2))
    compositing.paste(canvas, sprites, index, share * size, centre, rng, 30)
    if rng.random() < 0.35:
        neighbour()
    return compositing.degrade(canvas, rng)


class Pictures:
    """Draws training pictures of given concepts, every style of a concept equally often."""

    def __init__(self, sprites, concepts, seed):
        self.sprites, self.rng = sprites, np.random.default_rng(seed)
        sprites.add_restyled(self.rng)
        self.backgrounds = compositing.BackgroundPool(self.rng, 3000)
        self.choices = {c: [] for c in concepts.trained}
        for index in sprites.drawings:
            self.choices[sprites.meta[index]["c"]].append(index)
        self.known = [c for c, ids in self.choices.items() if ids]

    def batch(self, concepts, size):
        rng = self.rng
        backdrop = lambda r, s: self.backgrounds.draw(r, s)
        other = lambda r: self.sprites.training[r.integers(len(self.sprites.training))]
        pictures = []
        for concept in concepts:
            ids = self.choices[concept]
            index = ids[rng.integers(len(ids))]
            if rng.random() < 0.25:
                pictures.append(with_neighbours(self.sprites, index, size, rng, backdrop, other))
            else:
                pictures.append(single(self.sprites, index, size, rng.random() * 0.7, rng, backdrop))
        stack = torch.from_numpy(np.stack(pictures).astype(np.float32)).permute(0, 3, 1, 2)
        return (stack * 2 - 1).to(memory_format=torch.channels_last)


class Targets(nn.Module):
    """A unit vector for each concept, a scale, and a plain linear classifier that speeds the trunk up."""

    def __init__(self, count):
        super().__init__()
        self.vectors = nn.Parameter(torch.randn(count, DIMENSIONS))
        self.log_scale = nn.Parameter(torch.tensor(math.log(16.0)))
        self.linear = nn.Linear(FEATURES, count)

    def cosine(self, embedding):
        return self.log_scale.exp().clamp(max=40) * embedding @ F.normalize(self.vectors, dim=-1).T


def begin_with(folder, image, targets, pictures):
    """Gives the image encoder the weights of the published model in `folder`, and each concept the mean of what it makes of it."""
    load_export(image, f"{folder}/vision_model.onnx", (torch.zeros(1, 3, 64, 64),))
    image.norm.running_mean.zero_()
    image.norm.running_var.fill_(1 - image.norm.eps)
    measure_norms(image, lambda: [image(pictures.batch(random.sample(pictures.known, 64), 64)) for _ in range(4)])
    with torch.no_grad():
        for concept in pictures.known:
            targets.vectors[concept] = image(pictures.batch([concept] * 12, 64)).mean(0)


def train_images(work, minutes, sprites, concepts, published=None, batch=48):
    image, targets = ImageEncoder(), Targets(len(concepts.labels))
    pictures = Pictures(sprites, concepts, random.getrandbits(32))
    if published and not os.path.exists(f"{work}/clip.pt"):
        begin_with(published, image, targets, pictures)
        image.train()
    trainer = Trainer(dict(image=image.to(memory_format=torch.channels_last), targets=targets),
                      f"{work}/clip.pt", minutes, 1e-3 if published else 1.5e-3, decay=0.05, average=0.999)
    print(f"{sum(p.numel() for p in image.parameters())} parameters, {len(pictures.known)} concepts", flush=True)

    def step():
        size = random.choices(SIZES, SIZE_SHARES)[0]
        chosen = random.sample(pictures.known, batch)
        x, y = pictures.batch(chosen, size), torch.tensor(chosen)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            features = image.features(x)
        features = features.float()
        cosine, linear = targets.cosine(image.embed(features)), targets.linear(features)
        loss = F.cross_entropy(cosine, y, label_smoothing=0.05) + 0.5 * F.cross_entropy(linear, y, label_smoothing=0.05)
        right = lambda z: float((z.argmax(1) == y).float().mean())
        return loss, dict(cosine=right(cosine), linear=right(linear))

    trainer.run(step, report_every=200)


def main():
    work, minutes = sys.argv[1], float(sys.argv[2])
    torch.set_num_threads(1)
    sprites = compositing.Sprites(work)
    train_images(work, minutes, sprites, Concepts(sprites.concepts, sprites.held_concepts),
                 f"{sys.argv[3]}/starter-clip" if len(sys.argv) > 3 else None)


if __name__ == "__main__":
    main()
