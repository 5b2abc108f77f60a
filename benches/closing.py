#!/usr/bin/env python3
"""Seconds from closing the window to the end of its process: at rest, during a scan, and during the grouping after it.

usage: [xvfb-run -a] benches/closing.py KINFOLK LIBRARY PHOTOS [--rounds N]
KINFOLK is a release build; LIBRARY comes from `cargo bench --bench library -- --write FILE` (100,000 photos, 200,000 faces)
and is copied for each round; PHOTOS is a folder of a few hundred photos to scan. Needs a display and xdotool. After each
round the command line opens the library and checks that it is sound and not locked.
"""
import argparse, os, shutil, signal, statistics, subprocess, tempfile, threading, time

class Window:
    """The window on a copy of a library, with a folder to scan."""
    def __init__(self, kinfolk, library, folder, home):
        own = {name: os.path.join(home, name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
        self.environment = dict(os.environ, HOME=home, KINFOLK_LOG="kinfolk=debug", NO_COLOR="1", **own)
        self.kinfolk, self.library = kinfolk, os.path.join(home, "library.sqlite")
        shutil.copyfile(library, self.library)
        command = [kinfolk, "--library", self.library] + ([folder] if folder else [])
        self.process = subprocess.Popen(command, env=self.environment, stderr=subprocess.PIPE, text=True)
        self.lines, self.changed = [], threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stderr:
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()

    def wait_for(self, text, seconds=600):
        with self.changed:
            if not self.changed.wait_for(lambda: any(text in line for line in self.lines), seconds):
                raise SystemExit(f"waited in vain for {text!r}:\n" + "".join(self.lines[-20:]))

    def photos(self):
        import sqlite3
        with sqlite3.connect(f"file:{self.library}?mode=ro", uri=True) as database:
            return database.execute("SELECT count(*) FROM photo").fetchone()[0]

    def close(self):
        """Seconds from the key to the end of the process."""
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Kinfolk"], capture_output=True, text=True)
        window = found.stdout.split()[0]
        subprocess.run(["xdotool", "windowfocus", window], check=True)
        time.sleep(0.3)
        begin = time.perf_counter()
        subprocess.run(["xdotool", "key", "--window", window, "ctrl+q"], check=True)
        self.process.wait(timeout=120)
        took = time.perf_counter() - begin
        if self.process.returncode != 0:
            raise SystemExit(f"the window ended with {self.process.returncode}:\n" + "".join(self.lines[-20:]))
        subprocess.run([self.kinfolk, "history", "--library", self.library], env=self.environment, check=True, stdout=subprocess.DEVNULL)
        return took

def at_rest(window):
    time.sleep(1)

def scanning(window):
    begin = window.photos()
    while window.photos() == begin:
        time.sleep(0.2)
    time.sleep(1)

def grouping(window):
    # The scan finds nothing new, so the grouping begins at once.
    window.wait_for("grouping begins")
    time.sleep(1)

def measure(options, moment, folder):
    with tempfile.TemporaryDirectory() as home:
        window = Window(options.kinfolk, options.library, folder, home)
        try:
            window.wait_for("the library is shown")
            moment(window)
            return window.close()
        finally:
            if window.process.poll() is None:
                window.process.send_signal(signal.SIGKILL)
                window.process.wait()

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinfolk")
    parser.add_argument("library")
    parser.add_argument("photos")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as nothing:
        for name, moment, folder in [("at rest", at_rest, None), ("during a scan", scanning, options.photos), ("during a grouping", grouping, nothing)]:
            took = [measure(options, moment, folder) for _ in range(options.rounds)]
            print(f"{name}: {statistics.median(took):.2f} s (median of {options.rounds}; {min(took):.2f} to {max(took):.2f})", flush=True)

main()
