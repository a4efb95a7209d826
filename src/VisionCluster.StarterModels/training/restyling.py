"""Redraws sprites in styles that no vendor has: other hues and tones, fewer colours, outlines, other proportions.

Only training uses it: a held-out style is met best by a net that has seen many, and the vendors are few.
"""
import math

import cv2
import numpy as np

YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]], np.float32)
RGB = np.linalg.inv(YIQ).astype(np.float32)


def _bend(sprite, rng):
    """A smooth displacement of up to a twentieth of the side, and a shear."""
    size = sprite.shape[0]
    axis = np.arange(size, dtype=np.float32)
    x, y = np.meshgrid(axis, axis)
    cells = int(rng.integers(3, 6))
    amount = size * rng.uniform(0.01, 0.05)
    dx, dy = (cv2.resize(rng.normal(0, amount, (cells, cells)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC) for _ in range(2))
    shear, middle = rng.uniform(-0.15, 0.15), size / 2
    return cv2.remap(sprite, x + dx + np.float32(shear) * (y - middle), y + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)


def _recolour(colour, rng):
    """Turns the hue of RGB [h, w, 3] in 0..1, or takes the colour away."""
    angle = rng.uniform(0, 2 * math.pi) if rng.random() < 0.6 else rng.normal(0, 0.4)
    strength = 0.0 if rng.random() < 0.15 else rng.uniform(0.5, 1.3)
    cos, sin = math.cos(angle) * strength, math.sin(angle) * strength
    turn = RGB @ np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]], np.float32) @ YIQ
    return colour @ turn.T


def _tone(colour, rng):
    colour = np.clip(colour, 0, 1) ** np.float32(math.exp(rng.uniform(-0.7, 0.7)))
    return 1 - colour if rng.random() < 0.08 else colour


def _flatten(colour, rng):
    """Few tones a channel, small details smoothed away."""
    smooth = cv2.medianBlur((np.clip(colour, 0, 1) * 255).astype(np.uint8), int(rng.choice([3, 5, 7])))
    levels = float(rng.integers(3, 7))
    return np.round(smooth.astype(np.float32) / 255 * levels) / levels


def _outline(colour, alpha, rng):
    """Dark or light lines at the edges of alpha and colour."""
    grey = (np.clip(colour @ YIQ[0], 0, 1) * alpha * 255).astype(np.uint8)
    lines = cv2.Canny(grey, 60, 150) | cv2.Canny((alpha * 255).astype(np.uint8), 60, 150)
    width = int(rng.integers(1, 4))
    lines = cv2.GaussianBlur(cv2.dilate(lines, np.ones((width, width), np.uint8)), (3, 3), 0).astype(np.float32)[..., None] / 255
    ink = np.float32(rng.uniform(0, 0.25) if rng.random() < 0.85 else rng.uniform(0.8, 1))
    return colour * (1 - lines) + ink * lines


def restyle(sprite, rng):
    """A new drawing of the same thing: premultiplied uint8 RGBA [S, S, 4] in and out."""
    if rng.random() < 0.7:
        sprite = _bend(sprite, rng)
    alpha = sprite[..., 3].astype(np.float32) / 255
    colour = sprite[..., :3].astype(np.float32) / 255 / np.maximum(alpha, 1 / 255)[..., None]
    if rng.random() < 0.3:
        colour = _flatten(colour, rng)
    if rng.random() < 0.6:
        colour = _recolour(colour, rng)
    if rng.random() < 0.6:
        colour = _tone(colour, rng)
    if rng.random() < 0.3:
        colour = _outline(colour, alpha, rng)
    out = np.empty_like(sprite)
    out[..., :3] = np.clip(colour, 0, 1) * alpha[..., None] * 255 + 0.5
    out[..., 3] = sprite[..., 3]
    return out
