#!/usr/bin/env bash
# A medium with bad sectors, and one that goes away during the run: what cannot be read is named,
# zero and marked in the row of the file that holds it; all the rest is there and the bundle sealed.
source "$(dirname "$0")/lib.sh" "$1"
skip_static
export PATH="$PATH:/usr/sbin:/sbin" ASAN_OPTIONS=verify_asan_link_order=0 MTOOLS_SKIP_CHECK=1
for tool in cc mkfs.vfat mcopy python3; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done

# Stands before pread(): sectors BAD (numbers, by comma) of disk.raw answer EIO; after GONE_AFTER
# reads of it every read answers ENODEV.
cat >failing.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static ssize_t failing(int fd, void *buffer, size_t size, off64_t at) {
  static ssize_t (*real)(int, void *, size_t, off64_t);
  static atomic_long reads;
  char link[64], path[4096];
  if (!real) real = dlsym(RTLD_NEXT, "pread64");
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length < 0 ? 0 : length] = 0;
  if (strlen(path) < 8 || strcmp(path + strlen(path) - 8, "disk.raw")) return real(fd, buffer, size, at);
  const char *gone = getenv("GONE_AFTER"), *bad = getenv("BAD");
  if (gone && ++reads > atol(gone)) { errno = ENODEV; return -1; }
  for (const char *each = bad; each && *each; each = strchr(each, ',') ? strchr(each, ',') + 1 : 0) {
    off64_t sector = atoll(each) * 512;
    if (sector < at + (off64_t)size && sector + 512 > at) { errno = EIO; return -1; }
  }
  return real(fd, buffer, size, at);
}
ssize_t pread(int fd, void *b, size_t n, off_t at) { return failing(fd, b, n, at); }
ssize_t pread64(int fd, void *b, size_t n, off64_t at) { return failing(fd, b, n, at); }
C
cc -shared -fPIC -o failing.so failing.c -ldl || skip "no C compiler"

{ seq 100000 || true; } | head -c 60000 >before.bin
{ yes 'MARKED LINE OF THE DAMAGED FILE' || true; } | head -c 40000 >damaged.bin
{ seq 200000 300000 || true; } | head -c 50000 >after.bin
{ seq 1000000 || true; } | head -c 5000000 >big.bin
fill_fat() { mkfs.vfat -F 32 disk.raw >/dev/null && mcopy -i disk.raw *.bin ::; }
fill_ext() { mkdir -p tree && cp *.bin tree/ && mke2fs -q -t ext4 -d tree disk.raw; }
fill_ntfs() {
  mkntfs -q -F -f disk.raw >/dev/null 2>&1 || return
  for name in *.bin; do ntfscp -q disk.raw "$name" "$name" || return; done
}
make_disk() { # KIND: disk.raw with the files; sector is then the tenth of damaged.bin
  rm -rf disk.raw && truncate -s 64M disk.raw && "fill_$1" || return
  start=$(grep -abo -m1 'MARKED LINE' disk.raw | head -1 | cut -d: -f1)
  sector=$((start / 512 + 10))
}

options=(--profile none --files collect --snapshots none)
take() { # CODE LANGUAGE ENVIRONMENT...
  local want=$1 language=$2
  shift 2
  rm -rf out && mkdir out
  run "$want" env "$@" LD_PRELOAD="$work/failing.so" "$konseki" collect -q --lang "$language" -o out \
    disk.raw "${options[@]}"
  bundle=$(ls out/*.tar.zst)
}
row() { # NAME PYTHON-EXPRESSION-OF-r
  lines "$bundle" files | python3 -c "
import json, sys
for r in map(json.loads, sys.stdin):
    if r['path'].lower().endswith('/$1'): print($2)"
}

for kind in fat ext ntfs; do
  make_disk $kind || { echo "not tried here: $kind"; continue; }
  take 1 en BAD=$sector,$((sector + 1))
  cp damaged.bin expected
  dd if=/dev/zero of=expected bs=512 seek=10 count=2 conv=notrunc status=none
  same "$(row damaged.bin "r['sha256']")" "$(sha256sum <expected | cut -d' ' -f1)"
  same "$(row damaged.bin "[r['status'], r['reason'], r['lost']]")" \
    "['collected', 'unreadable_sectors', [{'offset': 5120, 'length': 1024}]]"
  for name in before after big; do
    same "$name $(row $name.bin "r['sha256'], 'lost' in r")" \
      "$name $(sha256sum <$name.bin | cut -d' ' -f1) False"
  done
  expect stderr "2 sectors could not be read (the first is sector $sector)"
  lines "$bundle" audit >audit
  expect audit "\"sectors\":[{\"first\":$sector,\"last\":$((sector + 1))}]"
  run 0 "$konseki" verify "$bundle"
done

make_disk fat
take 1 ja BAD=$sector
expect stderr "1 個のセクターを読み取れませんでした (先頭はセクター $sector)"

# Pulled out on the way: cut at different points, the bundle is always whole.
for reads in 2 10 25; do
  rm -rf out && mkdir out
  code=0
  env GONE_AFTER=$reads LD_PRELOAD="$work/failing.so" "$konseki" collect -q -o out disk.raw \
    "${options[@]}" >stdout 2>stderr || code=$?
  if [ $code = 1 ]; then
    bundle=$(ls out/*.tar.zst)
    expect stderr "the device disappeared during the run"
    lines "$bundle" audit >audit
    expect audit "the device disappeared during the run"
    run 0 "$konseki" verify "$bundle"
  else
    same $code 3  # gone before anything could be opened
    expect stderr "disk.raw"
  fi
done
rm -rf out && mkdir out
code=0
env GONE_AFTER=25 LD_PRELOAD="$work/failing.so" "$konseki" collect -q --lang ja -o out disk.raw \
  "${options[@]}" >stdout 2>stderr || code=$?
same $code 1
expect stderr "実行中にデバイスが見えなくなりました"
