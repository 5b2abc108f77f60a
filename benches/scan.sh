#!/usr/bin/env bash
# Photos per second and peak memory of `kinfolk scan` beside a Python pipeline, on the same photos in the same run.
#
# usage: benches/scan.sh --peer PEER.py --models DIR [--rounds N] [--workers N] FOLDER...
#   PEER.py  called as: PEER.py FOLDER OUT.csv --models DIR --workers N
#   DIR      the networks as the peer wants them
# The two take turns on each folder, N rounds (3), after one unmeasured round each that warms the file cache. Each run starts
# from nothing: a new process, a new library. Times are of the whole process, loading of the networks and grouping included.
set -euo pipefail

usage() { sed -n '4,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }

peer='' models='' rounds=3 workers=$(nproc) folders=()
while [ $# -gt 0 ]; do
    case $1 in
        --peer) peer=${2:?}; shift 2 ;;
        --models) models=${2:?}; shift 2 ;;
        --rounds) rounds=${2:?}; shift 2 ;;
        --workers) workers=${2:?}; shift 2 ;;
        -*) usage ;;
        *) folders+=("$1"); shift ;;
    esac
done
[ -n "$peer" ] && [ -n "$models" ] && [ ${#folders[@]} -gt 0 ] || usage

cd "$(dirname "$0")/.."
cargo build --release --quiet
exec python3 benches/scan.py --kinfolk "${CARGO_TARGET_DIR:-target}/release/kinfolk" \
    --peer "$peer" --models "$models" --rounds "$rounds" --workers "$workers" "${folders[@]}"
