#!/usr/bin/env bash
# The composed images give exactly the files, streams, times and digests of their manifests.
source "$(dirname "$0")/lib.sh" "$1"
[ -d "$corpora/disk-images/composed" ] || skip "test corpora absent: set KONSEKI_CORPORA"
command -v python3 >/dev/null || skip "python3 is not installed"

cat >check.py <<'PYTHON'
import json, re, sys
rows = {}
for line in open("rows", encoding="utf-8"):
    row = json.loads(line)
    rows.setdefault((re.sub("^[A-Z]:", "", row["path"]), row.get("stream", "")), row)
bad = checked = 0
def check(path, stream, want):
    global bad, checked
    checked += 1
    row = rows.get(("/" + path, stream))
    for key, ours in (("sha256", "sha256"), ("size", "size"), ("mtime", "modified"), ("crtime", "created")):
        if key not in want: continue
        have = row.get(ours) if row else None
        if key in ("mtime", "crtime"):
            same = bool(have) and have[:19] == want[key][:19]
        else:
            same = have == want[key]
        if not same:
            print(path, stream, key, "expected", want[key], "got", have)
            bad += 1
for file in json.load(open(sys.argv[1], encoding="utf-8"))["files"]:
    check(file["path"], "", file)
    ads = file.get("ads") or []
    for name, want in (ads.items() if isinstance(ads, dict) else ((a["name"], a) for a in ads)):
        check(file["path"], name, want if isinstance(want, dict) else {})
print(checked, "checked,", bad, "wrong")
sys.exit(bad != 0 or checked == 0)
PYTHON
for manifest in "$corpora"/disk-images/composed/*.manifest.json; do
  image=${manifest%.manifest.json}.E01
  before=$(sha256sum <"$image")
  collect 0 "$image" --files collect
  run 0 "$konseki" verify "$bundle"
  lines "$bundle" files >rows
  python3 check.py "$manifest" || die "$manifest"
  same "$(sha256sum <"$image")" "$before"
  # A bundle is a source, too: the same files and records again.
  first=$bundle
  mv "$first" first.tar.zst
  collect 0 first.tar.zst --files collect
  for stream in $(tar --zstd -tf first.tar.zst | sed -n 's|^konseki/\(records/[^/]*\)\.0001\.jsonl$|\1|p'); do
    lines first.tar.zst "$stream" | sed 's/,"source":{.*//' | sort >one
    lines "$bundle" "$stream" | sed 's/,"source":{.*//' | sort >two
    cmp -s one two || die "$stream differs between image and bundle: $(diff one two | head -4)"
  done
done
