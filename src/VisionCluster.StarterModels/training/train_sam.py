"""Trains starter-sam: python3 train_sam.py WORK MINUTES [MODELS]. Resumes from WORK/sam.pt, else begins with the weights in MODELS.

A third of the time goes into 128-pixel crops whose objects have the sizes of 256-pixel scenes, the rest into whole scenes:
both nets are convolutional and know no absolute position, so what a crop teaches holds in a scene.
"""
import os
import sys

import cv2
import numpy as np
import torch
import torch.nn.functional as F

import compositing
import prompting
from models.segmenter import HEADS, Decoder, Encoder
from trainer import Trainer
from warm_start import load_export, measure_norms

SLOTS = 6
SHARES = torch.tensor([0.4, 0.3, 0.3])
CROP_SHARE = 0.33
RATE, RATE_AGAIN = 2e-3, 1.2e-3
PADDING_COLOUR = np.array([123.675, 116.28, 103.53], np.float32) / 255


class HeadBalance:
    """Offsets added to the heads' losses before the least one wins, so that each head wins its share of prompts."""

    def __init__(self):
        self.offset = torch.zeros(HEADS)

    def winners(self, losses):
        chosen = (losses.detach() + self.offset).argmin(1)
        won = F.one_hot(chosen, HEADS).float().mean(0)
        self.offset = (self.offset + 0.002 * (won - SHARES)).clamp(-0.1, 0.1)
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


class Batches:
    """Draws training scenes with several prompts each."""

    def __init__(self, sprites, seed):
        self.sprites, self.rng = sprites, np.random.default_rng(seed)
        sprites.add_restyled(self.rng)
        self.backgrounds = compositing.BackgroundPool(self.rng, 1500)

    def pool(self, rng):
        ids = self.sprites.clipart if rng.random() < 0.3 else self.sprites.drawings
        return ids[rng.integers(len(ids))]

    def backdrop(self, rng, size):
        return self.backgrounds.draw(rng, size)

    def scene(self, size):
        rng, whole = self.rng, size == 256
        clean = rng.random() < 0.15
        count = (1, 8) if whole else (1, 4)
        side = (0.08, 0.8) if whole and rng.random() < 0.4 else (0.16, 0.8) if whole else (0.12, 0.42)
        picture, masks, _ = compositing.scene(self.sprites, self.pool, rng, size, self.backdrop, count, side, clean, 256)
        if whole and rng.random() < 0.3:
            edge = int(size * rng.uniform(0.5, 0.97))
            axis = rng.integers(2)
            window = (slice(edge, None), slice(None)) if axis else (slice(None), slice(edge, None))
            picture[window] = PADDING_COLOUR
            for mask in masks:
                mask[window] = False
        least = 0.003 * 256 * 256 * (1.0 if whole else 0.6)
        return picture, [m for m in masks if m.sum() > least]

    def draw(self, size, images, prompts):
        """Pictures [n, 3, S, S] in -1..1, owner of each prompt [m], masks [m] of bool, points [m, 6, 2], labels [m, 6]."""
        pictures, owners, truths, points, labels = [], [], [], [], []
        while len(pictures) < images:
            picture, masks = self.scene(size)
            if not masks:
                continue
            order = self.rng.permutation(len(masks))
            for k in range(prompts):
                mask = masks[order[k % len(masks)]]
                xy, kind = prompting.training_prompt(mask, self.rng, SLOTS)
                owners.append(len(pictures))
                truths.append(mask)
                points.append(xy)
                labels.append(kind)
            pictures.append(picture)
        stack = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2) * 2 - 1
        return stack, torch.tensor(owners), truths, torch.from_numpy(np.stack(points)), torch.from_numpy(np.stack(labels))


