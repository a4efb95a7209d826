"""Names, synonyms and captions of the concepts, and CLIP's tokenizer for plain lower-case text."""
import functools
import random
import re

import torch

TEMPLATES = ["{}", "a photo of a {}.", "a picture of a {}", "an icon of a {}", "a drawing of a {}", "clip art of a {}",
             "the {}", "a photo of the {} on a background", "a small {}", "a cropped picture of a {}"]
ENSEMBLE = ["a photo of a {}.", "a picture of a {}", "a drawing of a {}", "{}"]
START, END = 49406, 49407
CONTEXT_LENGTH = 77
WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+")


class Tokenizer:
    """Byte-level BPE over a merges.txt in Hugging Face's layout."""

    def __init__(self, merges_path):
        with open(merges_path, encoding="utf-8") as file:
            merges = [tuple(line.split()) for line in file.read().split("\n")[1:] if line]
        visible = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
        hidden = [b for b in range(256) if b not in visible]
        letters = [chr(b) for b in visible] + [chr(256 + n) for n in range(len(hidden))]
        self.letter = dict(zip(visible + hidden, letters))
        vocabulary = letters + [c + "</w>" for c in letters] + ["".join(m) for m in merges]
        self.ids = {token: index for index, token in enumerate(vocabulary)}
        self.ranks = {merge: rank for rank, merge in enumerate(merges)}
        self.encode = functools.lru_cache(None)(self._encode)

    def _merge(self, word):
        parts = list(word[:-1]) + [word[-1] + "</w>"]
        while len(parts) > 1:
            pairs = list(zip(parts, parts[1:]))
            best = min(pairs, key=lambda pair: self.ranks.get(pair, 1 << 30))
            if best not in self.ranks:
                break
            at = pairs.index(best)
            parts[at:at + 2] = ["".join(best)]
        return parts

    def _encode(self, text):
        words = WORDS.findall(" ".join(text.lower().split()))
        return tuple(self.ids[p] for w in words for p in self._merge("".join(self.letter[b] for b in w.encode())))

    def batch(self, texts, limit=18):
        """Token ids [T, L] with L at most `limit`, padded with 0."""
        rows = [[START, *self.encode(t)[:limit - 2], END] for t in texts]
        result = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
        for row, ids in enumerate(rows):
            result[row, :len(ids)] = torch.tensor(ids)
        return result


class Concepts:
    """The names of every concept; `unseen_words` maps trained concepts to a synonym that no caption uses."""

    def __init__(self, concepts, held, seed=5):
        self.labels = [c["label"] for c in concepts]
        self.codes = [[x.replace("_", " ") for x in c["codes"] if "_tone" not in x and x.replace("_", " ") != c["label"]]
                      for c in concepts]
        self.tags = [[t for t in c["tags"] if len(t) > 1] for c in concepts]
        self.owners = {}
        for index, names in enumerate(zip(self.labels, self.codes, self.tags)):
            for name in [names[0], *names[1], *names[2]]:
                self.owners.setdefault(name, set()).add(index)
        self.labelled = {}
        for index in sorted(set(range(len(concepts))) - set(held)):
            self.labelled.setdefault(self.labels[index], set()).add(index)
        rng, self.unseen_words = random.Random(seed), {}
        for index, tags in enumerate(self.tags):
            known = " ".join([self.labels[index], *self.codes[index]])
            rare = [t for t in tags if len(self.owners[t]) == 1 and " " not in t and t not in known]
            if index not in held and rare and rng.random() < 0.12:
                self.unseen_words[index] = rng.choice(rare)
        banned = set(self.unseen_words.values())
        self.tags = [[t for t in tags if len(self.owners[t]) <= 6 and t not in banned] for tags in self.tags]
        self.trained = [i for i in range(len(concepts)) if i not in held]

    def named_by(self, name):
        """The concepts that `name` stands for: trained ones it is the label of, else those it is a code or tag of."""
        return self.labelled.get(name) or self.owners[name]

    def caption(self, index, rng):
        """A name, code or tag of the concept and the sentence around it."""
        draw, name = rng.random(), self.labels[index]
        if draw < 0.22 and self.tags[index]:
            name = rng.choice(self.tags[index])
        elif draw < 0.38 and self.codes[index]:
            name = rng.choice(self.codes[index])
        return name, rng.choice(TEMPLATES).format(name)
