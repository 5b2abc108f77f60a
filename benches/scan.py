"""The measurements of scan.sh: runs the two programs in turns and prints medians as Markdown tables.

Peak memory is ru_maxrss of the finished process (wait4); times are wall-clock times. Idle time is cores times wall-clock time,
minus the core time of the process. The stages are those of the scan (`scan --json`).
"""
import argparse, json, os, platform, statistics, subprocess, sys, tempfile, time
from dataclasses import dataclass, field

@dataclass
class Run:
    seconds: float
    core_seconds: float
    peak: float
    photos: int = 0
    faces: int = 0
    stages: dict = field(default_factory=dict)

def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kinfolk", required=True)
    parser.add_argument("--baseline")
    parser.add_argument("--models")
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("folders", nargs="+")
    return parser.parse_args()

def run(command):
    """Measures a command, which must succeed; also returns its standard output."""
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
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), text

def kinfolk(args, folder, scratch):
    library = os.path.join(scratch, "library.sqlite")
    done, text = run([args.kinfolk, "scan", folder, "--json", "--threads", str(args.workers), "--library", library])
    summary = json.loads(text)
    done.photos, done.faces, done.stages = summary["photos_scanned"], summary["embedded"], summary["stages"]
    return done

def baseline(args, folder, scratch):
    table = os.path.join(scratch, "baseline.csv")
    done, text = run([sys.executable, args.baseline, folder, table, "--models", args.models, "--workers", str(args.workers)])
    summary = json.loads(text.splitlines()[-1])
    done.photos, done.faces = summary["photos"], summary["faces"]
    return done

def in_turns(args, folder):
    """The measured runs of each program, without its first run."""
    programs = [kinfolk, baseline] if args.baseline else [kinfolk]
    runs = [[] for _ in programs]
    for number in range(args.rounds + 1):
        for program, kept in zip(programs, runs):
            with tempfile.TemporaryDirectory() as scratch:
                measured = program(args, folder, scratch)
            if number > 0:
                kept.append(measured)
    return runs

def median(runs, what):
    return statistics.median(what(run) for run in runs)

def speed(runs):
    return median(runs, lambda run: run.photos / run.seconds)

def shares(runs, workers):
    """Percent of the core time: each stage, other work (start-up, walking, grouping), idle."""
    def of(run):
        whole = run.seconds * workers
        parts = {stage: 100 * seconds / whole for stage, seconds in run.stages.items()}
        parts["other"] = max(0.0, 100 * run.core_seconds / whole - sum(parts.values()))
        parts["idle"] = max(0.0, 100 - 100 * run.core_seconds / whole)
        return parts
    parts = [of(run) for run in runs]
    return {stage: statistics.median(one[stage] for one in parts) for stage in parts[0]}

def main():
    args = arguments()
    print(f"{platform.machine()}, {os.cpu_count()} cores, {args.workers} workers, medians of {args.rounds} rounds\n")
    print("| photos | | faces embedded | photos/s | peak MiB | times the speed of the baseline |")
    print("|---|---|---|---|---|---|")
    stages = {}
    for folder in args.folders:
        measured = in_turns(args, folder)
        name = "/".join(os.path.abspath(folder).split(os.sep)[-2:])
        stages[name] = shares(measured[0], args.workers)
        for label, runs in zip(("kinfolk", "baseline"), measured):
            ratio = f"{speed(runs) / speed(measured[1]):.2f}" if args.baseline else ""
            print(f"| {name} ({runs[0].photos}) | {label} | {runs[0].faces} | {speed(runs):.2f} "
                  f"| {median(runs, lambda run: run.peak):.0f} | {ratio} |", flush=True)
    names = list(next(iter(stages.values())))
    print("\nWhat the cores did while Kinfolk ran, percent of their time:\n")
    print("| photos | " + " | ".join(names) + " |\n|---" + "|---" * len(names) + "|")
    for name, parts in stages.items():
        print(f"| {name} | " + " | ".join(f"{parts[stage]:.1f}" for stage in names) + " |")

main()
