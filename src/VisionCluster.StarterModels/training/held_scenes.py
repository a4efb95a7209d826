"""The fixed test scenes: only held-out drawings, fresh backgrounds, seeds that training and model choice never use."""
import numpy as np

import compositing

TEST_SEED = 20251124
EVAL_SET_SEED = 20251125
SIZE = 256
LEAST_AREA = 0.004


def held_pool(sprites, known_only=False):
    """Picks a held-out-style drawing; with `known_only` just of concepts whose other styles were trained on."""
    ids = [i for i in sprites.by_style[compositing.HELD_STYLE]
           if not (known_only and sprites.meta[i]["c"] in sprites.held_concepts)]
    return lambda rng: ids[rng.integers(len(ids))]


def photo_pool(sprites):
    ids = sprites.by_style[compositing.PHOTO_STYLE]
    return lambda rng: ids[rng.integers(len(ids))]


def scenes(sprites, pool, count, seed, hard=False):
    """Yields (picture [256, 256, 3] in 0..1, visible masks, sprite indices), objects under 0.4 % of the picture dropped.

    Plain: 1 to 6 objects of 16 to 80 % of the side, no degradation. `hard`: 1 to 8 of 4 to 80 %, colours changed, with
    lighting, blur, noise or JPEG artefacts, and no object too small to count (0.1 %).
    """
    rng = np.random.default_rng(seed)
    while count > 0:
        number, side = ((1, 8), (0.04, 0.8)) if hard else ((1, 6), (0.16, 0.8))
        picture, masks, owners = compositing.scene(sprites, pool, rng, SIZE, compositing.background, number, side, not hard)
        least = (0.001 if hard else LEAST_AREA) * SIZE * SIZE
        kept = [(m, o) for m, o in zip(masks, owners) if m.sum() > least]
        if kept:
            count -= 1
            yield picture, [m for m, _ in kept], [o for _, o in kept]
