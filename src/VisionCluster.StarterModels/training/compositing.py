"""Draws sprites (premultiplied RGBA) on procedural backgrounds: the only source of pictures in training and evaluation.

Pictures are float32 arrays [S, S, 3], RGB in 0..1. Sizes are pixels unless said otherwise. Every draw comes from a
numpy Generator, so a seed fixes a scene.
"""
import json
import math
import os

import cv2
import numpy as np

import restyling

cv2.setNumThreads(1)

HELD_STYLE = "twemoji"
PHOTO_STYLE = "tux"
CLIPART_STYLE = "clip"
SPRITE_SIZE = 128


def held_concepts(count):
    """The tenth of `count` concepts that no training sees."""
    return set(np.random.default_rng(3).permutation(count)[:round(count / 10)].tolist())


class Sprites:
    """The packed sprites: `levels[i]` are mip levels of uint8 [128 >> i, 128 >> i, 4], `meta` their concept, style, box.

    A tenth of the concepts (`held_concepts`) and one style are in no training list; clip art has no concept (-1).
    """

    def __init__(self, folder):
        pixels = np.load(os.path.join(folder, "sprites.npy"))
        self.levels = _levels(pixels)
        self.meta = json.load(open(os.path.join(folder, "meta.json"), encoding="utf-8"))
        self.concepts = json.load(open(os.path.join(folder, "concepts.json"), encoding="utf-8"))
        self.held_concepts = held_concepts(len(self.concepts))
        self.by_style = {}
        for index, meta in enumerate(self.meta):
            self.by_style.setdefault(meta["s"], []).append(index)
        evaluated = (HELD_STYLE, PHOTO_STYLE)
        self.training = [i for i, m in enumerate(self.meta) if m["s"] not in evaluated and m["c"] not in self.held_concepts]
        self.drawings = [i for i in self.training if self.meta[i]["s"] != CLIPART_STYLE]
        self.clipart = [i for i in self.training if self.meta[i]["s"] == CLIPART_STYLE]

    def add_restyled(self, rng):
        """Adds another drawing of every training drawing, see `restyling`."""
        drawn = np.stack([restyling.restyle(self.levels[0][i], rng) for i in self.drawings])
        self.drawings = self.drawings + list(range(len(self.meta), len(self.meta) + len(drawn)))
        self.meta = self.meta + [dict(self.meta[i], bb=_solid_box(d, self.meta[i]["bb"])) for i, d in zip(self.drawings, drawn)]
        self.levels = tuple(np.concatenate(pair) for pair in zip(self.levels, _levels(drawn)))


def _levels(pixels):
    half = np.stack([cv2.resize(p, (64, 64), interpolation=cv2.INTER_AREA) for p in pixels])
    quarter = np.stack([cv2.resize(p, (32, 32), interpolation=cv2.INTER_AREA) for p in half])
    return pixels, half, quarter


def _solid_box(sprite, otherwise):
    solid = sprite[..., 3] > 127
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    return [int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1] if len(rows) else otherwise


def palette(rng):
    """One random colour [3]; a quarter light, some dark."""
    colour, kind = rng.random(3, dtype=np.float32), rng.random()
    return 0.75 + 0.25 * colour if kind < 0.25 else 0.25 * colour if kind < 0.4 else colour


def _smooth_noise(rng, size, cells, channels=1):
    grid = rng.random((cells, cells, channels), dtype=np.float32)
    return cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC).reshape(size, size, channels)


