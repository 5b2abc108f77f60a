#!/usr/bin/env python3
"""The baseline for `kinfolk review --oracle`: average linkage at one cut, and merge questions by size.

usage: oracle.py LIBRARY.sqlite TRUTH.csv [--cut C] [--answers N]

The faces of a scanned library are grouped by SciPy's average linkage (cosine distance, cut .50 by default). Then an oracle
that knows the labels answers merge questions: the largest group against its nearest neighbours, nearest first, up to a
distance of the cut plus .25; then the next group. "Same" merges the two groups. Answers have no other effect. Groups
without a labelled face are skipped. Prints `answers,edits,groups` after each answer; edits are the splits and merges that
the groups still need to match the labels. Needs numpy and scipy.
"""
import argparse
import csv
import sqlite3
from collections import Counter, defaultdict

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

BEYOND = 0.25


def read_faces(library):
    """-> embeddings (n x 128) and one (path, box, photo size) per face, in the order of ids"""
    base = sqlite3.connect(f"file:{library}?mode=ro", uri=True)
    rows = base.execute(
        "SELECT p.path, f.x, f.y, f.width, f.height, p.width, p.height, e.vector"
        " FROM face f JOIN photo p USING (photo_id) JOIN embedding e USING (face_id) ORDER BY face_id"
    ).fetchall()
    embeddings = np.array([np.frombuffer(row[7], "<f4") for row in rows], dtype=np.float64)
    return embeddings, [(row[0], row[1:5], row[5:7]) for row in rows]


def off_centre(face):
    _, (x, y, width, height), (photo_width, photo_height) = face
    away = np.hypot(x + width / 2 - photo_width / 2, y + height / 2 - photo_height / 2)
    return away / np.hypot(width, height)


def overlap(one, other):
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def match(truth, faces):
    """-> the person of each labelled face, by its position: the face in the box, or the principal face of the photo"""
    of_photo = defaultdict(list)
    for place, face in enumerate(faces):
        of_photo[face[0]].append(place)
    people = {}
    for row in csv.DictReader(open(truth, newline="", encoding="utf-8")):
        places = of_photo.get(row["path"])
        if not places:
            continue
        if row.get("width"):
            box = [float(row[key]) for key in ("x", "y", "width", "height")]
            best = max(places, key=lambda place: overlap(box, faces[place][1]))
            if overlap(box, faces[best][1]) < 0.4:
                continue
        else:
            best = min(places, key=lambda place: off_centre(faces[place]))
        people.setdefault(best, row["person"])
    return people


class Groups:
    def __init__(self, embeddings, people, cut):
        self.labels = fcluster(linkage(embeddings, "average", metric="cosine"), cut, "distance")
        self.people = people
        self.members = {label: np.flatnonzero(self.labels == label) for label in set(self.labels)}
        self.sums = {label: embeddings[places].sum(0) for label, places in self.members.items()}

    def person(self, label):
        """the person of most of the labelled faces of a group"""
        counts = Counter(self.people[place] for place in self.members[label] if place in self.people)
        return min(counts, key=lambda person: (-counts[person], person)) if counts else None

    def neighbours(self, label):
        others = [other for other in self.members if other != label]
        sums = np.array([self.sums[other] for other in others])
        sizes = np.array([len(self.members[other]) for other in others])
        distances = 1 - sums @ self.sums[label] / (sizes * len(self.members[label]))
        return sorted(zip(distances, others))

    def join(self, label, other):
        self.members[label] = np.concatenate([self.members[label], self.members.pop(other)])
        self.sums[label] = self.sums[label] + self.sums.pop(other)

    def edits(self):
        found = [
            (self.people[place], label)
            for label, places in self.members.items()
            for place in places
            if place in self.people
        ]
        groups = len({label for _, label in found})
        people = len({person for person, _ in found})
        return 2 * len(set(found)) - groups - people, groups


def ask(groups, cut, answers):
    yield (0, *groups.edits())
    given, asked = 0, set()
    while given < answers:
        question = next_question(groups, cut, asked)
        if question is None:
            return
        label, other = question
        asked.add(frozenset(question))
        if groups.person(label) == groups.person(other):
            groups.join(label, other)
        given += 1
        yield (given, *groups.edits())


def next_question(groups, cut, asked):
    for label in sorted(groups.members, key=lambda label: (-len(groups.members[label]), label)):
        if groups.person(label) is None:
            continue
        for distance, other in groups.neighbours(label):
            if distance > cut + BEYOND:
                break
            if frozenset((label, other)) not in asked and groups.person(other) is not None:
                return label, other
    return None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library")
    parser.add_argument("truth")
    parser.add_argument("--cut", type=float, default=0.50)
    parser.add_argument("--answers", type=int, default=100)
    options = parser.parse_args()
    embeddings, faces = read_faces(options.library)
    groups = Groups(embeddings, match(options.truth, faces), options.cut)
    print("answers,edits,groups")
    for row in ask(groups, options.cut, options.answers):
        print(",".join(map(str, row)))
