"""Refits starter-clip's projection by linear discriminant analysis: python3 refit_clip.py WORK. Writes WORK/clip_final.pt.

The trained projection was fitted to noisy batches; the discriminant one sees every drawing's features at once, whitens what
varies within a concept, and so carries further to styles it never saw. The class means in it are the text's targets.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

import compositing
from models.labeller import DIMENSIONS, ImageEncoder
from train_clip import single

SIZE = 64
STRENGTHS = (0.15, 0.45)
SHRINKAGE = 0.03


def features_of(encoder, sprites, seed=11):
    """Features [n, 512] of every training drawing at two strengths, and their concepts [n]."""
    rng, parts, concepts = np.random.default_rng(seed), [], []
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for strength in STRENGTHS:
            for at in range(0, len(sprites.drawings), 64):
                ids = sprites.drawings[at:at + 64]
                pictures = np.stack([single(sprites, i, SIZE, strength, rng, compositing.background) for i in ids])
                x = torch.from_numpy(pictures.astype(np.float32)).permute(0, 3, 1, 2) * 2 - 1
                parts.append(encoder.features(x.to(memory_format=torch.channels_last)).float())
                concepts += [sprites.meta[i]["c"] for i in ids]
    return torch.cat(parts), torch.tensor(concepts)


def discriminant(features, classes, count):
    """Projection [512, 192] and offset [192] that whiten the variation within classes, and unit class means [count, 192]."""
    number = torch.bincount(classes, minlength=count)
    present = number > 0
    means = torch.zeros(count, features.shape[1]).index_add_(0, classes, features) / number.clamp(min=1)[:, None]
    middle, rest = features.mean(0), features - means[classes]
    within = rest.T @ rest / len(rest)
    within = (1 - SHRINKAGE) * within + SHRINKAGE * within.diagonal().mean() * torch.eye(len(within))
    values, axes = torch.linalg.eigh(within)
    whiten = axes @ torch.diag(values ** -0.5) @ axes.T
    between = (means[present] - middle) @ whiten
    _, _, directions = torch.linalg.svd(between, full_matrices=False)
    projection = whiten @ directions[:DIMENSIONS].T
    return projection, -middle @ projection, F.normalize((means - middle) @ projection, dim=-1)


def main():
    work = sys.argv[1]
    torch.set_num_threads(1)
    sprites, encoder = compositing.Sprites(work), ImageEncoder()
    encoder.load_state_dict(torch.load(f"{work}/clip.pt", map_location="cpu")["average"]["image"])
    encoder.eval().to(memory_format=torch.channels_last)
    features, classes = features_of(encoder, sprites)
    projection, offset, vectors = discriminant(features, classes, len(sprites.concepts))
    encoder.project.weight.data.copy_(projection.T)
    encoder.project.bias.data.copy_(offset)
    encoder.norm.running_mean.zero_()
    encoder.norm.running_var.fill_(1 - encoder.norm.eps)
    torch.save(dict(image=encoder.state_dict(), vectors=vectors), f"{work}/clip_final.pt")


if __name__ == "__main__":
    main()
