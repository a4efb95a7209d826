"""Prompts for whole batches of masks at once, on any device. Coordinates are pixels (x, y) at pixel centres."""
import torch
import torch.nn.functional as F

from prompting import PADDING


def depth(solid):
    """How many pixels each cell of bool masks [m, h, w] lies inside, about: squares and crosses are peeled off by turns."""
    left, total = solid.float()[:, None], torch.zeros_like(solid[:, None], dtype=torch.float32)
    for turn in range(max(solid.shape[1:]) // 2):
        total += left
        edged = 1 - F.pad(left, (1, 1, 1, 1))
        if turn % 2:
            left = 1 - F.max_pool2d(edged, 3, 1)
        else:
            left = 1 - torch.maximum(F.max_pool2d(edged, (3, 1), 1)[..., 1:-1], F.max_pool2d(edged, (1, 3), 1)[..., 1:-1, :])
        if turn % 8 == 7 and not left.any():
            break
    return total[:, 0]


def _highest(score):
    """The pixel centre (x, y) [m, 2] of the greatest value of each [h, w]."""
    place, width = score.flatten(1).argmax(1), score.shape[2]
    return torch.stack([place % width, torch.div(place, width, rounding_mode="floor")], 1).float() + 0.5


def random_points(masks):
    """A pixel centre of each bool mask [m, h, w], drawn evenly."""
    return _highest(torch.rand(masks.shape, device=masks.device) * masks)


def interior_points(cover):
    """A point deep inside each mask; `cover` [m, h, w] is 0..1. In pixels of `cover`."""
    return _highest(depth(cover > 0.5) + cover * 0.5 + torch.rand_like(cover) * 0.3 * (cover > 0))


def bounding_boxes(masks):
    """(x0, y0, x1, y1) [m, 4] of bool masks [m, h, w]; x1 and y1 lie behind the last pixel."""
    edges = []
    for axis in (1, 2):
        line = masks.any(axis).float()
        edges.append((line.argmax(1), line.shape[1] - line.flip(1).argmax(1)))
    return torch.stack([edges[0][0], edges[1][0], edges[0][1], edges[1][1]], 1).float()


def training_prompts(masks, cover, slots):
    """A click (inside or anywhere), a box with jitter, or both: points [m, slots, 2] and labels [m, slots].

    `masks` are bool [m, H, W], `cover` [m, H/2, W/2] the share of each cell that is covered. Slot 0 holds the click, 1 and 2 the box.
    """
    count, device = len(masks), masks.device
    points, labels = torch.zeros(count, slots, 2, device=device), torch.full((count, slots), PADDING, device=device)
    kind = torch.rand(count, device=device)
    clicked, boxed = (kind < 0.65) | (kind > 0.93), kind >= 0.65
    deep = torch.rand(count, 1, device=device) < 0.5
    click = torch.where(deep, interior_points(cover) * 2, random_points(masks))
    boxes = bounding_boxes(masks)
    side = (boxes[:, 2:] - boxes[:, :2]).repeat(1, 2)
    boxes = boxes + torch.randn_like(boxes) * 0.03 * side * (torch.rand(count, 1, device=device) < 0.6)
    points[:, 0] = torch.where(clicked[:, None], click, points[:, 0])
    points[:, 1:3] = torch.where(boxed[:, None, None], boxes.reshape(count, 2, 2), points[:, 1:3])
    labels[:, 0] = torch.where(clicked, torch.ones_like(kind), labels[:, 0])
    labels[:, 1], labels[:, 2] = (torch.where(boxed, torch.full_like(kind, v), labels[:, 0] * 0 + PADDING) for v in (2.0, 3.0))
    return points, labels


def corrections(cover, guess):
    """A click in the larger kind of error of each `guess` (bool [m, h, w]): points [m, 2] in pixels of twice the size, labels [m].

    `cover` [m, h, w] is the truth in 0..1. The label is padding where the two agree.
    """
    solid = cover > 0.5
    missing, extra = solid & ~guess, guess & ~solid
    positive = missing.sum((1, 2)) >= extra.sum((1, 2))
    wrong = torch.where(positive[:, None, None], missing, extra)
    anywhere = torch.rand(len(wrong), 1, device=wrong.device) < 0.4
    points = torch.where(anywhere, random_points(wrong), interior_points(wrong.float())) * 2
    labels = torch.where(wrong.any(2).any(1), positive.float(), torch.full_like(positive, PADDING, dtype=torch.float32))
    return points, labels