def _pattern(rng, size):
    """A grey pattern [S, S] in about 0..1: flat, gradient, multi-octave noise, stripes or checks, or blobs."""
    kind = rng.random()
    axis = np.linspace(-1, 1, size, dtype=np.float32)
    x, y = axis[None, :], axis[:, None]
    if kind < 0.2:
        return np.zeros((size, size), np.float32)
    if kind < 0.4:
        if rng.random() < 0.4:
            return np.sqrt(x * x + y * y)
        angle = rng.uniform(0, 2 * math.pi)
        return (x * math.cos(angle) + y * math.sin(angle)) * 0.5 + 0.5
    if kind < 0.7:
        total, amplitude = np.zeros((size, size), np.float32), 1.0
        for cells in rng.choice([2, 3, 5, 9, 17, 33], 3, replace=False):
            total += amplitude * _smooth_noise(rng, size, int(cells))[..., 0]
            amplitude *= rng.uniform(0.4, 0.9)
        total = (total - total.min()) / (total.max() - total.min() + 1e-6)
        return np.floor(total * rng.integers(2, 7)) / 5 if rng.random() < 0.3 else total
    if kind < 0.85:
        angle, frequency = rng.uniform(0, math.pi), rng.uniform(2, 20)
        along = np.sin((x * math.cos(angle) + y * math.sin(angle)) * frequency)
        stripes = (along > 0).astype(np.float32) if rng.random() < 0.5 else along * 0.5 + 0.5
        if rng.random() < 0.3:
            stripes = stripes * (np.sin((y * math.cos(angle) - x * math.sin(angle)) * frequency) > 0)
        return stripes
    total = np.zeros((size, size), np.float32)
    for _ in range(rng.integers(2, 8)):
        cx, cy, radius = rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0.1, 0.7)
        steep = rng.choice([5, 20, 60])
        distance = np.sqrt((x - cx) ** 2 + (y - cy) ** 2)
        total += rng.uniform(0.3, 1) / (1 + np.exp(-np.clip((radius - distance) * steep, -30, 30)))
    return np.clip(total, 0, 1)


def background(rng, size):
    """A procedural background [S, S, 3]."""
    blend = _pattern(rng, size)[..., None]
    picture = palette(rng) * (1 - blend) + palette(rng) * blend
    if rng.random() < 0.35:
        cells = int(rng.choice([4, 8, size // 2, size]))
        picture = picture + _smooth_noise(rng, size, cells, 3) * rng.uniform(0.05, 0.35) - 0.1
    return np.clip(picture, 0, 1).astype(np.float32)


class BackgroundPool:
    """Backgrounds drawn once and reused with a random crop, flip and gain: drawing one costs more than a training image."""

    def __init__(self, rng, count, size=256):
        self.size = size
        self.pictures = np.stack([(background(rng, size) * 255).astype(np.uint8) for _ in range(count)])

    def draw(self, rng, size):
        picture = self.pictures[rng.integers(len(self.pictures))]
        room = self.size - size
        if room > 0 and rng.random() < 0.5:
            y, x = rng.integers(0, room + 1, 2)
            picture = picture[y:y + size, x:x + size]
        elif room:
            picture = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
        if rng.random() < 0.5:
            picture = picture[:, ::-1]
        if rng.random() < 0.5:
            picture = picture[::-1]
        gain = (1 + 0.3 * rng.uniform(-1, 1, 3)).astype(np.float32)
        return np.clip(picture.astype(np.float32) / 255 * gain, 0, 1)


def _jitter_colour(rng, patch, strength):
    """Jitters gain, channel gain, saturation and offset of premultiplied float [h, w, 4] in place."""
    rgb, alpha = patch[..., :3], patch[..., 3:]
    gain = (1 + strength * 0.35 * rng.uniform(-1, 1)) * (1 + strength * 0.2 * rng.uniform(-1, 1, 3))
    saturation = 0.0 if rng.random() < 0.06 * strength else 1 + strength * rng.uniform(-0.65, 0.45)
    weights = np.array([0.3, 0.59, 0.11]) * (1 - saturation)
    matrix = (np.tile(weights, (3, 1)) + saturation * np.eye(3)) * gain[None, :]
    rgb[...] = rgb @ matrix.T.astype(np.float32) + np.float32(strength * 0.12 * rng.uniform(-1, 1)) * alpha
    np.clip(rgb, 0, alpha, out=rgb)


def paste(canvas, sprites, index, size, centre, rng, rotation=25.0, jitter=1.0, flip=True):
    """Draws sprite `index` on `canvas` with its box's longer side at `size` pixels, centred at `centre` (x, y) in pixels.

    `rotation` is the largest angle in degrees, `jitter` 0..1 the strength of colour and aspect changes. Returns the
    alpha [h, w] in 0..1 and its window (x0, y0, x1, y1), or None if nothing falls on the canvas.
    """
    x0, y0, x1, y1 = sprites.meta[index]["bb"]
    longer = max(x1 - x0, y1 - y0)
    angle = math.radians(rng.uniform(-rotation, rotation))
    aspect = math.exp(0.15 * jitter * rng.uniform(-1, 1))
    mirror = -1.0 if flip and rng.random() < 0.5 else 1.0
    scale = size / longer
    level = 0 if scale > 0.67 else 1 if scale > 0.33 else 2
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    # Source to canvas: mirror and aspect first, then rotation.
    a, b, c, d = cos * mirror * aspect, -sin / aspect, sin * mirror * aspect, cos / aspect
    ox, oy = (x0 + x1) / 2, (y0 + y1) / 2
    hw, hh = (x1 - x0) / 2 + 2, (y1 - y0) / 2 + 2
    ex, ey = abs(a) * hw + abs(b) * hh, abs(c) * hw + abs(d) * hh
    height, width = canvas.shape[:2]
    wx0, wy0 = max(0, int(centre[0] - ex)), max(0, int(centre[1] - ey))
    wx1, wy1 = min(width, int(centre[0] + ex) + 2), min(height, int(centre[1] + ey) + 2)
    if wx1 - wx0 < 2 or wy1 - wy0 < 2:
        return None
    step = 1 << level
    # Pixel centres: source pixel i of this level covers the coordinate (i + 0.5) * step of the sprite.
    tx = centre[0] - a * ox - b * oy - wx0 - 0.5 + (a + b) * step / 2
    ty = centre[1] - c * ox - d * oy - wy0 - 0.5 + (c + d) * step / 2
    matrix = np.array([[a * step, b * step, tx], [c * step, d * step, ty]])
    patch = cv2.warpAffine(sprites.levels[level][index], matrix, (wx1 - wx0, wy1 - wy0),
                           flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT).astype(np.float32) / 255
    if jitter > 0:
        _jitter_colour(rng, patch, jitter)
    alpha = patch[..., 3]
    window = canvas[wy0:wy1, wx0:wx1]
    window *= 1 - alpha[..., None]
    window += patch[..., :3]
    return alpha, (wx0, wy0, wx1, wy1)


def degrade(picture, rng):
    """Lighting, then one of blur, noise, JPEG artefacts or nothing; returns [S, S, 3] in 0..1."""
    picture = picture * (1 + 0.25 * rng.uniform(-1, 1)) + 0.1 * rng.uniform(-1, 1)
    size, kind = picture.shape[0], rng.random()
    if rng.random() < 0.2:
        picture = picture * (0.7 + 0.6 * _smooth_noise(rng, size, 2))
    picture = np.clip(picture, 0, 1).astype(np.float32)
    if kind < 0.15:
        small = max(8, int(size * rng.uniform(0.4, 0.8)))
        picture = cv2.resize(cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA), (size, size))
    elif kind < 0.35:
        picture = picture + rng.standard_normal(picture.shape, np.float32) * np.float32(rng.uniform(0.01, 0.06))
    elif kind < 0.5:
        coded = cv2.imencode(".jpg", (picture * 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))])
        picture = cv2.imdecode(coded[1], cv2.IMREAD_COLOR).astype(np.float32) / 255
    return np.clip(picture, 0, 1)


