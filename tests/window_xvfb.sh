#!/usr/bin/env bash
# The real window under Xvfb: the demo photos are scanned, people named, names undone and redone by keyboard alone, then two
# people merged by dragging and taken apart again by mouse alone; what came of it is read back through the command line.
#
# usage: tests/window_xvfb.sh [FOLDER]
#   FOLDER  keeps a screenshot of each step, and the window's log
# Needs Xvfb, xdotool, ImageMagick and OpenGL in software (Mesa).
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${IN_XVFB:-}" ]; then
    # With a test, so that the dependencies are those that the tests have built: `cargo build` alone would want other features.
    cargo test --quiet --no-run --test suite
    IN_XVFB=1 exec xvfb-run -a -s '-screen 0 1280x800x24 +extension GLX' "$0" "$@"
fi

kinfolk=${CARGO_TARGET_DIR:-target}/debug/kinfolk
home=$(mktemp -d)
shots=${1:-$home/shots}
mkdir -p "$shots"
log=$shots/window.log library=$home/library.sqlite
export HOME=$home XDG_DATA_HOME=$home/data XDG_CONFIG_HOME=$home/config XDG_CACHE_HOME=$home/cache
export LIBGL_ALWAYS_SOFTWARE=1 NO_COLOR=1
window_pid='' step=0

finish() {
    local status=$?
    if [ "$status" != 0 ]; then
        echo "window test failed at step $step; the end of the log:" >&2
        tail -20 "$log" >&2
    fi
    [ -z "$window_pid" ] || kill "$window_pid" 2>/dev/null || true
    rm -rf "$home"
    exit "$status"
}
trap finish EXIT

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
    local seconds=$1 what=$2; shift 2
    local end=$((SECONDS + seconds))
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || { echo "waited ${seconds} s in vain for $what" >&2; return 1; }
        kill -0 "$window_pid" || { echo "the window closed while waiting for $what" >&2; return 1; }
        sleep 0.2
    done
}

logged() { [ "$(grep -cF -- "$1" "$log")" -ge "${2:-1}" ]; }

open_window() {
    : >"$log"
    KINFOLK_LOG=debug "$kinfolk" --library "$library" 2>"$log" &
    window_pid=$!
    wait_for 60 "the window" xdotool search --onlyvisible --name '^Kinfolk'
    window=$(xdotool search --onlyvisible --name '^Kinfolk' | head -1)
    # Off the cards, which keep their places while the pointer rests on them.
    xdotool mousemove 10 790 windowmove "$window" 0 0 windowsize --sync "$window" 1280 800 windowfocus "$window"
    sleep 2
}

close_window() {
    keys ctrl+q
    local end=$((SECONDS + 20))
    while kill -0 "$window_pid" 2>/dev/null; do
        [ "$SECONDS" -lt "$end" ] || { echo "the window did not close" >&2; return 1; }
        sleep 0.2
    done
    wait "$window_pid"
    window_pid=''
}

keys() { xdotool key --delay 120 "$@"; sleep 0.4; }
write() { xdotool type --delay 25 "$1"; sleep 0.4; }
click() { xdotool mousemove "$1" "$2"; sleep 0.3; xdotool click 1; sleep 0.4; }
# drag FROM_X FROM_Y TO_X TO_Y
drag() {
    xdotool mousemove "$1" "$2"
    sleep 0.3
    xdotool mousedown 1
    for part in 1 2 3 4 5; do
        sleep 0.2
        xdotool mousemove $(($1 + ($3 - $1) * part / 5)) $(($2 + ($4 - $2) * part / 5))
    done
    sleep 0.3
    xdotool mouseup 1
    sleep 0.6
}

# shot NAME: what the screen shows after this step.
shot() {
    step=$((step + 1))
    sleep 0.6
    import -window root "$(printf '%s/%02d-%s.png' "$shots" "$step" "$1")"
}

# people_are LINES: the named people and their faces, as the command line tells them.
people_are() {
    local people
    people=$("$kinfolk" people --library "$library" | awk -F, 'NR > 1 && $2 != "" { print $2 ": " $3 }')
    [ "$people" = "$1" ] || { printf 'people are\n%s\nand not\n%s\n' "$people" "$1" >&2; return 1; }
}

open_window
shot welcome

# By keyboard alone: the demo photos through the palette, three people named one after another, undo and redo.
keys ctrl+k
write 'demo photos'
shot palette
keys Return
wait_for 600 "the scan" logged 'scan finished'
shot scanned
keys 1 Right Return
write 'Barack Obama'
shot naming
keys Return
wait_for 20 "the first name" logged 'Named 6 faces Barack Obama'
write 'Marie Curie'
keys Return
wait_for 20 "the second name" logged 'Named 3 faces Marie Curie'
write 'Joe Biden'
keys Return
wait_for 20 "the third name" logged 'Named 2 faces Joe Biden'
keys Escape ctrl+z ctrl+z ctrl+shift+z
shot redone
close_window
people_are 'Barack Obama: 6
Marie Curie: 3'

# After a restart the rest is done again; then by mouse alone: a card dragged onto another, and the toast's Undo.
open_window
keys ctrl+shift+z
shot done-again
drag 620 150 468 150
wait_for 20 "the merge" logged 'Merged Joe Biden into Marie Curie'
shot merged
click 1182 729
shot undone
close_window
people_are 'Barack Obama: 6
Marie Curie: 3
Joe Biden: 2'

echo "window test passed, $step steps"
