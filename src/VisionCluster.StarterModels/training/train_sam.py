"""Trains starter-sam: python3 train_sam.py WORK MINUTES [MODELS]. Resumes from WORK/sam.pt, else begins with the weights in MODELS.

A third of the time goes into 128-pixel windows of scenes, the rest into whole scenes: both nets are convolutional and know no
absolute position, so what a window teaches holds in a scene. On a GPU the batches are larger, all else is the same.
"""
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

import compositing
import prompt_batches
from models.segmenter import HEADS, Decoder, Encoder
from scene_pool import MOST, SIDE, ScenePool
from trainer import Trainer, device
from warm_start import load_export, measure_norms

SLOTS = 6
SHARES = torch.tensor([0.4, 0.3, 0.3])
CROP_SHARE = 0.33
RATE, RATE_AGAIN = 2e-3, 1.2e-3
PADDING_COLOUR = np.array([123.675, 116.28, 103.53], np.float32) / 255
LEAST_AREA = 0.003


def scene(sprites, backgrounds, rng):
    """A scene for `ScenePool`: 1 to 8 drawings or pieces of clip art, three in ten with padding at the right or bottom."""
    ids = sprites.clipart if rng.random() < 0.3 else sprites.drawings
    side = (0.05, 0.8) if rng.random() < 0.4 else (0.14, 0.8)
    picture, masks, owners = compositing.scene(
        sprites, lambda r: ids[r.integers(len(ids))], rng, SIDE, backgrounds.draw, (1, MOST), side, rng.random() < 0.25)
    if rng.random() < 0.3:
        edge = int(SIDE * rng.uniform(0.5, 0.97))
        window = (slice(edge, None), slice(None)) if rng.integers(2) else (slice(None), slice(edge, None))
        picture[window] = PADDING_COLOUR
        for mask in masks:
            mask[window] = False
    kept = [(m, o) for m, o in zip(masks, owners) if m.sum() > LEAST_AREA * 0.4 * SIDE * SIDE]
    return picture, [m for m, _ in kept], [o for _, o in kept]


class HeadBalance:
    """Offsets added to the heads' losses before the least one wins, so that each head wins its share of prompts."""

    def __init__(self, place):
        self.offset, self.shares = torch.zeros(HEADS, device=place), SHARES.to(place)

    def winners(self, losses):
        chosen = (losses.detach() + self.offset).argmin(1)
        won = F.one_hot(chosen, HEADS).float().mean(0)
        self.offset = (self.offset + 0.002 * (won - self.shares)).clamp(-0.1, 0.1)
        return chosen, won


def mask_losses(logits, truth):
    """Per head: focal cross-entropy relative to the object's size plus a soft Jaccard loss [B, 3]; and the true IoU [B, 3]."""
    target = truth[:, None].expand_as(logits)
    p = logits.sigmoid()
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    focal = entropy * ((p - target).abs() + 0.1)
    cells = logits.shape[-1] * logits.shape[-2]
    relative = focal.sum((2, 3)) / (truth.sum((1, 2)) + 0.01 * cells)[:, None]
    overlap = (p * target).sum((2, 3))
    jaccard = 1 - (overlap + 1) / (p.sum((2, 3)) + target.sum((2, 3)) - overlap + 1)
    hard, solid = logits > 0, target > 0.5
    iou = (hard & solid).sum((2, 3)) / ((hard | solid).sum((2, 3)) + 1e-6)
    return 0.5 * relative.clamp(max=6) + jaccard, iou.detach()


def window(pictures, labels, size):
    """Cuts a window of `size` pixels out of each scene, around a random pixel of an object."""
    anchor = prompt_batches.random_points(labels > 0)
    corner = (anchor - torch.rand_like(anchor) * size).round().clamp(0, SIDE - size).long()
    steps = torch.arange(size, device=labels.device)
    rows, columns = corner[:, 1, None] + steps, corner[:, 0, None] + steps
    n = torch.arange(len(labels), device=labels.device)[:, None, None]
    cut = pictures.permute(0, 2, 3, 1)[n, rows[:, :, None], columns[:, None, :]]
    return cut.permute(0, 3, 1, 2), labels[n, rows[:, :, None], columns[:, None, :]]


def choose_objects(labels, prompts):
    """`prompts` objects a scene, different ones as far as there are: owners [m] and masks bool [m, H, W]."""
    kinds = torch.arange(1, MOST + 1, device=labels.device, dtype=torch.uint8)
    area = torch.stack([(labels == k).sum((1, 2)) for k in kinds], 1)
    there = area > LEAST_AREA * 0.5 * SIDE * SIDE
    there = torch.where(there.any(1, keepdim=True), there, area == area.amax(1, keepdim=True))
    order = (torch.rand(there.shape, device=labels.device) + there).argsort(1, descending=True)
    place = torch.arange(prompts, device=labels.device)[None] % there.sum(1, keepdim=True)
    chosen = kinds[order.gather(1, place)].flatten()
    owners = torch.arange(len(labels), device=labels.device).repeat_interleave(prompts)
    return owners, labels[owners] == chosen[:, None, None]


