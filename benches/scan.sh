#!/usr/bin/env bash
# Photos per second, peak memory and use of the cores of `kinfolk scan`, compared with a baseline on the same photos.
#
# usage: benches/scan.sh [--baseline BASELINE.py --models DIR] [--rounds N] [--workers N] FOLDER...
#   BASELINE.py  called as: BASELINE.py FOLDER OUT.csv --models DIR --workers N; without it only Kinfolk is measured
#   DIR          the networks in the format of the baseline
# The two take turns on each folder for N rounds (5), after one unmeasured round each that warms the file cache. Each run is a
# new process with a new library. Times are those of the whole process, with loading the networks and grouping.
set -euo pipefail

usage() { sed -n '4,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }

baseline='' models='' rounds=5 workers=$(nproc) folders=()
while [ $# -gt 0 ]; do
    case $1 in
        --baseline) baseline=${2:?}; shift 2 ;;
        --models) models=${2:?}; shift 2 ;;
        --rounds) rounds=${2:?}; shift 2 ;;
        --workers) workers=${2:?}; shift 2 ;;
        -*) usage ;;
        *) folders+=("$1"); shift ;;
    esac
done
[ ${#folders[@]} -gt 0 ] || usage
against=()
if [ -n "$baseline" ]; then
    [ -n "$models" ] || usage
    against=(--baseline "$baseline" --models "$models")
fi

cd "$(dirname "$0")/.."
cargo build --release --quiet
exec python3 benches/scan.py --kinfolk "${CARGO_TARGET_DIR:-target}/release/kinfolk" \
    "${against[@]}" --rounds "$rounds" --workers "$workers" "${folders[@]}"
