#!/usr/bin/env python3
"""A long scan and the scan after it: peak memory, and the speed for unchanged photos.

usage: benches/long_folder.py KINFOLK SCRATCH PHOTOS... [--count N] [--huge N]
Makes a folder of N (100,000) files in SCRATCH from the given photos; bytes appended to each make it different. Some of them
are enlarged to 50 megapixels, baseline and progressive, upright and turned. Scans the folder, scans it again, and removes
it. Needs Pillow, and space for N photos in SCRATCH.
"""
import argparse, json, os, shutil, subprocess, time

HUGE = (8660, 5774)

def write_huge(folder, photos, count):
    from PIL import Image
    for number in range(count):
        with Image.open(photos[number % len(photos)]) as photo:
            picture = photo.convert("RGB").resize(HUGE)
        exif = Image.Exif()
        exif[0x0112] = (1, 6)[number // 2 % 2]
        picture.save(os.path.join(folder, f"huge{number}.jpg"), quality=90, progressive=number % 2 == 1, exif=exif)

def write_photos(folder, photos, count):
    contents = []
    for path in photos:
        with open(path, "rb") as file:
            contents.append(file.read())
    for number in range(count):
        below = os.path.join(folder, f"{number // 1000:03}")
        os.makedirs(below, exist_ok=True)
        with open(os.path.join(below, f"{number:06}.jpg"), "wb") as file:
            file.write(contents[number % len(contents)] + number.to_bytes(4, "big"))

def scan(kinfolk, folder, library):
    command = [kinfolk, "scan", folder, "--json", "--library", library]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status != 0:
        raise SystemExit(f"scan: status {status}")
    return seconds, usage.ru_maxrss / 1024, json.loads(out)

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinfolk")
    parser.add_argument("scratch")
    parser.add_argument("photos", nargs="+")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--huge", type=int, default=40)
    options = parser.parse_args()
    folder = os.path.join(options.scratch, "long-folder")
    os.makedirs(folder)
    try:
        write_photos(folder, options.photos, options.count - options.huge)
        write_huge(folder, options.photos, options.huge)
        library = os.path.join(folder, "library.sqlite")
        for name in ("first", "unchanged"):
            seconds, peak, summary = scan(options.kinfolk, folder, library)
            counts = ", ".join(f"{what} {summary[what]}" for what in ("photos_scanned", "unchanged", "faces", "problems"))
            print(f"{name} scan: {seconds:.1f} s (grouping {seconds - summary['seconds']:.1f} s of it), peak {peak:.0f} MiB; {counts}", flush=True)
    finally:
        shutil.rmtree(folder)

main()
