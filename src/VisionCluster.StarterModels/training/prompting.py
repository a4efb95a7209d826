"""Clicks and boxes drawn from masks. Coordinates are pixels (x, y) at pixel centres; labels follow Segment Anything."""
import cv2
import numpy as np

PADDING = -1.0


def interior_point(mask):
    """The most interior pixel centre of a bool mask [H, W]: the maximum of the distance to its outside, picture edge included."""
    distance = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    y, x = np.unravel_index(int(distance.argmax()), distance.shape)
    return x + 0.5, y + 0.5


def random_point(mask, rng):
    """A pixel centre drawn evenly from a bool mask [H, W] that isn't empty."""
    cells = np.flatnonzero(mask)
    y, x = divmod(int(cells[rng.integers(len(cells))]), mask.shape[1])
    return x + 0.5, y + 0.5


def bounding_box(mask):
    """(x0, y0, x1, y1) in pixels; x1 and y1 lie behind the last pixel."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def training_prompt(mask, rng, slots):
    """A random prompt for `mask`: a click (interior or anywhere), a box with jitter, or both; points [slots, 2], labels [slots]."""
    points, labels = np.zeros((slots, 2), np.float32), np.full(slots, PADDING, np.float32)
    kind, used = rng.random(), 0
    if kind < 0.65 or kind > 0.93:
        points[0] = interior_point(mask) if rng.random() < 0.5 else random_point(mask, rng)
        labels[0], used = 1, 1
    if kind >= 0.65:
        x0, y0, x1, y1 = bounding_box(mask)
        noise = rng.normal(0, 0.03, 4) * (rng.random() < 0.6)
        points[used] = x0 + noise[0] * (x1 - x0), y0 + noise[1] * (y1 - y0)
        points[used + 1] = x1 + noise[2] * (x1 - x0), y1 + noise[3] * (y1 - y0)
        labels[used:used + 2] = 2, 3
    return points, labels


def correction(truth, guess, rng=None):
    """A click in the larger kind of error of `guess`: (x, y), label; None where the masks agree. Interior without `rng`."""
    missing, extra = truth & ~guess, guess & ~truth
    positive = missing.sum() >= extra.sum()
    wrong = missing if positive else extra
    if not wrong.any():
        return None
    if rng is not None and rng.random() < 0.4:
        return random_point(wrong, rng), float(positive)
    return interior_point(wrong), float(positive)
