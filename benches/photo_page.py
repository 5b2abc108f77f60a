#!/usr/bin/env python3
"""Seconds from a key to a sharp photo on its page, with and without the next one read ahead, and the memory it takes.

usage: [xvfb-run -a] benches/photo_page.py KINFOLK PHOTOS [--copies N]
KINFOLK is a release build; PHOTOS is a folder of large photos, copied until there are N of them. Needs a display and xdotool.
Walks through all of them at a second each (read ahead), then as fast as the keys go (not read ahead, all but the last
dropped). A photo is sharp in the frame of which the program's log tells.
"""
import argparse, os, shutil, statistics, subprocess, tempfile, threading, time

def copies(folder, into, count):
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    os.makedirs(into)
    for number in range(count):
        source = files[number % len(files)]
        target = os.path.join(into, f"{number:03}{os.path.splitext(source)[1]}")
        shutil.copyfile(source, target)
        with open(target, "ab") as file:
            # Other bytes, or it would be a copy of a photo that is known.
            file.write(bytes([number]))

def peak_memory(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))

class Log:
    def __init__(self, stream):
        self.stream, self.sharp, self.lines, self.changed = stream, 0, [], threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.stream:
            with self.changed:
                self.lines.append(line)
                self.sharp += "is sharp" in line
                self.changed.notify_all()

    def wait_for(self, condition, seconds):
        with self.changed:
            if not self.changed.wait_for(condition, seconds):
                raise SystemExit("waited in vain:\n" + "".join(self.lines[-20:]))

def keys(*names):
    subprocess.run(["xdotool", "key", *names], check=True)

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinfolk")
    parser.add_argument("photos")
    parser.add_argument("--copies", type=int, default=48)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        photos, library = os.path.join(home, "photos"), os.path.join(home, "library.sqlite")
        copies(options.photos, photos, options.copies)
        own = {name: os.path.join(home, name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
        environment = dict(os.environ, HOME=home, KINFOLK_LOG="kinfolk=debug", NO_COLOR="1", **own)
        subprocess.run([options.kinfolk, "scan", photos, "--library", library], env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        process = subprocess.Popen([options.kinfolk, "--library", library], env=environment, stderr=subprocess.PIPE, text=True)
        try:
            log = Log(process.stderr)
            log.wait_for(lambda: any("the library is shown" in line for line in log.lines), 120)
            time.sleep(2)
            window = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Kinfolk"], capture_output=True, text=True).stdout.split()[0]
            subprocess.run(["xdotool", "windowfocus", window], check=True)
            time.sleep(1)
            keys("3")
            time.sleep(3)
            before = peak_memory(process.pid)
            print(f"at the grid of photos: {before:.0f} MiB at the peak")
            took, opened = walk(log, options.copies)
            tell("opened from the grid (not read ahead)", opened)
            tell("next photo, read ahead", took)
            print(f"after the walk: {peak_memory(process.pid):.0f} MiB at the peak")
            keys("Escape")
            time.sleep(1)
            hurry(log, options.copies)
            print(f"after the hurry: {peak_memory(process.pid):.0f} MiB at the peak")
        finally:
            process.kill()
            process.wait()

def timed(log, key):
    sharp = log.sharp
    begin = time.perf_counter()
    keys(key)
    log.wait_for(lambda: log.sharp > sharp, 30)
    return time.perf_counter() - begin

def walk(log, count):
    """From the first photo to the last, and the photos opened one by one from the grid before that."""
    opened = []
    keys("Right")
    time.sleep(0.5)
    for _ in range(5):
        opened.append(timed(log, "space"))
        time.sleep(1)
        keys("Escape")
        time.sleep(0.5)
        # Four further, which was not read ahead.
        keys("Right", "Right", "Right", "Right")
        time.sleep(0.5)
    keys("Home")
    time.sleep(0.5)
    timed(log, "space")
    took = []
    time.sleep(1)
    for _ in range(count - 25):
        took.append(timed(log, "Next"))
        time.sleep(1)
    return took, opened

def hurry(log, count):
    keys("space")
    time.sleep(1)
    dropped = sum("no longer wanted" in line for line in log.lines)
    for _ in range(count):
        keys("Prior")
    time.sleep(3)
    print(f"{count} keys in a hurry: {sum('no longer wanted' in line for line in log.lines) - dropped} photos were dropped before they were decoded")

def tell(what, seconds):
    print(f"{what}: {1000 * statistics.median(seconds):.0f} ms (median of {len(seconds)}; {1000 * min(seconds):.0f} to {1000 * max(seconds):.0f})")

main()
