#!/usr/bin/env bash
# What matters most is read first: a run that ends early by --max-time or for want of space holds all
# core artifacts of the profile, is sealed, and names what it left out.
source "$(dirname "$0")/lib.sh" "$1"
mkdir -p host/etc host/var/log host/a host/opt
echo 'ID=debian' >host/etc/os-release
echo 'root:x:0:0::/root:/bin/sh' >host/etc/passwd
echo 'a line' >host/var/log/auth.log
for name in first trigger untimely; do head -c 200K /dev/urandom >"host/a/$name"; done
options=(--profile triage --include '/a/*' --workers 1)

# All core files stand before all others, although these come first by name.
collect 0 host "${options[@]}"
lines "$bundle" files >rows
python3 - <<'PYTHON' || die "the order is another one"
import json
paths = [row["path"] for row in map(json.loads, open("rows"))]
core = [paths.index(path) for path in ("/etc/passwd", "/var/log/auth.log")]
rest = [paths.index(f"/a/{name}") for name in ("first", "trigger", "untimely")]
assert max(core) < min(rest), paths
PYTHON

# A limit that the others do not fit into.
collect 0 host "${options[@]}" --max-total-size 300K
lines "$bundle" files >rows
grep -E '"/(etc/passwd|var/log/auth.log|a/first)"' rows | grep -v '"status":"collected"' && die "core left out"
grep -F '"/a/untimely"' rows >row
expect row '"reason":"max_total_size"'

# Time runs out on the way: from the moment the file "trigger" is read the clock is two hours later.
command -v cc >/dev/null || { echo "not tried: no C compiler"; exit 0; }
readelf -l "$konseki" | grep -q INTERP || { echo "not tried: a static program has its own clock"; exit 0; }
cat >clock.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static atomic_int late;
int clock_gettime(clockid_t id, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(id, now);
  if (id == CLOCK_MONOTONIC && late) now->tv_sec += 7200;
  return result;
}
static ssize_t watched(int fd, void *buffer, size_t size, off64_t at) {
  static ssize_t (*real)(int, void *, size_t, off64_t);
  char link[64], path[4096];
  if (!real) real = dlsym(RTLD_NEXT, "pread64");
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length < 0 ? 0 : length] = 0;
  if (strstr(path, "/a/trigger")) late = 1;
  return real(fd, buffer, size, at);
}
ssize_t pread(int fd, void *b, size_t n, off_t at) { return watched(fd, b, n, at); }
ssize_t pread64(int fd, void *b, size_t n, off64_t at) { return watched(fd, b, n, at); }
C
cc -shared -fPIC -o clock.so clock.c -ldl
for kind in age tar.zst; do
  rm -rf out && mkdir out
  more=()
  if [ $kind = age ]; then
    "$konseki" key generate -o team.key >/dev/null 2>&1
    more=(--recipient "$("$konseki" key public team.key)")
  fi
  run 1 env ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD="$work/clock.so" "$konseki" collect -q \
    -o out host "${options[@]}" --max-time 1h "${more[@]}"
  bundle=$(ls out/*.$kind)
  if [ $kind = age ]; then
    run 0 "$konseki" verify --identity team.key "$bundle"
    run 0 "$konseki" export --identity team.key "$bundle" -o opened.tar
    tar -xOf opened.tar --wildcards 'konseki/files.*.jsonl' >rows
    tar -xOf opened.tar konseki/manifest.json >manifest
  else
    run 0 "$konseki" verify "$bundle"
    lines "$bundle" files >rows
    tar --zstd -xOf "$bundle" konseki/manifest.json >manifest
  fi
  expect manifest '"out_of_time":true'
  for path in /etc/passwd /var/log/auth.log /a/first /a/trigger; do
    grep -F "\"path\":\"$path\"" rows >row
    expect row '"status":"collected"'
  done
  grep -F '"path":"/a/untimely"' rows >row
  expect row '"reason":"max_time"'
done
