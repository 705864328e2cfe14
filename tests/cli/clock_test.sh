#!/usr/bin/env bash
# A host whose clock is set wrong: told by what the operator's watch shows (--clock-reference), in both
# languages, at the end of the run and in the bundle. That alone is no gap.
source "$(dirname "$0")/lib.sh" "$1"

shown() { # LANGUAGE DIFFERENCE TEXT: the watch differs from the host's clock
  rm -rf out && mkdir out
  code=0
  "$konseki" collect -q --allow-output-on-source -o out --profile none --include /etc/hostname \
    --lang "$1" --clock-reference "$(date -u -d "$2" +%Y-%m-%dT%H:%M:%SZ)" >stdout 2>stderr || code=$?
  [ $code -le 1 ] || die "exit code $code"
  grep -qE "$3" stdout || die "the difference is not told"
  run 0 "$konseki" info --lang "$1" out/*.tar.zst
  grep -qE "$3" stdout || die "the bundle does not tell"
}
shown en "2 hours" "host clock (2 h|1 h 59 min).* behind the operator's reference"
shown ja "2 hours" "ホスト時計は基準時計より (2 時間|1 時間 59 分).*遅れています"
shown en "1 year ago" "host clock .* ahead of the operator's reference"
shown ja "1 year ago" "ホスト時計は基準時計より .*進んでいます"

run 2 "$konseki" collect -o out --clock-reference "half past nine"
expect stderr "2026-11-21T09:00:00+09:00"
mkdir tree
run 2 "$konseki" collect -o out tree --clock-reference 2026-11-21T09:00:00+09:00 --lang ja
expect stderr "このホストの時計との照合"
