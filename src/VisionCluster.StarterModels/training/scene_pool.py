"""Scenes that worker processes draw into shared memory and a training takes from, so that drawing never waits for learning."""
import concurrent.futures
import mmap
import multiprocessing
import os
import time

import numpy as np
import torch

import compositing

SIDE = 256
MOST = 8


def _shared(shape, kind):
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    return np.frombuffer(mmap.mmap(-1, size), kind).reshape(shape)


class ScenePool:
    """A ring of scenes: pictures uint8 [N, 256, 256, 3], label maps uint8 [N, 256, 256] (0: none, k: object k - 1, visible
    parts only), counts [N] and concepts int16 [N, 8] (-1: no name).

    `recipe(sprites, backgrounds, rng)` draws a scene: a picture [256, 256, 3] in 0..1, visible masks and their sprite
    indices. Workers redraw old scenes as fast as they are used, not faster. Make the pool before CUDA is touched: it forks.
    """

    def __init__(self, sprites, recipe, seed, capacity=2048, workers=None):
        workers = workers or int(os.environ.get("STARTER_WORKERS", 0)) or max(1, (os.cpu_count() or 1) - 2)
        self.share = capacity // workers
        count = self.share * workers
        self.pictures, self.labels = _shared((count, SIDE, SIDE, 3), np.uint8), _shared((count, SIDE, SIDE), np.uint8)
        self.counts, self.concepts = _shared((count,), np.uint8), _shared((count, MOST), np.int16)
        self.used = _shared((1,), np.int64)
        self.rng, self.ahead = np.random.default_rng(seed), None
        self.loader = concurrent.futures.ThreadPoolExecutor(1)
        context = multiprocessing.get_context("fork")
        for worker in range(workers):
            arguments = sprites, recipe, np.random.default_rng([seed, worker]), worker, workers
            context.Process(target=self._fill, args=arguments, daemon=True).start()

    def _fill(self, sprites, recipe, rng, worker, workers):
        parent, drawn = os.getppid(), 0
        os.nice(1)
        sprites.add_restyled(rng)
        backgrounds = compositing.BackgroundPool(rng, 1500)
        while os.getppid() == parent:
            if drawn >= self.share + self.used[0] // workers:
                time.sleep(0.01)
                continue
            picture, masks, owners = recipe(sprites, backgrounds, rng)
            if not masks:
                continue
            slot = worker * self.share + drawn % self.share
            self.counts[slot] = 0
            self.pictures[slot] = np.clip(picture * 255 + 0.5, 0, 255)
            self.labels[slot] = 0
            for index, mask in enumerate(masks):
                self.labels[slot][mask] = index + 1
            self.concepts[slot] = -1
            self.concepts[slot, :len(masks)] = [sprites.meta[o]["c"] for o in owners]
            self.counts[slot] = len(masks)
            drawn += 1

    def _load(self, count, device):
        ready = np.flatnonzero(self.counts > 0)
        while len(ready) < min(len(self.counts) // 8, 8 * count):
            time.sleep(0.1)
            ready = np.flatnonzero(self.counts > 0)
        chosen = self.rng.choice(ready, count, replace=len(ready) < count)
        self.used[0] += count
        tensors = [torch.from_numpy(a[chosen]) for a in (self.pictures, self.labels, self.concepts)]
        if device.type == "cuda":
            tensors = [t.pin_memory().to(device, non_blocking=True) for t in tensors]
        return tensors

    def draw(self, count, device):
        """Pictures [n, 3, 256, 256] in -1..1, label maps uint8 [n, 256, 256], concepts [n, 8]; n is `count` of the call before."""
        pictures, labels, concepts = (self.ahead or self.loader.submit(self._load, count, device)).result()
        self.ahead = self.loader.submit(self._load, count, device)
        return pictures.permute(0, 3, 1, 2).float() / 127.5 - 1, labels, concepts.long()
