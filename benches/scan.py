"""The measuring half of scan.sh: runs the two programs in turns, prints medians as a Markdown table.

Peak memory is the kernel's ru_maxrss of the finished process (wait4), times are wall-clock.
"""
import argparse, json, os, platform, statistics, subprocess, sys, tempfile, time

def arguments():
    parser = argparse.ArgumentParser()
    for name in ("kinfolk", "peer", "models"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("folders", nargs="+")
    return parser.parse_args()

def run(command):
    """Seconds, peak MiB and standard output of a command that must succeed."""
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode()
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {process.returncode}")
    return seconds, usage.ru_maxrss / 1024, text

def kinfolk(args, folder, scratch):
    library = os.path.join(scratch, "library.sqlite")
    seconds, peak, text = run([args.kinfolk, "scan", folder, "--json", "--threads", str(args.workers), "--library", library])
    summary = json.loads(text)
    return seconds, peak, summary["photos_scanned"], summary["faces"]

def peer(args, folder, scratch):
    table = os.path.join(scratch, "peer.csv")
    seconds, peak, text = run([sys.executable, args.peer, folder, table, "--models", args.models, "--workers", str(args.workers)])
    summary = json.loads(text.splitlines()[-1])
    return seconds, peak, summary["photos"], summary["faces"]

def in_turns(args, folder):
    """Per program the measured runs, without each one's first."""
    runs = {kinfolk: [], peer: []}
    for number in range(args.rounds + 1):
        for program, kept in runs.items():
            with tempfile.TemporaryDirectory() as scratch:
                measured = program(args, folder, scratch)
            if number > 0:
                kept.append(measured)
    return runs.values()

def medians(runs):
    return [statistics.median(column) for column in zip(*runs)]

def main():
    args = arguments()
    print(f"{platform.machine()}, {os.cpu_count()} cores, {args.workers} workers, medians of {args.rounds} rounds\n")
    print("| photos | | faces | photos/s | peak MiB | times the peer's speed |")
    print("|---|---|---|---|---|---|")
    for folder in args.folders:
        ours, theirs = (medians(runs) for runs in in_turns(args, folder))
        speeds = [photos / seconds for seconds, _, photos, _ in (ours, theirs)]
        name = "/".join(os.path.abspath(folder).split(os.sep)[-2:])
        for label, (_, peak, photos, faces), speed in (("kinfolk", ours, speeds[0]), ("peer", theirs, speeds[1])):
            print(f"| {name} ({photos:.0f}) | {label} | {faces:.0f} | {speed:.2f} | {peak:.0f} | {speed / speeds[1]:.2f} |", flush=True)

main()
