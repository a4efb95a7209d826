"""Trains starter-regionclip from starter-clip: python3 train_regionclip.py WORK MINUTES. Resumes from WORK/region.pt.

Regions learn their names and, from starter-clip itself, what it would have made of a crop.
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

import compositing
import prompt_batches
from captions import Concepts
from models.labeller import ImageEncoder
from models.region import SIZE, STRIDE, from_labeller, roi_align
from scene_pool import MOST, SIDE, ScenePool
from trainer import Trainer, device

PADDING_COLOUR = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
LEAST_SIDE = 6
CROP = 64


def scene(sprites, backgrounds, rng):
    """A scene for `ScenePool`: 1 to 7 objects, a tenth of the scenes of clip art, a fifth padded at the bottom."""
    ids = sprites.clipart if rng.random() < 0.1 else sprites.drawings
    picture, masks, owners = compositing.scene(
        sprites, lambda r: ids[r.integers(len(ids))], rng, SIDE, backgrounds.draw, (1, 7), (0.12, 0.8), rng.random() < 0.4)
    if rng.random() < 0.2:
        edge = int(rng.uniform(0.5, 0.97) * SIDE)
        picture[edge:] = PADDING_COLOUR
        for mask in masks:
            mask[edge:] = False
    kept = [(m, o) for m, o in zip(masks, owners) if m.sum() > 0.002 * SIDE * SIDE]
    return picture, [m for m, _ in kept], [o for _, o in kept]


def iou(a, b):
    """IoU [n] of boxes [n, 4] with boxes [n, 4]."""
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    area = lambda c: ((c[:, 2] - c[:, 0]) * (c[:, 3] - c[:, 1])).clamp(min=0)
    overlap = (high - low).clamp(min=0).prod(1)
    return overlap / (area(a) + area(b) - overlap + 1e-6)


def detection_loss(boxes, objectness, truth, there):
    """Each cell near an object's middle answers for it (the smallest of several). GIoU loss, and cross-entropy of the
    objectness with the IoU its box reaches. `truth` is [B, K, 4], `there` [B, K]. Returns the loss and the mean IoU."""
    cells, place = int(boxes.shape[1] ** 0.5), boxes.device
    middle = (torch.arange(cells, device=place) + 0.5) * STRIDE
    points = torch.stack([middle.repeat(cells), middle.repeat_interleave(cells)], 1)[:, None]
    centre, half = (truth[..., :2] + truth[..., 2:]) / 2, (truth[..., 2:] - truth[..., :2]) / 2
    reach = (half * 0.5).clamp(min=STRIDE * 0.75, max=STRIDE * 2.0)
    near = ((points - centre[:, None]).abs() <= reach[:, None]).all(3) & there[:, None]
    area = half.prod(2)[:, None].expand(near.shape).masked_fill(~near, 1e9)
    row, cell = near.any(2).nonzero(as_tuple=True)
    got, want = boxes[row, cell], truth[row, area[row, cell].argmin(1)]
    overlap = iou(got, want)
    hull = (torch.maximum(got[:, 2:], want[:, 2:]) - torch.minimum(got[:, :2], want[:, :2])).prod(1)
    size = lambda b: (b[:, 2:] - b[:, :2]).clamp(min=0).prod(1)
    union = (size(got) + size(want)) / (1 + overlap)
    giou = overlap - (hull - union) / (hull + 1e-6)
    target = torch.zeros_like(objectness)
    target[row, cell] = overlap.detach().clamp(0, 1)
    p = objectness.sigmoid().detach()
    weight = (target - p).abs() ** 1.5 + 0.02
    entropy = (F.binary_cross_entropy_with_logits(objectness, target, reduction="none") * weight).sum() / max(len(row), 1)
    return (1 - giou).sum() / max(len(row), 1) + entropy, overlap.detach().mean()


def crops(pictures, boxes, batch):
    """The square around each box [R, 4] (pixels of `pictures` [B, 3, S, S]), side its longer one, edges repeated outside: [R, 3, 64, 64]."""
    fine, side = 3 * CROP, pictures.shape[-1]
    centre, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]).amax(1, keepdim=True) / 2
    offset = (torch.arange(fine, device=boxes.device) + 0.5) / fine * 2 - 1
    x, y = ((centre[:, k, None] + half * offset) / side * 2 - 1 for k in (0, 1))
    grid = torch.stack([x[:, None, :].expand(-1, fine, -1), y[:, :, None].expand(-1, -1, fine)], -1)
    return F.avg_pool2d(F.grid_sample(pictures[batch], grid, padding_mode="border", align_corners=False), 3)


def visible(labels):
    """Boxes [B, 8, 4] of the label maps in pixels, and which of them are there and not too small [B, 8]."""
    masks = torch.stack([labels == k for k in range(1, MOST + 1)], 1)
    boxes = prompt_batches.bounding_boxes(masks.flatten(0, 1)).reshape(len(labels), MOST, 4)
    least = (boxes[..., 2:] - boxes[..., :2]).amin(2) * SIZE / SIDE >= LEAST_SIDE
    return boxes, least & masks.flatten(2).any(2)


def main():
    work, minutes = sys.argv[1], float(sys.argv[2])
    sprites = compositing.Sprites(work)
    pool = ScenePool(sprites, scene, int(np.random.default_rng().integers(1 << 30)))
    place = device()
    # Each step has another number of regions: tuning for each would take longer than running it.
    torch.backends.cudnn.benchmark = False
    concepts = Concepts(sprites.concepts, sprites.held_concepts)
    final, teacher = torch.load(f"{work}/clip_final.pt", map_location="cpu"), ImageEncoder()
    teacher.load_state_dict(final["image"])
    detector, regions = from_labeller(teacher)
    teacher = teacher.to(place, memory_format=torch.channels_last).eval()
    vectors = final["vectors"][concepts.trained].to(place)
    column = torch.full((len(concepts.labels) + 1,), -1)
    column[concepts.trained] = torch.arange(len(concepts.trained))
    column = column.to(place)
    modules = dict(detector=detector.to(place, memory_format=torch.channels_last), regions=regions.to(place))
    trainer = Trainer(modules, f"{work}/region.pt", minutes, 1e-3, decay=0.03, average=0.998)
    print({k: sum(p.numel() for p in m.parameters()) for k, m in modules.items()}, place, flush=True)

    def step():
        pictures, labels, names = pool.draw(96 if place.type == "cuda" else 12, place)
        boxes, there = visible(labels)
        small = F.interpolate(pictures, (SIZE, SIZE), mode="bilinear", antialias=True).clamp(-1, 1)
        with torch.autocast(place.type, dtype=torch.bfloat16):
            predicted, objectness, feature_map = detector(small.to(memory_format=torch.channels_last))
        detect, overlap = detection_loss(predicted, objectness, boxes * (SIZE / SIDE), there)
        owner, which = there.nonzero(as_tuple=True)
        real = boxes[owner, which]
        side = (real[:, 2:] - real[:, :2]).repeat(1, 2)
        shaken = real + torch.randn_like(real) * 0.05 * side * (torch.rand(len(real), 1, device=place) < 0.6)
        with torch.no_grad(), torch.autocast(place.type, dtype=torch.bfloat16):
            taught = teacher(crops(pictures, real, owner).to(memory_format=torch.channels_last)).float()
        bins = roi_align(feature_map.float(), shaken * (SIZE / SIDE), owner)
        with torch.autocast(place.type, dtype=torch.bfloat16):
            embeddings = regions(bins)
        embeddings = embeddings.float()
        wanted = column[names[owner, which]]
        logits = 20 * embeddings @ vectors.T
        entropy = F.cross_entropy(logits, wanted, label_smoothing=0.05, ignore_index=-1)
        likeness = (embeddings * taught).sum(1).mean()
        known = (wanted >= 0).float()
        right = ((logits.argmax(1) == wanted).float() * known).sum() / known.sum().clamp(min=1)
        return detect + entropy + 3 * (1 - likeness), dict(right=right, box=overlap, likeness=likeness.detach())

    trainer.run(step, report_every=50)


if __name__ == "__main__":
    main()