def half_size(masks):
    """Coverage [m, H/2, W/2] in 0..1 of bool masks [m, H, W]."""
    return F.avg_pool2d(masks.float()[:, None], 2)[:, 0]


class Batches:
    """Scenes from a pool with several prompts each."""

    def __init__(self, pool, place):
        self.pool, self.place = pool, place

    def draw(self, size, images, prompts):
        """Pictures [n, 3, S, S] in -1..1, owner of each prompt [m], masks [m] of bool, points [m, 6, 2], labels [m, 6]."""
        pictures, labels, _ = self.pool.draw(images, self.place)
        if size < SIDE:
            pictures, labels = window(pictures, labels, size)
        owners, masks = choose_objects(labels, prompts)
        cover = half_size(masks)
        points, kinds = prompt_batches.training_prompts(masks, cover, SLOTS)
        return pictures.to(memory_format=torch.channels_last), owners, masks, cover, points, kinds


def begin_with(folder, encoder, decoder, batches):
    """Gives both nets the weights of the published model in `folder`."""
    pictures, owners, masks, cover, points, labels = batches.draw(SIDE, 24, 4)
    mask = cover[:, None] * 8 - 4
    has = (torch.arange(len(owners), device=mask.device) % 2).float()
    load_export(encoder, f"{folder}/vision_encoder.onnx", (pictures[:1],))
    measure_norms(encoder, lambda: encoder(pictures))
    embedding = encoder(pictures).detach()
    arguments = embedding[owners], points, labels, mask, has
    load_export(decoder, f"{folder}/mask_decoder.onnx", [a[:1] for a in arguments])
    measure_norms(decoder, lambda: decoder(*arguments))


def main():
    work, minutes, published = sys.argv[1], float(sys.argv[2]), sys.argv[3:4]
    pool = ScenePool(compositing.Sprites(work), scene, int(np.random.default_rng().integers(1 << 30)))
    place = device()
    large = place.type == "cuda"
    encoder, decoder, batches = Encoder(), Decoder(), Batches(pool, place)
    if published and not os.path.exists(f"{work}/sam.pt"):
        begin_with(f"{published[0]}/starter-sam", encoder, decoder, Batches(pool, torch.device("cpu")))
    encoder.train(), decoder.train()
    modules = {k: m.to(place, memory_format=torch.channels_last) for k, m in dict(encoder=encoder, decoder=decoder).items()}
    trainer = Trainer(modules, f"{work}/sam.pt", minutes, RATE_AGAIN if published else RATE, average=0.998)
    print({k: sum(p.numel() for p in m.parameters()) for k, m in modules.items()}, place, flush=True)
    balance = HeadBalance(place)

    def pass_through(embedding, points, labels, mask, has_mask, masks, cover):
        with torch.autocast(place.type, dtype=torch.bfloat16):
            logits, quality = decoder.hypotheses(embedding, points, labels, mask, has_mask)
        logits = logits.float()
        # Where it costs little the loss is taken at the picture's size, as the server shows masks.
        shown = F.interpolate(logits, scale_factor=2.0, mode="bilinear", align_corners=False) if large else logits
        losses, iou = mask_losses(shown, masks.float() if large else cover)
        chosen, won = balance.winners(losses)
        best = losses.gather(1, chosen[:, None]).mean()
        loss = best + 0.35 * losses[:, 0].mean() + 0.08 * losses.mean() + 2 * F.mse_loss(quality.float(), iou)
        return loss, logits, quality.float().detach(), iou, won

    def step():
        windows = trainer.progress < CROP_SHARE
        size, images, prompts = (128, 16, 5) if windows else (SIDE, 4, 6)
        pictures, owners, masks, cover, points, labels = batches.draw(size, images * (12 if large else 1), prompts)
        with torch.autocast(place.type, dtype=torch.bfloat16):
            embedding = encoder(pictures)
        empty, none = torch.zeros_like(cover)[:, None], torch.zeros(len(owners), device=place)
        loss, logits, quality, iou, won = pass_through(embedding[owners], points, labels, empty, none, masks, cover)
        top = quality.argmax(1)
        figures = dict(best=iou.max(1)[0].mean(), top=iou.gather(1, top[:, None]).mean(), head0=won[0], head1=won[1], head2=won[2])
        if trainer.progress > 0.05 and torch.rand(()) < 0.5:
            rows = torch.randperm(len(owners), device=place)[:len(owners) // 2]
            points, labels, masks, cover = points[rows], labels[rows], masks[rows], cover[rows]
            logits, quality, features = logits[rows], quality[rows], embedding[owners[rows]]
            for used in range(1 if torch.rand(()) < 0.7 else 2):
                mask = logits.detach()[torch.arange(len(rows), device=place), quality.argmax(1)]
                points, labels = points.clone(), labels.clone()
                points[:, 3 + used], labels[:, 3 + used] = prompt_batches.corrections(cover, mask > 0)
                more, logits, quality, iou, _ = pass_through(features, points, labels, mask[:, None], none[rows] + 1, masks, cover)
                loss = loss + 0.5 * more
            figures["corrected"] = iou.gather(1, quality.argmax(1)[:, None]).mean()
        return loss, figures

    trainer.run(step, report_every=50)


if __name__ == "__main__":
    main()
