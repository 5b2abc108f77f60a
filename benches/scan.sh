#!/usr/bin/env bash
# Photos per second, peak memory and what the cores did of `kinfolk scan`, beside a Python pipeline on the same photos.
#
# usage: benches/scan.sh [--peer PEER.py --models DIR] [--rounds N] [--workers N] FOLDER...
#   PEER.py  called as: PEER.py FOLDER OUT.csv --models DIR --workers N; without it Kinfolk alone is measured
#   DIR      the networks as the peer wants them
# The two take turns on each folder, N rounds (5), after one unmeasured round each that warms the file cache. Each run starts
# from nothing: a new process, a new library. Times are of the whole process, loading of the networks and grouping included.
set -euo pipefail

usage() { sed -n '4,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }

peer='' models='' rounds=5 workers=$(nproc) folders=()
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
[ ${#folders[@]} -gt 0 ] || usage
against=()
if [ -n "$peer" ]; then
    [ -n "$models" ] || usage
    against=(--peer "$peer" --models "$models")
fi

cd "$(dirname "$0")/.."
cargo build --release --quiet
exec python3 benches/scan.py --kinfolk "${CARGO_TARGET_DIR:-target}/release/kinfolk" \
    "${against[@]}" --rounds "$rounds" --workers "$workers" "${folders[@]}"
