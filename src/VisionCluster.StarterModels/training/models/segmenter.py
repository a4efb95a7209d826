"""starter-sam: a U-shaped image encoder and a prompt-conditioned U-shaped decoder with Meta's signature.

After "Segment Anything" (Kirillov et al., 2023) in interface only: the decoder replaces the transformer by distance
maps of the prompts and differences to the embedding under them, which a small convolutional net turns into masks.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from models.layers import Plain, conv

STRIDE = 4
CHANNELS = 64
HEADS = 3


def _up(x):
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


class Encoder(nn.Module):
    """Picture [B, 3, S, S] in -1..1 -> embedding [B, 64, S/4, S/4]; S is a multiple of 32."""

    def __init__(self, widths=(32, 64, 128, 192, 256), merged=(96, 160, 192)):
        super().__init__()
        a, b, c, d, e = widths
        f, g, h = merged
        self.stem = conv(3, a, 3, 2)
        self.s4 = nn.Sequential(conv(a, b, 3, 2), Plain(b), Plain(b))
        self.s8 = nn.Sequential(conv(b, c, 3, 2), Plain(c), Plain(c), Plain(c))
        self.s16 = nn.Sequential(conv(c, d, 3, 2), *(Plain(d) for _ in range(4)))
        self.s32 = nn.Sequential(conv(d, e, 3, 2), *(Plain(e) for _ in range(3)))
        self.lat32 = conv(e, h, 1)
        self.lat16, self.out16 = conv(d, h, 1), nn.Sequential(Plain(h), conv(h, g, 1))
        self.lat8, self.out8 = conv(c, g, 1), nn.Sequential(Plain(g), conv(g, f, 1))
        self.lat4, self.fine = conv(b, f, 1), nn.Sequential(conv(a, 16, 1), nn.PixelUnshuffle(2), conv(64, f, 1))
        self.out4 = nn.Sequential(Plain(f), Plain(f), nn.Conv2d(f, CHANNELS, 1))

    def forward(self, x):
        x2 = self.stem(x)
        x4 = self.s4(x2)
        x8 = self.s8(x4)
        x16 = self.s16(x8)
        x32 = self.lat32(self.s32(x16))
        y16 = self.out16(self.lat16(x16) + _up(x32))
        y8 = self.out8(self.lat8(x8) + _up(y16))
        return self.out4(self.lat4(x4) + self.fine(x2) + _up(y8))


class Decoder(nn.Module):
    """Embedding and prompts -> three mask hypotheses at half the picture's resolution and their predicted IoU."""

    def __init__(self, similarity=32, widths=(32, 64, 112, 160)):
        super().__init__()
        a, b, c, d = widths
        self.similar = nn.Conv2d(CHANNELS, similarity, 1)
        self.keep = nn.Conv2d(CHANNELS, 32, 1)
        maps = 32 + 2 * similarity + 2 + 8 + 4 + 1
        self.enter = nn.Sequential(conv(maps, a, 1), Plain(a))
        self.d8 = nn.Sequential(conv(a, b, 3, 2), Plain(b))
        self.d16 = nn.Sequential(conv(b, c, 3, 2), Plain(c))
        self.d32 = nn.Sequential(conv(c, d, 3, 2), Plain(d))
        self.u16, self.o16 = conv(d, c, 1), Plain(c)
        self.u8, self.o8 = conv(c, b, 1), Plain(b)
        self.u4, self.o4 = conv(b, a, 1), Plain(a)
        self.masks = nn.Conv2d(a, 4 * HEADS, 3, 1, 1)
        self.quality = nn.Sequential(nn.Linear(a + 2 * d + 4 + 2 * (HEADS - 1) + 10 + HEADS, 96), nn.ReLU(), nn.Linear(96, 1))

    def prompt_maps(self, points, labels, height, width):
        """Click and box maps [B, 8, h, w], nearness [B, N, h, w] to each point, the click masks [B, N, 1, 1], box [B, h, w]."""
        x = (torch.arange(width, dtype=points.dtype, device=points.device) + 0.5) * STRIDE
        y = (torch.arange(height, dtype=points.dtype, device=points.device) + 0.5) * STRIDE
        px, py = points[..., 0, None, None], points[..., 1, None, None]
        square = (x - px) ** 2 + (y[:, None] - py) ** 2
        near, far = torch.exp(square / -32.0), torch.exp(square / -1152.0)
        positive, negative = (labels == 1).to(near.dtype)[..., None, None], (labels == 0).to(near.dtype)[..., None, None]
        clicks = [(m * s).amax(1) for s in (positive, negative) for m in (near, far)]
        first, last = (labels == 2).to(near.dtype)[..., None], (labels == 3).to(near.dtype)[..., None]
        low, high = (points * first).sum(1), (points * last).sum(1)
        boxed = last.amax(1)[:, :, None]
        middle, half = (low + high) / 2, ((high - low) / 2).clamp(min=2.0)
        u = 1 - (x - middle[:, 0:1]).abs() / half[:, 0:1]
        v = 1 - (y - middle[:, 1:2]).abs() / half[:, 1:2]
        u, v = u.clamp(-1, 1)[:, None, :] * boxed, v.clamp(-1, 1)[:, :, None] * boxed
        inside = u.clamp(min=0) * v.clamp(min=0)
        rows = torch.ones_like(inside)
        maps = torch.stack(clicks + [u * rows, v * rows, torch.minimum(u * rows, v * rows), inside], 1)
        return maps, near, positive, negative, inside

    @staticmethod
    def _distance(flat, query, weight):
        """Least mean squared difference [B, 1, h*w] between each cell and the points chosen by `weight` [B, N, 1]; 4 if none."""
        # A constant in exports: a size read there as a number is a step on the host, between all others on a GPU.
        count = int(flat.shape[1])
        squares = (flat * flat).sum(1)[:, None] + (query * query).sum(2)[:, :, None] - 2 * torch.matmul(query, flat)
        return (squares / count * weight + 4.0 * (1 - weight)).clamp(max=4.0).amin(1, keepdim=True)

    def hypotheses(self, embedding, points, labels, mask, has_mask):
        """What is trained: embedding [B, 64, h, w]; points [B, N, 2] in pixels of the encoder's input; labels [B, N]: 1 object, 0
        background, 2 and 3 corners of a box, -1 padding; mask [B, 1, 2h, 2w] logits; has_mask [B] 0 or 1.
        Returns logits [B, 3, 2h, 2w] and predicted IoU [B, 3] in 0..1."""
        batch, height, width = embedding.shape[0], int(embedding.shape[2]), int(embedding.shape[3])
        maps, near, positive, negative, inside = self.prompt_maps(points, labels, height, width)
        similar = self.similar(embedding)
        flat = similar.flatten(2)
        weights = near.flatten(2)
        weights = weights / (weights.sum(2, keepdim=True) + 1e-6)
        query = torch.matmul(weights.to(flat.dtype), flat.transpose(1, 2))
        pos, neg = positive[..., 0].to(flat.dtype), negative[..., 0].to(flat.dtype)
        has_pos, has_neg = pos.amax(1, keepdim=True), neg.amax(1, keepdim=True)
        box_weights = inside.flatten(1)[:, None]
        box_weights = box_weights / (box_weights.sum(2, keepdim=True) + 1e-6)
        box_query = torch.matmul(box_weights.to(flat.dtype), flat.transpose(1, 2))
        mean_pos = (query * pos).sum(1, keepdim=True) / pos.sum(1, keepdim=True).clamp(min=1.0)
        target = mean_pos * has_pos + box_query * (1 - has_pos)
        anti = (query * neg).sum(1, keepdim=True) / neg.sum(1, keepdim=True).clamp(min=1.0)
        difference = (flat - target.transpose(1, 2)).abs()
        contrast = (flat - anti.transpose(1, 2)).abs() * has_neg
        near_pos = self._distance(flat, query, pos)
        near_neg = self._distance(flat, query, neg)
        has = has_mask.reshape(batch, 1, 1, 1)
        previous = F.pixel_unshuffle((mask / 4).sigmoid() * has, 2)
        constants = has.expand(batch, 1, height, width)
        grid = torch.cat([difference, contrast, near_pos, near_neg], 1).reshape(batch, -1, height, width)
        x = torch.cat([self.keep(embedding), grid, maps, previous, constants], 1)
        x4 = self.enter(x)
        x8 = self.d8(x4)
        x16 = self.d16(x8)
        x32 = self.d32(x16)
        y = self.o16(x16 + _up(self.u16(x32)))
        y = self.o8(x8 + _up(self.u8(y)))
        y = self.o4(x4 + _up(self.u4(y)))
        logits = F.pixel_shuffle(self.masks(y), 2)
        quality = self.quality(self.traits(logits, y, x32, maps))[..., 0].sigmoid()
        return logits, quality

    def forward(self, *arguments):
        """What is exported: as `hypotheses`, with the logits as `published` makes them."""
        logits, quality = self.hypotheses(*arguments)
        return published(logits, quality), quality

    @staticmethod
    def traits(logits, fine, coarse, maps):
        """What tells how good each mask is [B, 3, F]: features under it, its certainty, size and edges, how far the others
        agree with it, and how it lies to the prompts. No gradient passes to the logits."""
        logits, fine, coarse = logits.detach().float(), fine.float(), coarse.float()
        p = logits.sigmoid()
        hard = (p > 0.5).float()
        area = hard.mean((2, 3))
        expected = (p * hard).mean((2, 3)) / ((p * (1 - hard)).mean((2, 3)) + area + 1e-6)
        sharp = (p * p).mean((2, 3)) / (p.mean((2, 3)) + 1e-6)
        small = F.avg_pool2d(p, 2)
        rows = small.flatten(2)
        total = rows.sum(2, keepdim=True) + 1e-3
        under = torch.matmul(rows, fine.flatten(2).transpose(1, 2)) / total
        block = F.avg_pool2d(small, 8).flatten(2)
        deep = torch.matmul(block, coarse.flatten(2).transpose(1, 2)) / (block.sum(2, keepdim=True) + 1e-3)
        context = coarse.mean((2, 3))[:, None].expand(-1, HEADS, -1)
        edges = (small[..., 1:, :] - small[..., :-1, :]).abs().sum((2, 3)) + (small[..., 1:] - small[..., :-1]).abs().sum((2, 3))
        scalars = torch.stack([expected, sharp, area.clamp(min=1e-4).log() / 4, edges / total[..., 0].sqrt() / 8], 2)
        shared = torch.matmul(rows, rows.transpose(1, 2))
        own = (rows * rows).sum(2, keepdim=True)
        agreement = shared / (own + own.transpose(1, 2) - shared + 1e-3)
        turned = [torch.cat([agreement[:, k, k + 1:], agreement[:, k, :k]], 1) for k in range(HEADS)]
        others = [torch.cat([expected[:, k + 1:], expected[:, :k]], 1) for k in range(HEADS)]
        relations = torch.cat([torch.stack(turned, 1), torch.stack(others, 1)], 2)
        prompts = torch.stack([maps[:, k] for k in (0, 1, 2, 3, 7)], 1).float().flatten(2)
        met = torch.matmul(rows, prompts.transpose(1, 2))
        lies = torch.cat([met / (prompts.sum(2)[:, None] + 1e-3), met / total], 2)
        which = torch.eye(HEADS, dtype=p.dtype, device=p.device)[None].expand(p.shape[0], -1, -1)
        return torch.cat([under, deep, context, scalars, relations, lies, which], 2)


def published(logits, quality):
    """Logits whose zero is where the expected IoU is greatest, not where a pixel is as likely in as out.

    The best threshold for IoU J is the probability J / (1 + J) (Nowozin, 2014), a logit of ln J. Where the heads are
    about equally sure, their mean is better than either: each moves towards it by its own weight.
    """
    weight = (quality / 0.02).softmax(1)[..., None, None]
    mixed = (weight * logits).sum(1, keepdim=True)
    return logits + weight * (mixed - logits) - quality.clamp(min=0.2).log()[..., None, None]
