#!/usr/bin/env python3
"""The groups of a scan compared with those of other rules on the same faces, scored by labelled photos: a Markdown table.

usage: grouping_table.py LIBRARY.sqlite TRUTH.csv [LIBRARY.sqlite TRUTH.csv ...]

A library must be as `kinfolk scan` left it; TRUTH.csv has path,person[,x,y,width,height]. Every rule gets the embeddings of
the library; a face that a rule leaves out, and one without an embedding, is a group of its own. The rules:
  average linkage      SciPy's, on cosine distance: cut at .50, and at the cuts that are best by the labels (hindsight), by edits
                       and by BCubed F, below one group of all faces; the same without the mean direction
                       (src/vision/centring.rs)
  HDBSCAN              scikit-learn's, on cosine distance, min_cluster_size 2, other parameters by default
  DBSCAN               as in Immich: faces with a detector score of at least .7, cosine distance .5, three faces make a core
  Kinfolk              the groups of the library
Columns: BCubed F (Amigo et al., 2009) and F over pairs, of labelled faces; groups among them; edits, the fewest splits and
merges that turn the groups into the people. Needs numpy, scipy and scikit-learn.
"""
import json
import sqlite3
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist
from sklearn.cluster import DBSCAN, HDBSCAN

from oracle import match

WEIGHTS = Path(__file__).parent.parent / "models" / "sface.safetensors"
CUTS = [thousandths / 1000 for thousandths in range(300, 1001, 5)]
ALONE = -1


class Collection:
    """All faces of a library, in the order of ids; `embedded` are the positions of those with an embedding"""

    def __init__(self, library, truth):
        base = sqlite3.connect(f"file:{library}?mode=ro", uri=True)
        rows = base.execute(
            "SELECT p.path, f.x, f.y, f.width, f.height, p.width, p.height, f.score, m.group_id, e.vector FROM face f"
            " JOIN photo p USING (photo_id) LEFT JOIN membership m USING (face_id) LEFT JOIN embedding e USING (face_id)"
            " WHERE NOT p.vanished ORDER BY face_id"
        ).fetchall()
        self.people = match(truth, [(row[0], row[1:5], row[5:7]) for row in rows])
        self.scores = np.array([row[7] for row in rows])
        self.groups = np.array([ALONE if row[8] is None else row[8] for row in rows])
        self.embedded = np.array([place for place, row in enumerate(rows) if row[9] is not None])
        vectors = [np.frombuffer(rows[place][9], "<f4") for place in self.embedded]
        self.embeddings = unit(np.array(vectors, dtype=np.float64))

    def measures(self, labels):
        """of a label for each embedded face"""
        of_all = np.full(len(self.scores), ALONE)
        of_all[self.embedded] = labels
        return measures(self.people, of_all)


def unit(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def without_mean_direction(embeddings):
    """without the part along the shift of the last batch norm of the recognizer"""
    with open(WEIGHTS, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        start, end = header["linear.norm.beta"]["data_offsets"]
        file.seek(start, 1)
        shift = np.frombuffer(file.read(end - start), "<f4").astype(np.float64)
    common = shift / np.linalg.norm(shift)
    return unit(embeddings - np.outer(embeddings @ common, common))


def measures(people, labels):
    """-> BCubed F, pairwise F, groups, edits of the labelled faces; `people` by position, `labels` of all positions"""
    found = [(person, labels[place] if labels[place] != ALONE else ("alone", place)) for place, person in people.items()]
    both, of_group = Counter(found), Counter(group for _, group in found)
    of_person = Counter(person for person, _ in found)

    def pairs(counts):
        return sum(count * (count - 1) / 2 for count in counts.values())

    def f(precision, recall):
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    right = pairs(both)
    pairwise = f(right / pairs(of_group) if pairs(of_group) else 1.0, right / pairs(of_person) if pairs(of_person) else 1.0)
    bcubed = f(
        sum(count**2 / of_group[group] for (_, group), count in both.items()) / len(found),
        sum(count**2 / of_person[person] for (person, _), count in both.items()) / len(found),
    )
    return bcubed, pairwise, len(of_group), 2 * len(both) - len(of_group) - len(of_person)


def linked(collection, embeddings):
    """average linkage -> (cut, measures) at .50, where edits are fewest and where BCubed F is highest"""
    tree = linkage(pdist(embeddings, "cosine"), "average")
    at = {cut: collection.measures(fcluster(tree, cut, "distance")) for cut in CUTS}
    apart = [cut for cut in at if at[cut][2] > 1]
    fewest = min(apart, key=lambda cut: (at[cut][3], -at[cut][0]))
    highest = max(apart, key=lambda cut: (at[cut][0], -at[cut][3]))
    return [(cut, at[cut]) for cut in (0.50, fewest, highest)]


def hdbscan(embeddings):
    distances = np.maximum(1 - embeddings @ embeddings.T, 0)
    return HDBSCAN(min_cluster_size=2, metric="precomputed", copy=False).fit_predict(distances)


def as_immich(collection):
    labels = np.full(len(collection.embedded), ALONE)
    kept = np.flatnonzero(collection.scores[collection.embedded] >= 0.7)
    labels[kept] = DBSCAN(eps=0.5, min_samples=3, metric="cosine").fit_predict(collection.embeddings[kept])
    return labels


def rows(collection):
    for embeddings, name in (
        (collection.embeddings, "average linkage"),
        (without_mean_direction(collection.embeddings), "… without the mean direction"),
    ):
        usual, fewest, highest = linked(collection, embeddings)
        yield f"{name}, cut {short(usual[0])}", usual[1]
        if fewest == highest:
            yield f"{name}, cut {short(fewest[0])} (fewest edits, highest F)", fewest[1]
        else:
            yield f"{name}, cut {short(fewest[0])} (fewest edits)", fewest[1]
            yield f"{name}, cut {short(highest[0])} (highest BCubed F)", highest[1]
    yield "HDBSCAN", collection.measures(hdbscan(collection.embeddings))
    yield "DBSCAN as Immich sets it", collection.measures(as_immich(collection))
    yield "**Kinfolk**", measures(collection.people, collection.groups)


def short(number):
    return f"{number:.3f}".lstrip("0").removesuffix("0")


def share(number):
    return "1" if number == 1 else f"{number:.4f}".lstrip("0")


if __name__ == "__main__":
    paths = sys.argv[1:]
    if not paths or len(paths) % 2 or paths[0].startswith("-"):
        sys.exit(__doc__)
    print("| set | rule | BCubed F | pairwise F | groups | edits |")
    print("|---|---|---|---|---|---|")
    for library, truth in zip(paths[::2], paths[1::2]):
        name = Path(library).stem
        for rule, (bcubed, pairwise, groups, edits) in rows(Collection(library, truth)):
            print(f"| {name} | {rule} | {share(bcubed)} | {share(pairwise)} | {groups:,} | {edits:,} |", flush=True)
            name = ""
