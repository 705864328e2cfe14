#!/usr/bin/env bash
# A rescue from end to end: the kit made in the lab on Linux, started on a stick in a Windows host
# (wine, with an image behind \\.\C:), its bundle verified and reported in the lab.
# Usage: TEST KONSEKI-UNDER-WINE WRITE_TREE (beside the program for Linux).
write_tree=$(realpath "$2" 2>/dev/null) || true
native=$(realpath "$(dirname "$2")/../../release/konseki" 2>/dev/null) || true
source "$(dirname "$0")/../cli/lib.sh" "$1"
source "$project/tests/images/evidence_trees.sh"
source "$project/tests/wine/stick.sh"
source "$project/tests/wine/windows_disk.sh"
[ -x "$native" ] && [ -x "$write_tree" ] || skip "build/release-linux is not built"
[ -f "$exe" ] || skip "build/release-windows is not built"
export PATH="$PATH:/usr/sbin:/sbin" TZ=UTC

make_host
make_windows_disk
ln -sfn "$work/c.raw" "$devices/c::"
# Of the examined machine only: no drive that leads to the root of this one.
rm -f "$devices/z:" "$devices/z::"

# In the lab: keys, what to look for, the kit. One indicator is a file that the image holds.
mkdir lab && cp "$native" lab/konseki && cp "$exe" lab/konseki.exe
lab="$work/lab/konseki"
run 0 "$lab" key generate -o lab/team.key
team=$("$lab" key public lab/team.key)
code=0 && mkdir before
"$lab" collect -q --allow-output-on-source -o before c.raw --profile sweep >stdout 2>stderr || code=$?
[ $code -le 1 ] || die "the image cannot be collected"
tar --zstd -xOf before/*.tar.zst --wildcards 'konseki/files.*.jsonl' >rows
known=$(python3 -c '
import json
for row in map(json.loads, open("rows", encoding="utf-8")):
    if row.get("sha256") and row.get("size", 0) > 100 and row["status"] == "collected":
        print(row["sha256"])
        break')
[ -n "$known" ] || die "the image holds no file to look for"
printf '%s\n%s\nbad.example.net\n' "$known" "$(printf 'not there' | sha256sum | cut -c1-64)" >lab/feed.txt
mkdir -p lab/rules/common
echo 'private rule hive_magic { condition: uint32(0) == 0x66676572 }' >lab/rules/common/magic.inc
printf 'include "common/magic.inc"\nrule rehearsal_hive { meta: description = "A hive" condition: hive_magic }\n' \
  >lab/rules/rehearsal.yar
printf '案件番号: 2026-014\n担当者: 田中\n' >lab/case.txt
run 0 "$lab" kit make -o stick --zip kit.zip --recipient "$team" --profile sweep --case lab/case.txt \
  --contact '救助チーム 03-0000' --indicators lab/feed.txt --rules lab/rules --max-time 30m
expect stdout "konseki.exe"
expect stdout "Indicators: 3"
expect stdout "YARA rules: 2"
public=$(grep -o 'RW[A-Za-z0-9+/=]\{54\}' stdout | head -1)
! grep -aqF rehearsal_hive stick/data.kon || die "a rule lies open"
! grep -aqF bad.example.net stick/data.kon || die "an indicator lies open"

# On the host: from the root of the stick.
ln -sfn "$work/stick" "$devices/e:"
code=0
"$wine" 'e:\konseki.exe' kit run --yes -q --lang en >stdout 2>stderr </dev/null || code=$?
[ "$code" -le 1 ] || die "the kit ended with $code"
expect stderr "Konseki rescue kit"
expect stderr "3 indicators, 2 YARA rules"
expect stderr "$team"
expect stderr "救助チーム"
expect stderr "Done. Copy the SHA-256"
expect_not stderr sudo
expect_not stdout sudo
expect stdout "Collection finished"
expect stdout "SHA-256 of the manifest"
bundle=$(ls stick/evidence/*.age)
[ "$(ls stick/evidence | wc -l)" = 1 ] || die "more than the encrypted bundle: $(ls stick/evidence)"
code=0
"$wine" 'e:\konseki.exe' kit run --yes -q --lang ja >stdout 2>stderr </dev/null || code=$?
[ "$code" -le 1 ] || die "the kit ended with $code"
expect stderr "完了しました"
expect stderr "照合"
expect stdout "収集終了"

# Back in the lab.
run 0 "$lab" kit check stick --public-key "$public"
run 0 "$lab" verify -q --identity lab/team.key "$bundle"
run 0 "$lab" info --identity lab/team.key "$bundle"
expect stdout "2026-014"
run 0 "$lab" export --identity lab/team.key "$bundle" -o opened.tar
tar -xOf opened.tar --wildcards 'konseki/findings.*.jsonl' >findings
expect findings rehearsal_hive
expect findings "$known"
tar -xOf opened.tar konseki/run.json >run.json
expect run.json 田中
run 0 "$lab" report --identity lab/team.key "$bundle" -o report.html
expect report.html rehearsal_hive
code=0
"$lab" match --identity lab/team.key "$bundle" --indicators lab/feed.txt --no-checks >stdout 2>stderr || code=$?
[ $code -le 1 ] || die "match: exit code $code"
expect stdout "$known"

# Altered on the way: nothing more is collected.
before=$(ls stick/evidence | wc -l)
echo x >stick/helper.dll
code=0
"$wine" 'e:\konseki.exe' kit run --yes -q --lang ja >stdout 2>stderr </dev/null || code=$?
same $code 4
expect stderr "helper.dll: 追加されています"
same "$(ls stick/evidence | wc -l)" "$before"
