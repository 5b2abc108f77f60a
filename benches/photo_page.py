#!/usr/bin/env python3
"""Seconds from a key press to a sharp photo on its page, with and without reading ahead, and the memory for it.

usage: [xvfb-run -a] benches/photo_page.py KINFOLK PHOTOS [--copies N]
KINFOLK is a release build; PHOTOS is a folder of large photos, copied until there are N of them. Needs a display and xdotool.
Jumps four photos at a time (the fourth is not read ahead), then goes forward one photo a second (read ahead), then back as
fast as the keys are sent (skipped photos are dropped). A photo is sharp in the frame that the log of the program reports.
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
            # Different bytes, otherwise it would be a copy of a known photo.
            file.write(bytes([number]))

def peak_memory(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))

# Jumps of four photos.
JUMPS = 5

class Log:
    def __init__(self, stream):
        self.stream, self.sharp, self.sharp_at, self.lines, self.changed = stream, 0, 0.0, [], threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.stream:
            with self.changed:
                self.lines.append(line)
                if "is sharp" in line:
                    self.sharp, self.sharp_at = self.sharp + 1, time.perf_counter()
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
            keys("Right", "space")
            log.wait_for(lambda: log.sharp == 1, 30)
            time.sleep(2)
            tell("four photos on, not read ahead", [timed(log, ["Next"] * 4) for _ in range(JUMPS)])
            tell("the next photo, read ahead", [timed(log, ["Next"]) for _ in range(options.copies - 4 * JUMPS - 1)])
            print(f"after the walk: {peak_memory(process.pid):.0f} MiB at the peak")
            dropped = sum("no longer wanted" in line for line in log.lines)
            keys(*["Prior"] * (options.copies - 1))
            time.sleep(3)
            dropped = sum("no longer wanted" in line for line in log.lines) - dropped
            print(f"back in a hurry: {dropped} photos dropped before they were decoded")
            print(f"after the hurry: {peak_memory(process.pid):.0f} MiB at the peak")
        finally:
            process.kill()
            process.wait()

def timed(log, names):
    """Seconds from the first key press to the sharp photo of the last one, and then a pause to read ahead."""
    sharp = log.sharp
    begin = time.perf_counter()
    keys("--delay", "0", *names)
    log.wait_for(lambda: log.sharp > sharp, 30)
    time.sleep(1)
    return log.sharp_at - begin

def tell(what, seconds):
    print(f"{what}: {1000 * statistics.median(seconds):.0f} ms (median of {len(seconds)}; {1000 * min(seconds):.0f} to {1000 * max(seconds):.0f})")

main()
