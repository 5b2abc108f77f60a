#!/usr/bin/env python3
"""Fits directions.safetensors: fit_directions.py NEWS SMALL EVENTS

NEWS, SMALL, EVENTS   libraries (`kinfolk scan --library`) of press photos, of the same at .3 of their size and JPEG quality
                      40, and of photos of crowds and events
Writes, beside this script, two directions of 128 numbers, of unit norm, at right angles to each other and to SFace's mean
direction. They are means over many faces; src/vision/centring.rs says what they are for.

poor       the mean of faces whose embedding has a norm below 8 (NEWS and SMALL count the same)
everyday   the mean of the well-seen faces of EVENTS
"""
import pathlib
import sqlite3
import sys

import numpy as np
from safetensors.numpy import load_file, save_file

MODELS = pathlib.Path(__file__).parent
MAX_NORM_OF_POOR = 8.0
MIN_FLAG, MIN_SCORE = 0.9, 0.85

FACES = """SELECT vector, norm, score, face_flag FROM embedding JOIN face USING (face_id)
           WHERE recognizable AND norm IS NOT NULL AND face_flag IS NOT NULL ORDER BY face_id"""


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def without(vectors, direction):
    return vectors - np.outer(vectors @ direction, direction)


def faces(library, mean):
    """Embeddings without SFace's mean direction, of unit norm; norms, scores and face flags."""
    with sqlite3.connect(f"file:{library}?mode=ro", uri=True) as connection:
        rows = connection.execute(FACES).fetchall()
    vectors = np.array([np.frombuffer(row[0], "<f4") for row in rows], float)
    return unit(without(vectors, mean)), *(np.array(column, float) for column in list(zip(*rows))[1:])


def main(news, small, events):
    mean = unit(load_file(MODELS / "sface.safetensors")["linear.norm.beta"].astype(float))
    of_poor = []
    for library in (news, small):
        vectors, norms, _, _ = faces(library, mean)
        of_poor.append(unit(vectors[norms < MAX_NORM_OF_POOR].mean(0)))
    poor = unit(sum(of_poor))
    vectors, _, scores, flags = faces(events, mean)
    seen = vectors[(flags >= MIN_FLAG) & (scores >= MIN_SCORE)]
    everyday = unit(without(seen, poor).mean(0))
    directions = {"poor": poor.astype("<f4"), "everyday": everyday.astype("<f4")}
    save_file(directions, MODELS / "directions.safetensors")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
