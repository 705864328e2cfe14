#!/usr/bin/env bash
# One worker and many give the same bundle, apart from the run's own stamps.
source "$(dirname "$0")/lib.sh" "$1"

mkdir tree
for i in $(seq 1 400); do head -c $((i * 997 % 70000)) /dev/urandom >tree/file$i; done
cp tree/file70 tree/copy70
head -c 50M /dev/zero >tree/large

members() {  # digests of all members but the stamped ones
  mkdir "$2" && tar --zstd -xf "$1" -C "$2"
  (cd "$2" && find . -type f ! -name run.json ! -name 'audit.*' ! -name 'manifest.json*' -print0 |
    sort -z | xargs -0 sha256sum)
}
collect 0 tree --files collect --workers 1
members "$bundle" one >one.sums
collect 0 tree --files collect --workers 7
members "$bundle" many >many.sums
cmp one.sums many.sums || die "bundles differ: $(diff one.sums many.sums | head)"
