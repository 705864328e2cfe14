#!/usr/bin/env bash
# Shadow copies of a Windows volume: each its own tree, identical content stored and told once, the
# choice on the command line, and a bundle that tells them apart when it is read again.
source "$(dirname "$0")/lib.sh" "$1"
export PATH="$PATH:/usr/sbin:/sbin"
for tool in mkntfs ntfscp python3; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done

# A volume with two copies: a file that changed twice, one that came later, one that never changed
# (small: no parser, no 64 KiB), one large enough to be streamed.
truncate -s 64M s0.raw && mkntfs -q -F -f -s 512 -c 4096 s0.raw
printf 'first' >1 && printf 'second' >2 && printf 'now' >3 && printf 'came later' >4 && printf 'never changed' >same
{ seq 6000000 || true; } | head -c 40000000 >large
ntfscp -q s0.raw same same.txt && ntfscp -q s0.raw 1 changed.txt && ntfscp -q s0.raw large large.bin
cp s0.raw s1.raw && ntfscp -q s1.raw 2 changed.txt && ntfscp -q s1.raw 4 later.txt
cp s1.raw s2.raw && ntfscp -q s2.raw 3 changed.txt
python3 "$project/tests/images/make_shadow_copies.py" disk.raw s0.raw s1.raw s2.raw

options=(--profile none --include '/*.txt' --include '/*.bin' --files none)
rows() { # PYTHON-EXPRESSION-OF-r: its value for each row of files.jsonl where it is not empty, sorted
  lines "$bundle" files | python3 -c "
import json, sys
for r in map(json.loads, sys.stdin):
    value = $1
    if value: print(value)" | sort
}
of_run() { # PYTHON-EXPRESSION-OF-run
  tar --zstd -xOf "$bundle" konseki/run.json | python3 -c "
import json, sys
run = json.load(sys.stdin)
print($1)"
}
statuses() { # VOLUME: name and status of each file of that volume
  rows "r['volume'] == '$1' and r['path'][-3:] in ('txt', 'bin') and r['path'] + ' ' + r['status']"
}

collect 0 disk.raw "${options[@]}" --snapshots all
same "$(statuses '$fs$/fs0')" '$fs$/fs0/changed.txt collected
$fs$/fs0/large.bin collected
$fs$/fs0/later.txt collected
$fs$/fs0/same.txt collected'
same "$(statuses '$vss$/2')" '$vss$/2/changed.txt collected
$vss$/2/large.bin linked
$vss$/2/later.txt linked
$vss$/2/same.txt linked'
same "$(statuses '$vss$/1')" '$vss$/1/changed.txt collected
$vss$/1/large.bin linked
$vss$/1/same.txt linked'
[ "$(stat -c %s "$bundle")" -lt 30000000 ] || die "the large file is stored more than once"
run 0 "$konseki" verify "$bundle"

# tar alone gives whole trees.
mkdir tree && tar --zstd -xf "$bundle" -C tree
same "$(cat 'tree/fs/$vss$/1/changed.txt') $(cat 'tree/fs/$vss$/2/changed.txt') $(cat 'tree/fs/$fs$/fs0/changed.txt')" "first second now"
cmp large 'tree/fs/$vss$/1/large.bin' || die "the large file of the oldest copy"
cmp same 'tree/fs/$vss$/2/same.txt' || die "the unchanged file"

# run.json names the copies; the rows carry their id.
same "$(of_run "[(v['mount'], v.get('snapshots', v.get('snapshot_created', '')[:10])) for v in run['volumes']]")" \
  "[('\$fs\$/fs0', 2), ('\$vss\$/2', '2024-01-02'), ('\$vss\$/1', '2024-01-01')]"
same "$(of_run "{v['snapshot_of'] for v in run['volumes'] if 'snapshot' in v}")" "{'\$fs\$/fs0'}"
same "$(rows "r['path'] == '\$vss\$/1/changed.txt' and r['snapshot']")" c0b1e000-0000-4000-8000-000000000000

# The same bytes whatever the number of workers.
members() { tar --zstd -tvf "$bundle" | grep -v konseki/ | awk '{$4=$5=""; print}'; }
first=$(members)
collect 0 disk.raw "${options[@]}" --snapshots all --workers 1
same "$(members)" "$first"

# A bundle is a source: everything is found again, in the same trees.
cp "$bundle" again.tar.zst
collect 0 again.tar.zst --profile none --include '/*.txt' --include '/*.bin'
same "$(rows "r['volume'] == '\$vss\$/1' and 'sha256' in r and r['path']")" '$vss$/1/changed.txt
$vss$/1/large.bin
$vss$/1/same.txt'

# The choice.
collect 0 disk.raw "${options[@]}" --snapshots newest
same "$(statuses '$vss$/2' | wc -l) $(statuses '$vss$/1' | wc -l)" "4 0"
collect 0 disk.raw "${options[@]}" --snapshots none
same "$(statuses '$vss$/2' | wc -l) $(statuses '$vss$/1' | wc -l)" "0 0"
same "$(of_run "run['volumes'][0]['snapshots']")" 2
run 2 "$konseki" collect disk.raw --snapshots some
expect stderr "--snapshots some"
# By profile: sweep none, triage the newest, long-term all.
for case in sweep:0 triage:1 long-term:2; do
  collect 0 disk.raw --profile "${case%:*}" --files none
  same "$case $(of_run "sum('snapshot' in v for v in run['volumes'])")" "$case ${case#*:}"
done

# Every file: of a copy only what differs is listed.
collect 0 disk.raw --profile none --files digest --snapshots all
rows "r['volume'] == '\$vss\$/1' and r['path']" >listed
expect listed '$vss$/1/changed.txt'
expect_not listed '$vss$/1/same.txt'
