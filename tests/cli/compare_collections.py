"""compare_collections.py A B [NAME...]: two bundles unpacked below A and B hold the same evidence.

Records of every schema are compared field by field, the address but for the name of the evidence
included; of files.jsonl path, stream, type, status, definitions and, but for directories, target,
size, SHA-256 and time of modification. Not compared are, always,

* `source.evidence`: the name of the folder, image or bundle;
* size and times of directories: each file system's own affair, and changed by copying into them;
* what a file system itself adds (NTFS's own files, lost+found).

and only where the caller names it, since one of the two sides cannot have it:

* creation_time: a copy is a new file to the file system it goes to, and FAT's copying tools store
  none. `since` is left out where either side took it from a file's own times.
* mode: FAT has none, NTFS none of Linux, and those of a folder may be the copy's, so the agent does
  not believe them: `enabled` where one side does not say, and the remark "not executable".
"""
import collections
import glob
import json
import re
import sys

ADDED = re.compile(r"^(C:)?/(\$(AttrDef|BadClus|Bitmap|Boot|Extend|LogFile|MFT|MFTMirr|Secure|UpCase|Volume)(/.*)?|lost\+found)$")


def lines(folder, pattern):
    for name in sorted(glob.glob(f"{glob.escape(folder)}/konseki/{pattern}")):
        with open(name, encoding="utf-8") as stream:
            for line in stream:
                yield name, json.loads(line)


def records(folder):
    rows = collections.defaultdict(list)
    for name, row in lines(folder, "records/*.jsonl"):
        row["source"].pop("evidence")
        rows[name.rsplit("/", 1)[1].rsplit(".", 2)[0]].append(row)
    return rows


def files(folder):
    rows = {}
    for _, row in lines(folder, "files.*.jsonl"):
        if ADDED.match(row["path"]):
            continue
        facts = {key: row.get(key) for key in ("type", "status", "sha256", "link_target", "artifacts")}
        if row["type"] != "directory":
            facts["size"] = row.get("size")
            facts["modified"] = row.get("modified")
        rows[row["path"], row.get("stream", "")] = facts
    return rows


def normalised(row, excused):
    row = dict(row)
    if "creation_time" in excused and re.search(r"\bfile (created|modified)$", row.get("since_evidence", "")):
        row.pop("since")
        row.pop("since_evidence")
    if "mode" in excused:
        row.pop("enabled", None)
        if "remarks" in row:
            row["remarks"] = [text for text in row["remarks"] if text != "not executable"]
            if not row["remarks"]:
                row.pop("remarks")
    return json.dumps(row, sort_keys=True, ensure_ascii=False)


def disagree_on_enabled(a, b):
    """With mode excused, `enabled` may be missing on one side, never be the opposite."""
    def facts(rows):
        return {json.dumps({k: row.get(k) for k in ("mechanism", "location", "name", "command", "trigger")}): row["enabled"]
                for row in rows if "enabled" in row}
    mine, theirs = facts(a), facts(b)
    return [key for key in mine.keys() & theirs.keys() if mine[key] != theirs[key]]


def main():
    left, right, excused = sys.argv[1], sys.argv[2], set(sys.argv[3:])
    bad = []
    ours, theirs = records(left), records(right)
    total = sum(map(len, ours.values()))
    for schema in sorted(ours.keys() | theirs.keys()):
        a = collections.Counter(normalised(row, excused) for row in ours[schema])
        b = collections.Counter(normalised(row, excused) for row in theirs[schema])
        bad += [f"{schema} only in {left}: {row}" for row in (a - b).elements()]
        bad += [f"{schema} only in {right}: {row}" for row in (b - a).elements()]
    bad += [f"enabled differs: {key}" for key in disagree_on_enabled(ours["persistence"], theirs["persistence"])]
    mine, others = files(left), files(right)
    for key in sorted(mine.keys() | others.keys()):
        if mine.get(key) != others.get(key):
            bad.append(f"file {key}: {mine.get(key)} | {others.get(key)}")
    print(f"{left} and {right}: {total} records of {len(ours)} schemas, {len(mine)} files, {len(bad)} differences")
    for text in bad[:12]:
        print(text[:600])
    return 1 if bad or not total or not mine else 0


sys.exit(main())
