#!/usr/bin/env bash
# Raw devices under wine, with images behind their names: \\.\C: and \\.\PhysicalDrive0 give the same
# records and digests as the images do on Linux, and a run on the "host" itself reads C: through its
# device. Wine answers no question about such devices (IOCTL), so sizes come from what stands for them.
# Usage: TEST KONSEKI-UNDER-WINE WRITE_TREE (beside the program for Linux).
write_tree=$(realpath "$2" 2>/dev/null) || true
native=$(realpath "$(dirname "$2")/../../release/konseki" 2>/dev/null) || true
source "$(dirname "$0")/../cli/lib.sh" "$1"
source "$project/tests/images/evidence_trees.sh"
source "$project/tests/wine/stick.sh"
source "$project/tests/wine/windows_disk.sh"
[ -x "$native" ] && [ -x "$write_tree" ] || skip "build/release-linux is not built"
export PATH="$PATH:/usr/sbin:/sbin" TZ=UTC

make_host

# taken NAME PROGRAM SOURCE...: collects all that is there; its records are then in NAME/.
taken() {
  local name=$1 program=$2 code=0
  shift 2
  rm -rf out "$name" && mkdir out "$name"
  "$program" collect -q --allow-output-on-source -o out "$@" >stdout 2>stderr || code=$?
  [ "$code" -le 1 ] || die "$program: exit code $code"
  tar --zstd -xf out/*.tar.zst -C "$name" konseki
  mv out/*.tar.zst "$name.tar.zst"
}
equal() { python3 "$project/tests/cli/compare_collections.py" "$@" || die "$* differ"; }

make_windows_disk
ln -sfn "$work/c.raw" "$devices/c::"
ln -sfn "$work/disk.raw" "$devices/physicaldrive0"

taken volume.linux "$native" c.raw --profile full
taken volume.wine "$konseki" '\\.\C:' --profile full
equal volume.linux volume.wine
taken disk.linux "$native" disk.raw
taken disk.wine "$konseki" '\\.\PhysicalDrive0'
equal disk.linux disk.wine
run 3 "$konseki" collect '\\.\PhysicalDrive9'
expect stderr 'PhysicalDrive9'

# The host itself.
end_wine
run_from_stick
python3 - <<'PYTHON' || die "what the live host gives of C: is not what its image gives"
import glob, json

def rows(folder, volume):
    found = {}
    for path in sorted(glob.glob(f"{folder}/konseki/files.*.jsonl")):
        for row in map(json.loads, open(path, encoding="utf-8")):
            if row["volume"] == volume and "sha256" in row:
                assert row["access_method"] == "tsk", row["path"]
                found[row["path"], row.get("stream", "")] = row["sha256"]
    return found

volumes = json.load(open("live/konseki/run.json"))["volumes"]
assert volumes[0]["mount"] == "C:", volumes
assert volumes[0]["access_method"] == "tsk", volumes
live = rows("live", "C:")
image = rows("volume.linux", "C:")
assert live, "nothing was collected"
assert all(image.get(key) == value for key, value in live.items()), \
    [key for key, value in live.items() if image.get(key) != value][:5]
audit = "".join(open(path, encoding="utf-8").read() for path in glob.glob("live/konseki/audit.*.jsonl"))
assert "Prefetch/KONSEKI.EXE" in audit and "opened for reading as raw devices" in audit
PYTHON
