#!/usr/bin/env bash
# A bundle to stdout: no temporary file, and a pipe that closes is an error of its own.
source "$(dirname "$0")/lib.sh" "$1"

mkdir tree && head -c 30M /dev/urandom >tree/a && echo b >tree/b
mkdir empty-tmp
TMPDIR=$PWD/empty-tmp "$konseki" collect -q -o - --files collect tree >streamed.tar.zst 2>stderr ||
  die "exit code $?"
expect stderr "Sealed"
same "$(ls empty-tmp | grep -v "^wine-" || true)" ""
run 0 "$konseki" verify streamed.tar.zst

set +e
"$konseki" collect -q -o - --files collect tree 2>stderr | head -c 1000 >/dev/null
code=${PIPESTATUS[0]}
set -e
same "$code" 4
[ -s stderr ] || die "no message"
