#!/usr/bin/env bash
# The live host: a harmless process that looks like a miner is found, as are data of one's own for
# pools, names and ports. It is a copy of sh that waits for a pipe, and is ended here.
source "$(dirname "$0")/lib.sh" "$1"
[ -d /proc/self ] || skip "no /proc"
command -v python3 >/dev/null || skip "python3 is not installed"

# look_alike NAME ARGUMENTS...: its pid is then $pid. The pipe stays open, so it waits.
mkfifo pipe
exec 9<>pipe
look_alike() {
  local name=$1
  shift
  cp "$(readlink -f /bin/sh)" "$name"
  "./$name" -c 'read -r line' "$@" <&9 9>&- &
  pid=$!
  until [ "$(readlink "/proc/$pid/exe")" = "$PWD/$name" ]; do
    kill -0 "$pid" || die "the look-alike ended"
    sleep 0.1
  done
}
stop() { [ -z "${pid:-}" ] || kill "$pid" 2>/dev/null || true; }
trap 'stop; chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT

# found PID: the finding of that process as "severity rule witnesses"; nothing when there is none.
found() {
  tar --zstd -tf "$bundle" >members
  grep -q konseki/findings members || return 0
  lines "$bundle" findings | python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    if row["matcher"] == "miner" and row["source"].get("path") == "/proc/" + sys.argv[1]:
        assert row["reason_en"] and row["reason_ja"], row
        print(row["severity"], row["rule"], *[w["witness"] for w in row["evidence"]])
' "$1"
}
live() {
  rm -rf out && mkdir out
  "$konseki" collect -q --allow-output-on-source -o out --profile sweep --max-time 60s "$@" >stdout 2>stderr ||
    [ $? = 1 ] || die "collect"
  bundle=$(ls out/*.tar.zst)
}

wallet=43AbCdEfGh$(printf '7%.0s' $(seq 85))
look_alike kdevtmpfsi -o stratum+tcp://pool.example.invalid:3333 -u "$wallet" -p x --donate-level=1 --algo rx/0
rm kdevtmpfsi
miner=$pid
live
said=$(found "$miner")
case "$said" in
  "high miner.linux.process"* | "critical miner.linux.process"*) ;;
  *) die "the look-alike: '$said'" ;;
esac
for witness in stratum wallet.monero option.donate_level option.algorithm name.disguise process.deleted; do
  case " $said " in *" $witness "*) ;; *) die "$witness is missing: $said" ;; esac
done
stop
pid=

# Data of one's own: a name that nobody else knows.
mkdir data
printf 'quietworker\tminer\t2026\tours\n' >data/miner-names.tsv
look_alike quietworker --threads 4
live
# Beside a miner of another test at this moment it may be a change of the host, but no miner.
case "$(found "$pid")" in
  "" | "low miner.host_change"*) ;;
  *) die "own names without their data: '$(found "$pid")'" ;;
esac
live --miner-data data
case "$(found "$pid")" in *name.miner*) ;; *) die "own names: '$(found "$pid")'" ;; esac
stop
pid=

# What is wrong in such data is told with file and line.
printf '# ours\nno-kind\n' >data/miner-names.tsv
run 3 "$konseki" collect -q -o - --miner-data data data
expect stderr "data/miner-names.tsv:2: no kind"
run 3 "$konseki" collect -q -o - --miner-data data --lang ja data
expect stderr "タブ区切り"
echo x >data/other.tsv
run 3 "$konseki" collect -q -o - --miner-data data/other.tsv data
expect stderr "miner-pools.tsv"
mkdir none
run 3 "$konseki" collect -q -o - --miner-data none data
expect stderr "no miner data"
