"""COCO's compressed run-length encoding: column-major runs that start with zeros, coded in characters."""
import numpy as np


def encode(mask):
    """A bool mask [H, W] -> {"size": [H, W], "counts": str}."""
    flat = np.concatenate([[False], mask.ravel(order="F"), [False]])
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    bounds = np.concatenate([[0], changes, [mask.size]]) if not len(changes) or changes[-1] != mask.size else np.concatenate([[0], changes])
    counts, text = np.diff(bounds).tolist(), []
    for index, count in enumerate(counts):
        value = count - counts[index - 2] if index > 2 else count
        more = True
        while more:
            bits, value = value & 31, value >> 5
            more = value != (-1 if bits & 16 else 0)
            text.append(chr((bits | 32 if more else bits) + 48))
    return dict(size=list(mask.shape), counts="".join(text))


def decode(rle):
    """The inverse of `encode`."""
    counts, at, text = [], 0, rle["counts"]
    while at < len(text):
        value, shift, more = 0, 0, True
        while more:
            code = ord(text[at]) - 48
            value |= (code & 31) << shift
            more, at, shift = bool(code & 32), at + 1, shift + 5
            if not more and code & 16:
                value |= -1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    return flat.reshape(rle["size"], order="F")
