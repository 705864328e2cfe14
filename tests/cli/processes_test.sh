#!/usr/bin/env bash
# The memory of processes on request: a rule names the process that holds a text and the place in it,
# in both languages; so do indicators; traces of a miner in memory are told; nothing of that without the
# option.
source "$(dirname "$0")/lib.sh" "$1"
[ -d /proc/self ] || skip "no /proc"
command -v python3 >/dev/null || skip "python3 is not installed"

# A harmless process puts its texts together, so that no command line and no file holds them.
cp "$(readlink -f "$(command -v bash)")" holder
mkfifo pipe
exec 9<>pipe
./holder -c 'a=KONSEKI-IN; b=$a-MEMORY-7134; c=atum+tcp; c="str$c://pool.example"; c=$c.invalid:3333
             d=k-alike; d="https://host7134-loo$d.example/x"
             echo >ready; read -r _' <&9 9>&- &
holder=$!
trap 'kill $holder 2>/dev/null || true; chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
until [ -e ready ]; do
  kill -0 "$holder" || die "the look-alike ended"
  sleep 0.1
done
cat >memory.yar <<'YAR'
rule in_memory { meta: score = 80 strings: $a = /KONSEKI-[I]N-MEMORY-7134/ condition: $a }
YAR
live() {
  rm -rf out && mkdir out
  "$konseki" collect -q --allow-output-on-source -o out --profile none --files none "$@" \
    >stdout 2>stderr || [ $? = 1 ] || die "collect"
  bundle=$(ls out/*.tar.zst)
}
found() { lines "$bundle" findings | grep "\"path\":\"/proc/$holder/mem\"" >"$1" || die "not found"; }

live --rules memory.yar --scan-processes
found rows
python3 -c '
import json, sys
pid, image = sys.argv[1:]
rows = {row["rule"]: row for row in map(json.loads, open("rows"))}
rule = rows["in_memory"]
assert rule["severity"] == "high" and rule["matcher"] == "yara", rule
assert f"process {pid} ({image})" in rule["reason_en"], rule["reason_en"]
assert f"プロセス {pid} ({image})" in rule["reason_ja"], rule["reason_ja"]
string = [each for each in rule["evidence"] if each["witness"] == "yara.string"][0]
text = json.dumps(string, ensure_ascii=False)
assert "rw-" in text and "region at 0x" in text and "領域の先頭 0x" in text, text
assert "KONSEKI-IN-MEMORY-7134" in string["excerpt"], text
miner = rows["miner.memory"]
assert miner["severity"] == "medium" and miner["matcher"] == "miner", miner
text = json.dumps(miner, ensure_ascii=False)
assert f"process {pid} ({image})" in text and "memory.stratum" in text, text
assert "pool.example.invalid:3333" in text, text
' "$holder" "$work/holder" || die "the findings"

# Counted and logged; our own memory, which holds the rule, is no finding.
tar --zstd -xOf "$bundle" konseki/manifest.json >manifest
python3 -c '
import json
matching = json.load(open("manifest"))["run"]["matching"]
counts = {each["matcher"]: {c["name"]: c["count"] for c in each["looked_at"]}
          for each in matching["matchers"]}
assert counts["memory"]["processes"] >= 1 and counts["memory"]["bytes"] > 100000, counts
assert counts["yara"]["processes"] >= 1 and counts["miner"]["processes"] >= 1, counts
' || die "the counts"
lines "$bundle" audit | grep -q 'scan-processes' || die "the audit log does not say it"
tar --zstd -xOf "$bundle" konseki/run.json | grep -q '"scan_processes":true' || die "run.json"
expect stdout "processes in memory"
! lines "$bundle" findings | grep -F "\"$konseki\"" || die "our own memory was looked at"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
  chmod 777 . && rm -rf out && mkdir -m 777 out
  setpriv --reuid 65534 --regid 65534 --clear-groups "$konseki" collect -q --allow-output-on-source \
    -o out --profile none --files none --scan-processes --lang ja >stdout 2>stderr || true
  bundle=$(ls out/*.tar.zst)
  lines "$bundle" audit | grep -F "\"process $holder (holder)\"" | grep -q permission_denied ||
    die "a process that may not be read is no gap"
fi

# Indicators alone: the address that only this process's memory holds, once, with its place. (This
# script never holds it whole.)
python3 -c 'print("host7134-loo" + "k-alike.example\nhost7135-loo" + "k-alike.example")' >feed.txt
live --indicators feed.txt --no-checks --scan-processes
found rows
python3 -c '
import json, sys
pid, image = sys.argv[1:]
rows = [row for row in map(json.loads, open("rows")) if row["matcher"] == "indicator"]
assert len(rows) == 1, rows
(row,) = rows
assert row["rule"] == "domain-name:host7134-loo" + "k-alike.example" and "in_memory" in row["flags"], row
assert row["count"] == 1 and "by holder" in row["reason_en"], row
(witness,) = row["evidence"]
assert f"in the memory of process {pid} ({image}) at 0x" in witness["text_en"], witness
assert f"プロセス {pid} ({image}) のメモリ 0x" in witness["text_ja"], witness
assert witness["addresses"][0]["offset"] > 0 and "rw-" in witness["text_en"], witness
' "$holder" "$work/holder" || die "the indicator in memory: $(cat rows)"

live --rules memory.yar
! lines "$bundle" findings 2>/dev/null | grep -q "/proc/$holder/mem" || die "memory was read unasked"

run 2 "$konseki" collect -q . --scan-processes -o out
expect stderr "leave SOURCE out"
run 2 "$konseki" collect -q --scan-processes --no-checks -o - --lang ja
expect stderr "検査に使うものがありません"
