#!/usr/bin/env bash
# Bundles and kits of Konseki among the evidence: named once, with case and run, and not looked into
# unless asked; what only looks like one is looked into as any archive.
source "$(dirname "$0")/lib.sh" "$1"
command -v python3 >/dev/null || skip "python3 is not installed"

mkdir first second
printf 'x KONSEKI-MARKER y' >first/marked.txt
cat >marker.yar <<'YAR'
rule marker { strings: $a = /KONSEKI-[M]ARKER/ condition: $a }
YAR
collect 0 --case-id 2026-014 --files collect first
run_id=$(tar --zstd -xOf "$bundle" konseki/run.json | python3 -c 'import json, sys; print(json.load(sys.stdin)["run_id"])')
cp "$bundle" second/old.tar.zst
run 0 "$konseki" export "$bundle" -o second/old.zip
# A bundle in an archive: only that is passed over, not what lies beside it.
mkdir pack && cp "$bundle" pack/a.tar.zst && printf 'x KONSEKI-MARKER y' >pack/b.txt
tar -C pack -czf second/both.tgz a.tar.zst b.txt
# No bundle: run.json of another tool.
mkdir -p other/konseki && echo '{"tool":"other","run_id":"1"}' >other/konseki/run.json
cp first/marked.txt other/z.txt
tar -C other -czf second/other.tgz konseki/run.json z.txt
printf '{"format": "konseki-kit", "created": "2026-01-02T03:04:05Z", "case": {"case_id": "7"}}' >second/kit.json

found() {  # the findings as "rule path"
  lines "$bundle" findings | python3 -c '
import json, sys
for row in map(json.loads, sys.stdin): print(row["rule"], row["path"])' | sort
}
collect 0 --files digest --no-checks --rules marker.yar second
same "$(found)" "konseki.bundle /both.tgz//a.tar.zst
konseki.bundle /old.tar.zst
konseki.bundle /old.zip
konseki.kit /kit.json
marker /both.tgz//b.txt
marker /other.tgz//z.txt"
lines "$bundle" findings | grep '"path":"/old.tar.zst"' >row
expect row "case 2026-014, run $run_id"
expect row "案件 2026-014、実行 $run_id"
expect row '"severity":"info"'

collect 0 --files digest --no-checks --rules marker.yar --into-bundles second
found >all
expect all "konseki.bundle /old.tar.zst"
expect all "marker /old.tar.zst//"
expect all "marker /both.tgz//a.tar.zst//"
