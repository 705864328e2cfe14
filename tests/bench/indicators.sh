#!/usr/bin/env bash
# Figures of compiled indicators, as processor time. Prints a Markdown table.
# Usage: indicators.sh INDICATOR_BENCH LOGFILE [DIRECTORY, default ./build/bench]
# INDICATOR_BENCH is the target of that name; LOGFILE is looked through.
set -euo pipefail
bench=$(realpath "$1")
log=$(realpath "$2")
work=${3:-build/bench}
count=${KONSEKI_BENCH_INDICATORS:-1000000}
mkdir -p "$work"
[ -f "$work/$count.kix" ] || "$bench" make "$count" "$work/$count.kix" "$work/$count.txt" > "$work/$count.size"
read -r ms values memory < <("$bench" open "$work/$count.kix")
read -r mine theirs _ < <("$bench" paths 3800)
read -r speed _ < <("$bench" scan "$work/$count.kix" "$log")
read -r single _ < <("$bench" one-by-one 200 "$log")
size=$(stat -c %s "$log")
TIMEFORMAT=%U
seconds=$({ time LC_ALL=C grep -F -f "$work/$count.txt" "$log" > /dev/null || true; } 2>&1)
echo "| what | figure | other | bar |"
echo "|---|---|---|---|"
echo "| open $values values | $ms ms | | < 200 ms |"
echo "| memory after opening | $memory | | < 150 MiB |"
echo "| 3800 expressions, a path | $mine µs | one by one: $theirs µs | < 3 µs |"
echo "| look through a log | $speed MB/s | grep -F -f: $(echo "$size / 1000000 / $seconds" | bc -l | cut -c1-6) MB/s; 200 expressions one by one: $single MB/s | |"
