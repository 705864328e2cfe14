#!/usr/bin/env bash
# Speed and size against common tools, as ratios of medians in one run. Prints a Markdown table.
# Usage: run.sh KONSEKI [DIRECTORY for the generated trees, default ./build/bench]
# Environment: KONSEKI_BENCH_TREE, a tree of about 2 GB to pack (default: a copy of parts of /usr);
# KONSEKI_BENCH_RUNS (default 3); KONSEKI_BENCH_FILES (default 200000, files of the listing images).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
konseki=$(realpath "$1")
work=${2:-build/bench}
runs=${KONSEKI_BENCH_RUNS:-3}
mkdir -p "$work"
work=$(realpath "$work")

# seconds COMMAND: wall seconds of one run through the shell, output thrown away.
seconds() {
  local start end
  start=$(date +%s.%N)
  bash -c "$1" >/dev/null 2>&1 || { code=$?; [ $code -le 1 ] || { echo "failed ($code): $1" >&2; exit 1; }; }
  end=$(date +%s.%N)
  echo "$end - $start" | bc
}

# row NAME BAR A B: runs A and B in turn and prints medians and their ratio A/B.
row() {
  local a=() b=() i
  seconds "$3" >/dev/null
  seconds "$4" >/dev/null
  for ((i = 0; i < runs; i++)); do
    a+=("$(seconds "$3")")
    b+=("$(seconds "$4")")
  done
  local ma mb
  ma=$(printf '%s\n' "${a[@]}" | sort -n | sed -n "$(((runs + 1) / 2))p")
  mb=$(printf '%s\n' "${b[@]}" | sort -n | sed -n "$(((runs + 1) / 2))p")
  printf '| %s | %.2f s | %.2f s | %.2f | %s |\n' "$1" "$ma" "$mb" "$(echo "$ma / $mb" | bc -l)" "$2"
}

# The bundle alone, then what a user gets by default: read back, summed up, with its report.
bundle="$konseki collect -q --profile none"
whole="rm -rf $work/out && mkdir -p $work/out && $bundle --allow-output-on-source -o $work/out"

echo "| what | konseki | other | ratio | bar |"
echo "|---|---|---|---|---|"

[ -f "$work/listing/ext4.img" ] || "$here/make_listing_images.sh" "$work/listing" "${KONSEKI_BENCH_FILES:-200000}" >&2
for kind in ntfs ext4; do
  image=$work/listing/$kind.img
  bar=$([ $kind = ntfs ] && echo "<= 0.25" || echo "<= 1.00")
  fls="fls -r -m / $image > $work/fls.out"
  row "list $kind image into a bundle / fls -r -m" "$bar" "$bundle --files list -o - $image > $work/list.zst" "$fls"
  row "the same with summary and report / fls -r -m" "" "$whole --files list $image" "$fls"
done

find="find / -xdev -printf '%p %y %s %m %U %G %n %i %T@ %A@ %C@ %B@ %l\\n' > $work/find.out"
row "list live host into a bundle / find -xdev -printf" "<= 1.30" "$bundle --files list -o - > $work/list.zst" "$find"
row "the same with summary and report / find -xdev -printf" "" "$whole --files list" "$find"

tree=${KONSEKI_BENCH_TREE:-$work/tree}
[ -d "$tree" ] || "$here/make_tree.sh" "$tree"
row "pack tree, three digests / tar + zstd -T2 -3" "<= 1.40" "$whole --files collect $tree" \
  "tar -C $tree -cf - . | zstd -q -T2 -3 > $work/tree.tar.zst"
row "the same / sha256sum, sha1sum, md5sum, tar + zstd one after another" "<= 0.43" \
  "$whole --files collect $tree" \
  "cd $tree && for d in sha256sum sha1sum md5sum; do find . -type f -print0 | xargs -0 \$d > $work/\$d.out; done; tar -cf - . | zstd -q -T2 -3 > $work/tree.tar.zst"
ours=$(stat -c %s "$work"/out/*.tar.zst)
theirs=$(stat -c %s "$work/tree.tar.zst")
printf '| bundle size / tar.zst size | %s MiB | %s MiB | %.3f | <= 1.00 |\n' $((ours >> 20)) \
  $((theirs >> 20)) "$(echo "$ours / $theirs" | bc -l)"

for files in 100000 500000 2000000; do
  [ -f "$work/memory.$files/ext4.img" ] || \
    "$here/make_listing_images.sh" "$work/memory.$files" "$files" ext4 >&2
  image=$work/memory.$files/ext4.img
  rm -rf "$work/out" && mkdir -p "$work/out"
  peak=$( { /usr/bin/time -f %M "$konseki" collect -q --profile none --files list \
            --allow-output-on-source -o "$work/out" "$image" >/dev/null; } 2>&1 | tail -1)
  printf '| peak memory, %s files | %s MiB | | | < 200 MiB |\n' "$files" $((peak / 1024))
done
