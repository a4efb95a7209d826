"""A start for the token table from WordNet's glosses: python3 token_table.py WORK WORDNET_FOLDER.

Positive pointwise mutual information of tokens that share a gloss, factorised to 64 dimensions (Levy and Goldberg, 2014).
Only the table's start is taken from it; no WordNet word becomes a caption, for its synonyms hold slurs.
"""
import re
import sys

import numpy as np
import scipy.sparse as sparse
from scipy.sparse.linalg import svds

from captions import Tokenizer
from models.labeller import VOCABULARY

DIMENSIONS = 64
STOP_WORDS = set("a an the of or and in to with for that by on is are as from at it its used having be which who usually "
                 "especially any one not esp".split())


def read_nouns(folder):
    """Words, hypernym keys and gloss of each noun synset, by key."""
    nouns = {}
    with open(f"{folder}/data.noun", encoding="latin1") as file:
        for line in file:
            if line.startswith(" "):
                continue
            head, _, gloss = line.partition("|")
            fields = head.split()
            count = int(fields[3], 16)
            words = [fields[4 + 2 * i].lower().replace("_", " ") for i in range(count)]
            at = 4 + 2 * count
            pointers = [(fields[at + 1 + 4 * i], fields[at + 2 + 4 * i]) for i in range(int(fields[at]))]
            nouns[fields[0]] = words, [key for kind, key in pointers if kind in ("@", "@i")], gloss.strip()
    return nouns


def document(noun, nouns, tokenizer):
    """Token weights of one synset: its words, its hypernyms' and its gloss's."""
    words, hypernyms, gloss = noun
    weights = {}

    def add(text, weight):
        for token in tokenizer.encode(text):
            weights[token] = weights.get(token, 0) + weight

    for word in words:
        add(word, 2.0)
    for key in hypernyms[:2]:
        for word in nouns[key][0][:2]:
            add(word, 1.5)
    for word in re.findall("[a-z]+", gloss.split('; "')[0].lower()):
        if word not in STOP_WORDS:
            add(word, 1.0)
    return weights


def main():
    work, folder = sys.argv[1:3]
    tokenizer, nouns = Tokenizer(f"{work}/merges.txt"), read_nouns(folder)
    rows, columns, values = [], [], []
    for row, noun in enumerate(nouns.values()):
        for token, weight in document(noun, nouns, tokenizer).items():
            rows.append(row)
            columns.append(token)
            values.append(weight)
    counts = sparse.csr_matrix((values, (rows, columns)), shape=(len(nouns), VOCABULARY), dtype=np.float32)
    frequency = np.asarray((counts > 0).sum(0)).ravel()
    weighted = counts @ sparse.diags(np.log(len(nouns) / (1 + frequency)).clip(0).astype(np.float32))
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(1)).ravel())
    weighted = sparse.diags(1 / (lengths + 1e-6)) @ weighted
    together = (weighted.T @ weighted).tolil()
    together.setdiag(together.diagonal() * 0.5)
    together = together.tocoo()
    sums = np.bincount(together.row, together.data, VOCABULARY)
    total = sums.sum()
    expected = sums[together.row] * sums[together.col] ** 0.75 * total ** 0.25
    information = np.log(together.data * total / (expected + 1e-9) + 1e-9)
    positive = information > 0
    matrix = sparse.csr_matrix((information[positive].astype(np.float32), (together.row[positive], together.col[positive])),
                               shape=(VOCABULARY, VOCABULARY))
    left, strength, _ = svds(matrix, k=DIMENSIONS, random_state=0)
    table = left * np.sqrt(strength)
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    unknown = np.random.default_rng(0).standard_normal(table.shape) / 8 * 0.3
    np.save(f"{work}/token_table.npy", np.where(lengths > 1e-6, table / (lengths + 1e-9), unknown).astype(np.float16))


if __name__ == "__main__":
    main()
