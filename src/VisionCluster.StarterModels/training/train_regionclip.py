"""Trains starter-regionclip from starter-clip: python3 train_regionclip.py WORK MINUTES. Resumes from WORK/region.pt."""
import sys

import cv2
import numpy as np
import torch
import torch.nn.functional as F

import compositing
import prompting
from captions import Concepts
from models.labeller import ImageEncoder
from models.region import SIZE, STRIDE, from_labeller, roi_align
from trainer import Trainer

PADDING_COLOUR = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
LEAST_SIDE = 6


class Scenes:
    """Scenes of 144 pixels, drawn at 144 or 256 and shrunk, with the boxes and concepts of what is visible."""

    def __init__(self, sprites, seed):
        self.sprites, self.rng = sprites, np.random.default_rng(seed)
        sprites.add_restyled(self.rng)
        self.backgrounds = compositing.BackgroundPool(self.rng, 1500)

    def pool(self, rng):
        ids = self.sprites.clipart if rng.random() < 0.1 else self.sprites.drawings
        return ids[rng.integers(len(ids))]

    def draw(self):
        """Picture [144, 144, 3], boxes [n, 4] in pixels, concepts [n] (-1: no name)."""
        rng = self.rng
        side = int(rng.choice([SIZE, 256], p=[0.6, 0.4]))
        picture, masks, owners = compositing.scene(
            self.sprites, self.pool, rng, side, lambda r, s: self.backgrounds.draw(r, s), (1, 7), (0.12, 0.8), rng.random() < 0.25)
        if side != SIZE:
            picture = cv2.resize(picture, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        if rng.random() < 0.2:
            edge = int(rng.uniform(0.5, 0.97) * SIZE)
            picture[edge:] = PADDING_COLOUR
            for mask in masks:
                mask[edge * side // SIZE:] = False
        kept = [(prompting.bounding_box(m), self.sprites.meta[o]["c"]) for m, o in zip(masks, owners) if m.sum() > 0.002 * side * side]
        kept = [(np.array(b) * SIZE / side, c) for b, c in kept if min(b[2] - b[0], b[3] - b[1]) * SIZE / side >= LEAST_SIDE]
        return picture, np.array([b for b, _ in kept], np.float32).reshape(-1, 4), [c for _, c in kept]

    def batch(self, count):
        pictures, boxes, concepts = zip(*(self.draw() for _ in range(count)))
        stack = torch.from_numpy(np.stack(pictures).astype(np.float32)).permute(0, 3, 1, 2) * 2 - 1
        return stack.to(memory_format=torch.channels_last), [torch.from_numpy(b) for b in boxes], concepts


def iou(a, b):
    """IoU [n] of boxes [n, 4] with boxes [n, 4]."""
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    area = lambda c: ((c[:, 2] - c[:, 0]) * (c[:, 3] - c[:, 1])).clamp(min=0)
    overlap = (high - low).clamp(min=0).prod(1)
    return overlap / (area(a) + area(b) - overlap + 1e-6)


def detection_loss(boxes, objectness, truth):
    """Each cell near an object's middle answers for it (the smallest of several). GIoU loss, and cross-entropy of the
    objectness with the IoU its box reaches. Returns the loss and the mean IoU."""
    cells = int(boxes.shape[1] ** 0.5)
    middle = (torch.arange(cells) + 0.5) * STRIDE
    points = torch.stack([middle.repeat(cells), middle.repeat_interleave(cells)], 1)
    target = torch.zeros_like(objectness)
    chosen_boxes, chosen_truth, cells_of = [], [], []
    for row, real in enumerate(truth):
        if not len(real):
            continue
        centre, half = (real[:, :2] + real[:, 2:]) / 2, (real[:, 2:] - real[:, :2]) / 2
        reach = torch.minimum((half * 0.5).clamp(min=STRIDE * 0.75), torch.tensor(STRIDE * 2.0))
        near = ((points[:, None] - centre).abs() <= reach).all(2)
        area = half.prod(1)[None].expand(len(points), -1).masked_fill(~near, 1e9)
        cell = near.any(1).nonzero()[:, 0]
        chosen_boxes.append(boxes[row, cell])
        chosen_truth.append(real[area[cell].argmin(1)])
        cells_of.append(row * boxes.shape[1] + cell)
    if not cells_of:
        return objectness.sum() * 0, 0.0
    got, want, index = torch.cat(chosen_boxes), torch.cat(chosen_truth), torch.cat(cells_of)
    overlap = iou(got, want)
    hull = (torch.maximum(got[:, 2:], want[:, 2:]) - torch.minimum(got[:, :2], want[:, :2])).prod(1)
    area = lambda b: (b[:, 2:] - b[:, :2]).clamp(min=0).prod(1)
    union = (area(got) + area(want)) / (1 + overlap)
    giou = overlap - (hull - union) / (hull + 1e-6)
    target.view(-1)[index] = overlap.detach().clamp(0, 1)
    p = objectness.sigmoid().detach()
    weight = (target - p).abs() ** 1.5 + 0.02
    entropy = (F.binary_cross_entropy_with_logits(objectness, target, reduction="none") * weight).sum() / len(index)
    return (1 - giou).mean() + entropy, float(overlap.detach().mean())


def main():
    work, minutes = sys.argv[1], float(sys.argv[2])
    torch.set_num_threads(1)
    sprites = compositing.Sprites(work)
    concepts = Concepts(sprites.concepts, sprites.held_concepts)
    final, encoder = torch.load(f"{work}/clip_final.pt"), ImageEncoder()
    encoder.load_state_dict(final["image"])
    detector, regions = from_labeller(encoder)
    vectors = final["vectors"][concepts.trained]
    column = {concept: n for n, concept in enumerate(concepts.trained)}
    modules = dict(detector=detector.to(memory_format=torch.channels_last), regions=regions)
    trainer = Trainer(modules, f"{work}/region.pt", minutes, 1e-3, decay=0.03, average=0.998)
    print({k: sum(p.numel() for p in m.parameters()) for k, m in modules.items()}, flush=True)
    scenes = Scenes(sprites, 3000 + trainer.steps)

    def step():
        regions.norm.eval()
        pictures, boxes, names = scenes.batch(12)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            predicted, objectness, feature_map = detector(pictures)
        detect, overlap = detection_loss(predicted, objectness, boxes)
        owner = torch.cat([torch.full((len(b),), n) for n, b in enumerate(boxes)]).long()
        real = torch.cat(boxes)
        side = (real[:, 2:] - real[:, :2]).repeat(1, 2)
        shaken = real + torch.randn_like(real) * 0.05 * side * (torch.rand(len(real), 1) < 0.6)
        bins = roi_align(feature_map.float(), shaken, owner)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            embeddings = regions(bins)
        embeddings = embeddings.float()
        wanted = torch.tensor([column.get(c, -1) for row in names for c in row])
        known = wanted >= 0
        logits = 20 * embeddings[known] @ vectors.T
        loss = detect + F.cross_entropy(logits, wanted[known], label_smoothing=0.05)
        right = float((logits.argmax(1) == wanted[known]).float().mean())
        return loss, dict(right=right, box=overlap)

    trainer.run(step, report_every=50)


if __name__ == "__main__":
    main()