def half_size(mask):
    """Coverage [H/2, W/2] in 0..1 of a bool mask [H, W]."""
    return cv2.resize(mask.astype(np.float32), (mask.shape[1] // 2, mask.shape[0] // 2), interpolation=cv2.INTER_AREA)


def add_corrections(batches, chosen, truths, points, labels, used):
    """Adds one click a row in the error of `chosen` logits [m, H/2, W/2]; `used` counts the corrections given before."""
    guesses = chosen.numpy() > 0
    for row, truth in enumerate(truths):
        full = cv2.resize(guesses[row].astype(np.uint8), truth.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
        fix = prompting.correction(truth, full, batches.rng)
        if fix:
            points[row, 3 + used], labels[row, 3 + used] = torch.tensor(fix[0]), fix[1]


def begin_with(folder, encoder, decoder, batches):
    """Gives both nets the weights of the published model in `folder`."""
    pictures, owners, truths, points, labels = batches.draw(256, 24, 4)
    mask = torch.from_numpy(np.stack([half_size(m) for m in truths]))[:, None] * 8 - 4
    has = (torch.arange(len(truths)) % 2).float()
    load_export(encoder, f"{folder}/vision_encoder.onnx", (pictures[:1],))
    measure_norms(encoder, lambda: encoder(pictures))
    embedding = encoder(pictures).detach()
    arguments = embedding[owners], points, labels, mask, has
    load_export(decoder, f"{folder}/mask_decoder.onnx", [a[:1] for a in arguments])
    measure_norms(decoder, lambda: decoder(*arguments))


def main():
    work, minutes, published = sys.argv[1], float(sys.argv[2]), sys.argv[3:4]
    torch.set_num_threads(1)
    sprites = compositing.Sprites(work)
    encoder, decoder, again = Encoder(), Decoder(), published and not os.path.exists(f"{work}/sam.pt")
    if again:
        begin_with(f"{published[0]}/starter-sam", encoder, decoder, Batches(sprites, 999))
        sprites = compositing.Sprites(work)
    encoder.train(), decoder.train()
    modules = dict(encoder=encoder.to(memory_format=torch.channels_last), decoder=decoder.to(memory_format=torch.channels_last))
    trainer = Trainer(modules, f"{work}/sam.pt", minutes, RATE_AGAIN if published else RATE, average=0.998)
    print({k: sum(p.numel() for p in m.parameters()) for k, m in modules.items()}, flush=True)
    batches = Batches(sprites, 1000 + trainer.steps)
    balance = HeadBalance()

    def pass_through(embedding, points, labels, mask, has_mask, truth):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits, quality = decoder(embedding, points, labels, mask, has_mask)
        logits = logits.float()
        losses, iou = mask_losses(logits, truth)
        chosen, won = balance.winners(losses)
        best = losses.gather(1, chosen[:, None]).mean()
        loss = best + 0.35 * losses[:, 0].mean() + 0.08 * losses.mean() + 2 * F.mse_loss(quality.float(), iou)
        return loss, logits, quality.float().detach(), iou, won

    def step():
        crops = trainer.progress < CROP_SHARE
        size, images, prompts = (128, 16, 5) if crops else (256, 4, 6)
        pictures, owners, truths, points, labels = batches.draw(size, images, prompts)
        truth = torch.from_numpy(np.stack([half_size(m) for m in truths]))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            embedding = encoder(pictures.to(memory_format=torch.channels_last))
        empty, none = torch.zeros(len(truths), 1, size // 2, size // 2), torch.zeros(len(truths))
        loss, logits, quality, iou, won = pass_through(embedding[owners], points, labels, empty, none, truth)
        top = quality.argmax(1)
        figures = dict(best=float(iou.max(1)[0].mean()), top=float(iou.gather(1, top[:, None]).mean()),
                       head0=float(won[0]), head1=float(won[1]), head2=float(won[2]))
        if trainer.progress > 0.05 and batches.rng.random() < 0.5:
            rounds = 1 if batches.rng.random() < 0.7 else 2
            rows = torch.randperm(len(truths))[:len(truths) // 2]
            kept = [truths[r] for r in rows]
            xy, kind = points[rows].clone(), labels[rows].clone()
            logits, quality = logits[rows], quality[rows]
            for used in range(rounds):
                mask = logits.detach()[torch.arange(len(rows)), quality.argmax(1)]
                add_corrections(batches, mask, kept, xy, kind, used)
                more, logits, quality, iou, _ = pass_through(embedding[owners[rows]], xy, kind, mask[:, None], none[rows] + 1, truth[rows])
                loss = loss + 0.5 * more
            figures["corrected"] = float(iou.gather(1, quality.argmax(1)[:, None]).mean())
        return loss, figures

    trainer.run(step, report_every=50)


if __name__ == "__main__":
    main()
