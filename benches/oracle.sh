#!/usr/bin/env bash
# Remaining edits by number of answers: `kinfolk review --oracle` and its baseline, average linkage with merge questions
# by size (oracle.py), on a scanned library with labelled photos. Works on a copy of the library.
#
# usage: benches/oracle.sh LIBRARY.sqlite TRUTH.csv [ANSWERS]
#   TRUTH.csv  path,person[,x,y,width,height]; ANSWERS is 100 by default
# Needs python3 with numpy and scipy. Runs target/release/kinfolk, or the program in KINFOLK.
set -euo pipefail

library=$1 truth=$2 answers=${3:-100}
here=$(cd "$(dirname "$0")" && pwd)
kinfolk=${KINFOLK:-$here/../target/release/kinfolk}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$library" "$work/library.sqlite"
"$kinfolk" cluster --library "$work/library.sqlite" >/dev/null
"$kinfolk" review --oracle "$truth" --answers "$answers" --library "$work/library.sqlite" 2>/dev/null >"$work/review.csv"
python3 "$here/oracle.py" "$library" "$truth" --answers "$answers" >"$work/plain.csv"

# A curve ends early if there are no more questions; its last value stays valid.
at() { awk -F, -v answers="$2" 'NR > 1 && $1 <= answers { edits = $2 } END { printf "%s", edits }' "$1"; }

echo "| edits left after answers | 0 | 5 | 10 | 20 | 50 | 100 |"
echo "|---|---|---|---|---|---|---|"
for curve in review plain; do
    printf '| %s |' "$curve"
    for answer in 0 5 10 20 50 100; do
        printf ' %s |' "$(at "$work/$curve.csv" "$answer")"
    done
    echo
done
