"""Fits what starter-sam predicts of its own masks to finished weights: python3 refit_sam.py WORK MINUTES. WORK/sam.pt -> WORK/sam_final.pt.

While the nets learn, the IoU that the predictor is to foretell moves with them. Here they stand still: the traits of many
masks are collected once, on training scenes, and the small predictor learns the IoU and the order of each prompt's three.
"""
import math
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

import compositing
import prompt_batches
from models.segmenter import Decoder, Encoder
from scene_pool import SIDE, ScenePool
from train_sam import Batches, scene
from trainer import device

SHARPNESS = 0.03
PASSES = 40


class Collector:
    """Keeps the traits of every mask that the decoder makes."""

    def __init__(self, decoder):
        self.decoder, self.seen, self.known = decoder, None, []
        self.traits = decoder.traits
        decoder.traits = self._note

    def _note(self, *arguments):
        self.seen = self.traits(*arguments)
        return self.seen

    def add(self, logits, masks):
        """Returns the IoU [m, 3] of `logits`, cut where good masks are cut."""
        shown = F.interpolate(logits, scale_factor=2.0, mode="bilinear", align_corners=False) > math.log(0.8)
        truth = masks[:, None]
        iou = ((shown & truth).sum((2, 3)) / (shown | truth).sum((2, 3)).clamp(min=1)).float()
        self.known.append((self.seen.half().cpu(), iou.cpu()))
        return iou


def load(work, place):
    state = torch.load(f"{work}/sam.pt", map_location="cpu")["average"]
    encoder, decoder = Encoder(), Decoder()
    encoder.load_state_dict(state["encoder"])
    decoder.load_state_dict(state["decoder"])
    return encoder.to(place).eval(), decoder.to(place).eval()


@torch.no_grad()
def collect(encoder, decoder, batches, seconds, place):
    """Traits [n, 3, F] and true IoU [n, 3] of masks for first prompts and corrections, in the order in which they came."""
    collector, count = Collector(decoder), 48 if place.type == "cuda" else 4
    batches.draw(SIDE, count, 6)
    began = time.time()
    while time.time() - began < seconds:
        pictures, owners, masks, cover, points, labels = batches.draw(SIDE, count, 6)
        embedding = encoder(pictures)[owners]
        empty, none = torch.zeros_like(cover)[:, None], torch.zeros(len(owners), device=place)
        logits, _ = decoder.hypotheses(embedding, points, labels, empty, none)
        iou = collector.add(logits, masks)
        if torch.rand(()) < 0.3:
            mask = logits[torch.arange(len(owners), device=place), iou.argmax(1)]
            points[:, 3], labels[:, 3] = prompt_batches.corrections(cover, mask > 0)
            collector.add(decoder.hypotheses(embedding, points, labels, mask[:, None], none + 1)[0], masks)
    return [torch.cat(part).to(place).float() for part in zip(*collector.known)]


def loss_of(net, traits, iou):
    quality = net(traits)[..., 0].sigmoid()
    chosen = ((quality / SHARPNESS).softmax(1) * iou).sum(1)
    return 2 * F.mse_loss(quality, iou) + (iou.amax(1) - chosen).mean(), quality


def fit(decoder, traits, iou):
    """Trains `decoder.quality` on nine tenths; prints what the last tenth says before and after."""
    split = len(traits) * 9 // 10
    mean, spread = traits[:split].mean((0, 1)), traits[:split].std((0, 1)).clamp(min=1e-3)
    net = decoder.quality
    first = torch.nn.Linear(net[0].in_features, net[0].out_features).to(traits.device)
    learner = torch.nn.Sequential(first, torch.nn.ReLU(), torch.nn.Linear(net[2].in_features, 1).to(traits.device))
    scaled = (traits - mean) / spread
    optimizer = torch.optim.AdamW(learner.parameters(), 2e-3, weight_decay=0.02)
    steps = PASSES * (split // 256)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps)
    for _ in range(steps):
        rows = torch.randint(split, (256,), device=traits.device)
        loss, _ = loss_of(learner, F.dropout(scaled[rows], 0.1), iou[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    report(net, traits[split:], iou[split:], "before")
    report(learner, scaled[split:], iou[split:], "after")
    net[0].weight.data.copy_(first.weight / spread)
    net[0].bias.data.copy_(first.bias - (first.weight * (mean / spread)).sum(1))
    net[2].load_state_dict(learner[2].state_dict())


@torch.no_grad()
def report(net, traits, iou, when):
    quality = net(traits)[..., 0].sigmoid()
    top = iou.gather(1, quality.argmax(1, keepdim=True)).mean()
    pearson = np.corrcoef(quality.flatten().cpu(), iou.flatten().cpu())[0, 1]
    print(f"{when}: top {top:.4f} best {iou.amax(1).mean():.4f} pearson {pearson:.3f} of {len(iou)}", flush=True)


def main():
    work, minutes = sys.argv[1], float(sys.argv[2])
    pool = ScenePool(compositing.Sprites(work), scene, int(np.random.default_rng().integers(1 << 30)))
    place = device()
    encoder, decoder = load(work, place)
    traits, iou = collect(encoder, decoder, Batches(pool, place), minutes * 60, place)
    fit(decoder, traits, iou)
    torch.save(dict(encoder=encoder.cpu().state_dict(), decoder=decoder.cpu().state_dict()), f"{work}/sam_final.pt")


if __name__ == "__main__":
    main()
