#!/usr/bin/env bash
# The composed images: every planted webshell and miner is found, every log line that hit a webshell
# is among its addresses, and nothing else is above low among webshells and miners.
source "$(dirname "$0")/lib.sh" "$1"
[ -d "$corpora/disk-images/composed" ] || skip "test corpora absent: set KONSEKI_CORPORA"
command -v python3 >/dev/null || skip "python3 is not installed"

cat >check.py <<'PYTHON'
import gzip, json, re, sys, tarfile, subprocess
manifest = json.load(open(sys.argv[1], encoding="utf-8"))["files"]
findings = [json.loads(line) for line in open("findings", encoding="utf-8")]
def plain(path): return re.sub("^([A-Z]:)?/", "", path)
bad = 0
def wrong(*what):
    global bad
    bad += 1
    print(*what)
planted = {f["path"] for f in manifest if f["label"] == "malicious"}
for kind, matcher in (("webshell", "webshell"), ("miner-config", "miner")):
    for file in manifest:
        if file["artifact"] != kind: continue
        found = [f for f in findings if f["matcher"] == matcher and plain(f["source"].get("path", "")) == file["path"]
                 and f["severity"] in ("medium", "high", "critical")]
        if not found: wrong("not found:", file["path"])
for f in findings:
    if f["matcher"] in ("webshell", "miner", "defacement") and f["severity"] in ("medium", "high", "critical"):
        if plain(f["source"].get("path", "")) not in planted: wrong("false:", f["severity"], f["source"], f["reason_en"])
    if f["matcher"] == "escalation" and f["severity"] not in ("info", "low"): wrong("escalation", f["severity"])
hits = {}
for f in findings:
    if f["matcher"] != "webshell": continue
    for w in f["evidence"]:
        if w["witness"] != "log.requests": continue
        for a in w["addresses"]: hits.setdefault(plain(a["path"]), set()).add(a["offset"])
for file in manifest:
    lines = file.get("webshell_hit_lines")
    if not lines: continue
    rows = {}
    for line in open("access", encoding="utf-8"):
        row = json.loads(line)
        if plain(row["source"]["path"]) == file["path"]: rows[row["line"]] = row["source"]["offset"]
    missing = [n for n in lines if rows.get(n) not in hits.get(file["path"], set())]
    if missing: wrong("lines without an address:", file["path"], missing)
    extra = len(hits.get(file["path"], set())) - len(lines)
    if extra: wrong("addresses that are no hits:", file["path"], extra)
    print(file["path"], len(lines), "lines")
sys.exit(bad != 0)
PYTHON
for manifest in "$corpora"/disk-images/composed/*.manifest.json; do
  collect 0 --profile web-server "${manifest%.manifest.json}.E01"
  lines "$bundle" findings >findings
  lines "$bundle" records/web.access >access
  python3 check.py "$manifest" || die "$manifest"
done
