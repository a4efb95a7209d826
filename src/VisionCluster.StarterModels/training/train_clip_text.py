"""Trains starter-clip's text encoder: python3 train_clip_text.py WORK MINUTES. Resumes from WORK/clip_text.pt.

Every caption is drawn to the mean vector of the concepts it names, by cosine and by classification over all of them.
"""
import json
import os
import random
import sys

import numpy as np
import torch
import torch.nn.functional as F

import compositing
from captions import Concepts, Tokenizer
from models.labeller import TextEncoder
from trainer import Trainer

BATCH = 256
SCALE = 20


def main():
    work, minutes = sys.argv[1], float(sys.argv[2])
    torch.set_num_threads(1)
    with open(f"{work}/concepts.json", encoding="utf-8") as file:
        listed = json.load(file)
    concepts, tokenizer = Concepts(listed, compositing.held_concepts(len(listed))), Tokenizer(f"{work}/merges.txt")
    text, start = TextEncoder(), f"{work}/token_table.npy"
    if os.path.exists(start):
        text.table.weight.data.copy_(torch.from_numpy(np.load(start).astype(np.float32)) * 3)
    rest = [p for name, p in text.named_parameters() if name != "table.weight"]
    trainer = Trainer(dict(text=text), f"{work}/clip_text.pt", minutes, 3e-3, average=0.99, groups=[
        dict(params=rest, weight_decay=0.01), dict(params=[text.table.weight], weight_decay=0.0)])
    vectors = torch.load(f"{work}/clip_final.pt")["vectors"][concepts.trained]
    column = {concept: n for n, concept in enumerate(concepts.trained)}

    def step():
        named = [concepts.caption(c, random) for c in random.choices(concepts.trained, k=BATCH)]
        wanted = torch.zeros(BATCH, len(vectors))
        for row, (name, _) in enumerate(named):
            wanted[row, [column[o] for o in concepts.named_by(name) if o in column]] = 1
        wanted = wanted / wanted.sum(1, keepdim=True)
        embedding = text(tokenizer.batch([s for _, s in named]))
        logits = SCALE * embedding @ vectors.T
        cosine = (embedding * F.normalize(wanted @ vectors, dim=-1)).sum(1).mean()
        loss = -(wanted * logits.log_softmax(1)).sum(1).mean() + 5 * (1 - cosine)
        right = (wanted.gather(1, logits.argmax(1, keepdim=True)) > 0).float().mean()
        return loss, dict(right=float(right), cosine=float(cosine.detach()))

    trainer.run(step, report_every=100)


if __name__ == "__main__":
    main()
