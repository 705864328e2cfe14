#!/usr/bin/env bash
# A full output medium: said in time where it can be foreseen, and nothing lost where it cannot.
source "$(dirname "$0")/lib.sh" "$1"
[ "$(id -u)" = 0 ] || skip "needs root to mount a small file system"

mkdir tree small && head -c 150M /dev/urandom >tree/a && echo b >tree/b && head -c 40M /dev/urandom >tree/c
mount -t tmpfs -o size=100M konseki-test small 2>/dev/null || skip "mount is not allowed here"
trap 'umount "$work/small" 2>/dev/null || true; rm -rf "$work"' EXIT

# Foreseen: what does not fit is skipped and said; the rest is sealed.
run 0 "$konseki" collect -q -o small --files collect tree
bundle=$(ls small/*.tar.zst)
run 0 "$konseki" verify "$bundle"
lines "$bundle" files >rows
expect rows '"reason":"no_space"'
rm small/*

# Not foreseen: another program takes the space meanwhile.
"$konseki" collect -q -o small --files collect tree/c >/dev/null 2>&1 || true
rm -f small/*
head -c 60M /dev/zero >small/other
run 3 "$konseki" collect -q -o small --files collect tree
expect stderr "free"
