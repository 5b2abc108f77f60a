#!/usr/bin/env python3
"""The two networks compared with onnxruntime, one thread each, in turns.

usage: networks.py MODELS [--rounds N]
MODELS holds yunet.onnx and sface.onnx in f32. Builds and runs benches/roofline.rs. Needs numpy and onnxruntime.
onnxruntime is used as in a Python pipeline: one picture and one face at a time (the input of the model holds one). Kinfolk
embeds faces in batches of 8, as its scan does.
"""
import argparse, os, statistics, subprocess, time
import numpy as np, onnxruntime

ROUND_SECONDS, ROUNDS = 0.06, 7

def best_ms(call):
    """As in benches/roofline.rs: the lowest mean of several rounds."""
    call()
    best = float("inf")
    for _ in range(ROUNDS):
        start, calls = time.perf_counter(), 0
        while calls == 0 or time.perf_counter() - start < ROUND_SECONDS:
            call()
            calls += 1
        best = min(best, (time.perf_counter() - start) / calls)
    return best * 1e3

def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options)

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    yunet, sface = (session(os.path.join(options.models, name)) for name in ("yunet.onnx", "sface.onnx"))
    picture = {"input": np.full((1, 3, 640, 640), 100, np.float32)}
    face = {"data": np.full((1, 3, 112, 112), 100, np.float32)}
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    bench = ["cargo", "bench", "--quiet", "--bench", "roofline", "--", "--networks"]
    environment = dict(os.environ, RAYON_NUM_THREADS="1")
    rows = []
    for _ in range(options.rounds):
        out = subprocess.run(bench, cwd=root, env=environment, check=True, capture_output=True, text=True).stdout
        own = [float(number) for number in out.split()]
        rows.append((*own, best_ms(lambda: yunet.run(None, picture)), best_ms(lambda: sface.run(None, face))))
    ours_yunet, ours_sface, theirs_yunet, theirs_sface = (statistics.median(column) for column in zip(*rows))
    print(f"medians of {options.rounds} rounds, one thread, milliseconds\n")
    print("| | Kinfolk | onnxruntime | times its speed |\n|---|---|---|---|")
    print(f"| YuNet, 640×640 | {ours_yunet:.2f} | {theirs_yunet:.2f} | {theirs_yunet / ours_yunet:.2f} |")
    print(f"| SFace, a face (batch as used) | {ours_sface:.2f} | {theirs_sface:.2f} | {theirs_sface / ours_sface:.2f} |")

main()
