"""Clicks and boxes of one mask, for tests. Coordinates are pixels (x, y) at pixel centres; labels follow Segment Anything."""
import cv2
import numpy as np

PADDING = -1.0


def interior_point(mask):
    """The most interior pixel centre of a bool mask [H, W]: the maximum of the distance to its outside, picture edge included."""
    distance = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    y, x = np.unravel_index(int(distance.argmax()), distance.shape)
    return x + 0.5, y + 0.5


def bounding_box(mask):
    """(x0, y0, x1, y1) in pixels; x1 and y1 lie behind the last pixel."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def correction(truth, guess):
    """The most interior click in the larger kind of error of `guess`: (x, y), label; None where the masks agree."""
    missing, extra = truth & ~guess, guess & ~truth
    positive = missing.sum() >= extra.sum()
    wrong = missing if positive else extra
    if not wrong.any():
        return None
    return interior_point(wrong), float(positive)
