#!/usr/bin/env bash
# A live host whose volume has no device to be read by: its files come through Windows' own calls, row by
# row said so, with the digests that they have. (Their access times are Windows' affair: docs/footprint.md.)
# Usage: TEST KONSEKI-UNDER-WINE WRITE_TREE (beside the program for Linux).
write_tree=$(realpath "$2" 2>/dev/null) || true
source "$(dirname "$0")/../cli/lib.sh" "$1"
source "$project/tests/images/evidence_trees.sh"
source "$project/tests/wine/stick.sh"
[ -x "$write_tree" ] || skip "build/release-linux is not built"
export TZ=UTC

# Drive C: gets the evidence and no device.
make_host
make_windows_tree windows
cp -dR --preserve=timestamps windows/. "$KONSEKI_WINEPREFIX/drive_c/"
rm -f "$devices/c::"
run_from_stick
python3 - <<'PYTHON' || die "files through the system's calls are not what they are"
import glob, hashlib, json, os

run = json.load(open("live/konseki/run.json"))
volumes = {each["mount"]: each for each in run["volumes"]}
assert volumes["C:"]["access_method"] == "os", volumes
read = 0
for path in sorted(glob.glob("live/konseki/files.*.jsonl")):
    for row in map(json.loads, open(path, encoding="utf-8")):
        if row["volume"] != "C:" or "sha256" not in row:
            continue
        assert row["access_method"] == "os", row
        within = row["path"].split("/", 1)[1]
        if not os.path.lexists("windows/" + within):
            continue  # of wine itself
        content = open("windows/" + within, "rb").read()
        assert hashlib.sha256(content).hexdigest() == row["sha256"], row
        read += 1
assert read > 20, read
audit = "".join(open(path, encoding="utf-8").read() for path in glob.glob("live/konseki/audit.*.jsonl"))
assert "through the system" in audit, "not said"
print(read, "files")
PYTHON
