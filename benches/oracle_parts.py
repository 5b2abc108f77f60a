#!/usr/bin/env python3
"""The effect of answers on other faces, over many libraries: `kinfolk review --oracle` on parts of scanned, labelled
libraries, as Markdown.

usage: oracle_parts.py KINFOLK LIBRARY.sqlite TRUTH.csv [LIBRARY.sqlite TRUTH.csv ...] [--parts N] [--seed S]

The parts of each library are made by leaving out photos. There are N halves: the photos of half of the labelled people (of
two thirds if there are fewer than a hundred) and all photos without a label. If there are enough people, there are also N
families: 60 people with at least four photos and 250 with fewer, and no other photos. Each part is grouped again and
reviewed for 50 answers. Columns, summed over the parts: edits at the start and after 10, 20 and 50 answers; "rest"
is the change of the edits among the faces that no answer was about, and the numbers of parts with fewer / more.
TRUTH.csv has path,person[,...].
"""
import argparse
import csv
import io
import os
import random
import sqlite3
import subprocess
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor

ANSWERS = (10, 20, 50)


def people_of_photos(truth):
    """-> the people of each labelled photo, by path"""
    people = defaultdict(set)
    with open(truth, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            people[row["path"]].add(row["person"])
    return people


def selections(truth, parts, seed):
    """-> (kind, function that tells whether a path stays), a few of each kind"""
    people = people_of_photos(truth)
    photos = Counter(person for of_photo in people.values() for person in of_photo)
    names = sorted(photos)
    share = 1 / 2 if len(names) >= 100 else 2 / 3
    many, few = ([name for name in names if (photos[name] >= 4) == often] for often in (True, False))
    for part in range(parts):
        picked = set(random.Random(seed + part).sample(names, round(len(names) * share)))
        yield "half", lambda path, picked=picked: people.get(path, set()) <= picked
    if len(many) >= 60 and len(few) >= 250:
        for part in range(parts):
            chance = random.Random(seed + parts + part)
            picked = set(chance.sample(many, 60) + chance.sample(few, 250))
            yield "family", lambda path, picked=picked: path in people and people[path] <= picked


def curve(kinfolk, library, truth, stays, folder):
    """-> rows of the oracle's table for a copy of the library with the photos that stay"""
    part = tempfile.mktemp(suffix=".sqlite", dir=folder)
    whole = sqlite3.connect(f"file:{library}?mode=ro", uri=True)
    base = sqlite3.connect(part)
    whole.backup(base)
    base.execute("PRAGMA foreign_keys = ON")
    paths = base.execute("SELECT photo_id, path FROM photo").fetchall()
    base.executemany("DELETE FROM photo WHERE photo_id = ?", [(photo,) for photo, path in paths if not stays(path)])
    base.commit()
    base.close()
    subprocess.run([kinfolk, "cluster", "--library", part], check=True, capture_output=True)
    review = [kinfolk, "review", "--oracle", truth, "--answers", str(ANSWERS[-1]), "--library", part]
    table = subprocess.run(review, check=True, capture_output=True, text=True).stdout
    os.remove(part)
    return [{key: int(value) for key, value in row.items()} for row in csv.DictReader(io.StringIO(table))]


def after(rows, answers):
    """a curve ends early if there are no more questions; its last row stays valid"""
    return [row for row in rows if row["answers"] <= answers][-1]


def told(curves):
    cells = [str(sum(rows[0]["edits"] for rows in curves))]
    for answers in ANSWERS:
        points = [after(rows, answers) for rows in curves]
        changes = [point["rest"] - point["rest_before"] for point in points]
        fewer, more = sum(change < 0 for change in changes), sum(change > 0 for change in changes)
        cells.append(f"{sum(point['edits'] for point in points):,} (rest {sum(changes):+d}: {fewer} / {more})")
    return " | ".join(cells)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinfolk")
    parser.add_argument("sets", nargs="+", metavar="LIBRARY TRUTH")
    parser.add_argument("--parts", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print("| parts | at first |", " | ".join(f"after {answers} answers" for answers in ANSWERS), "|")
    print("|---|---|" + "---|" * len(ANSWERS))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        for library, truth in zip(options.sets[::2], options.sets[1::2]):
            jobs = defaultdict(list)
            for kind, stays in selections(truth, options.parts, options.seed):
                jobs[kind].append(pool.submit(curve, options.kinfolk, library, truth, stays, folder))
            for kind, curves in jobs.items():
                name = os.path.splitext(os.path.basename(library))[0]
                print(f"| {name}, {len(curves)} of a {kind} |", told([job.result() for job in curves]), "|", flush=True)


main()