def scene(sprites, pool, rng, size, backdrop, count=(1, 6), side=(0.16, 0.8), clean=False, frame=None):
    """Composes a scene; returns the picture [S, S, 3], visible masks [n] of bool [S, S] and their sprite indices.

    `pool(rng)` picks a sprite; `backdrop(rng, size)` draws the background. `side` bounds the object's longer side as a
    share of `frame` (default `size`, so a crop can hold objects of a larger frame); with three objects and more the
    upper bound is at most half the frame. Objects drawn later cover earlier ones.
    """
    frame = frame or size
    canvas = backdrop(rng, size)
    number = int(rng.integers(count[0], count[1] + 1))
    largest = side[1] if number < 3 else min(side[1], 0.5)
    masks, owners = [], []
    for _ in range(number):
        share = math.exp(rng.uniform(math.log(side[0]), math.log(largest)))
        pixels = share * frame
        reach = max(1 - pixels / size * 0.8, 0.05)
        centre = (rng.uniform(-reach, reach, 2) + 1) * size / 2
        index = pool(rng)
        drawn = paste(canvas, sprites, index, pixels, centre, rng, 30.0, 0.0 if clean else 1.0)
        if drawn is None:
            continue
        alpha, (x0, y0, x1, y1) = drawn
        solid = alpha > 0.5
        for mask in masks:
            mask[y0:y1, x0:x1] &= ~solid
        mask = np.zeros((size, size), bool)
        mask[y0:y1, x0:x1] = solid
        masks.append(mask)
        owners.append(index)
    picture = np.clip(canvas, 0, 1) if clean else degrade(canvas, rng)
    return picture, masks, owners
