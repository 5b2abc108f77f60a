#!/usr/bin/env python3
"""Seconds from starting the program to a usable window, for a library.

usage: [xvfb-run -a] benches/startup.py KINFOLK LIBRARY [--rounds N]
KINFOLK is a release build; LIBRARY comes from `cargo bench --bench library -- --write FILE` (100,000 photos, 200,000 faces).
Needs a display. The window is usable in the frame that first shows the library, which the log of the program reports.
"""
import argparse, os, statistics, subprocess, tempfile, time

def seconds_to_show(kinfolk, library):
    with tempfile.TemporaryDirectory() as home:
        own = {name: os.path.join(home, name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
        environment = dict(os.environ, HOME=home, KINFOLK_LOG="kinfolk=debug", NO_COLOR="1", **own)
        begin = time.perf_counter()
        process = subprocess.Popen([kinfolk, "--library", library], env=environment, stderr=subprocess.PIPE, text=True)
        try:
            for line in process.stderr:
                if "the library is shown" in line:
                    return time.perf_counter() - begin
            raise SystemExit("the window closed before it showed the library")
        finally:
            process.kill()
            process.wait()

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinfolk")
    parser.add_argument("library")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    measured = [seconds_to_show(options.kinfolk, options.library) for _ in range(options.rounds + 1)][1:]
    print(f"usable after {statistics.median(measured):.2f} s (median of {options.rounds}; {min(measured):.2f} to {max(measured):.2f})")

main()
