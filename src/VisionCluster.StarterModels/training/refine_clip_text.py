"""Trains starter-clip's last text layers on cached captions: python3 refine_clip_text.py WORK. Writes WORK/clip_text_final.pt.

The pooled tokens have 128 dimensions and the targets span 192, so the linear projection alone can't reach them.
"""
import json
import random
import sys

import torch
import torch.nn.functional as F

import compositing
from captions import ENSEMBLE, TEMPLATES, Concepts, Tokenizer
from models.labeller import TextEncoder

CAPTIONS, STEPS, BATCH, SCALE = 10000, 1600, 512, 20


def cached(text, concepts, tokenizer):
    """Pooled captions [n, 128] and the targets' rows [n, concepts]: every name in every template of the ensemble, then random ones."""
    named = [(concepts.labels[c], t.format(concepts.labels[c])) for c in concepts.trained for t in set(ENSEMBLE + TEMPLATES[:6])]
    named += [concepts.caption(c, random) for c in random.choices(concepts.trained, k=CAPTIONS)]
    column = {concept: n for n, concept in enumerate(concepts.trained)}
    wanted = torch.zeros(len(named), len(column))
    for row, (name, _) in enumerate(named):
        wanted[row, [column[o] for o in concepts.named_by(name) if o in column]] = 1
    with torch.no_grad():
        parts = [text.pooled(tokenizer.batch([s for _, s in named[at:at + 512]])) for at in range(0, len(named), 512)]
    return torch.cat(parts), wanted / wanted.sum(1, keepdim=True)


def main():
    work = sys.argv[1]
    torch.set_num_threads(1)
    with open(f"{work}/concepts.json", encoding="utf-8") as file:
        listed = json.load(file)
    concepts, text = Concepts(listed, compositing.held_concepts(len(listed))), TextEncoder()
    text.load_state_dict(torch.load(f"{work}/clip_text.pt", map_location="cpu")["average"]["text"], strict=False)
    text.eval()
    pooled, wanted = cached(text, concepts, Tokenizer(f"{work}/merges.txt"))
    vectors = torch.load(f"{work}/clip_final.pt")["vectors"][concepts.trained]
    target = F.normalize(wanted @ vectors, dim=-1)
    optimizer = torch.optim.AdamW(list(text.refine.parameters()) + list(text.project.parameters()), lr=2e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, STEPS)
    for step in range(STEPS):
        rows = torch.randint(0, len(pooled), (BATCH,))
        embedding = text.embed(pooled[rows])
        cosine = (embedding * target[rows]).sum(1).mean()
        entropy = -(wanted[rows] * (SCALE * embedding @ vectors.T).log_softmax(1)).sum(1).mean()
        optimizer.zero_grad()
        (5 * (1 - cosine) + 0.2 * entropy).backward()
        optimizer.step()
        schedule.step()
        if step % 250 == 0:
            print(f"step {step} cosine {float(cosine):.3f} entropy {float(entropy):.3f}", flush=True)
    torch.save(dict(text=text.state_dict()), f"{work}/clip_text_final.pt")


if __name__ == "__main__":
    main()
