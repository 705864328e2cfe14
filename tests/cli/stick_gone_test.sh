#!/usr/bin/env bash
# The stick that the bundle goes to is pulled out, or fails, during the run: a message that says what
# happened and what to do, exit 4, and recover saves what was written. Once for every error that
# systems answer with, by a library before write(); once with a file system that really goes away.
source "$(dirname "$0")/lib.sh" "$1"
skip_static
export PATH="$PATH:/usr/sbin:/sbin" ASAN_OPTIONS=verify_asan_link_order=0
mkdir tree && for i in 1 2 3 4 5 6 7 8; do head -c 3M /dev/urandom >"tree/$i"; done

# saved PARTIAL: recover gives a whole bundle with some of the files.
saved() {
  run 1 "$konseki" recover "$1" -o saved.tar.zst
  run 0 "$konseki" verify saved.tar.zst
  mkdir files && run 0 "$konseki" export saved.tar.zst -o files/out
  local whole=0 file
  for file in tree/*; do
    if find files -type f -name "$(basename "$file")" -exec cmp -s {} "$file" \; -print | grep -q .; then
      whole=$((whole + 1))
    fi
  done
  [ $whole -ge 1 ] && [ $whole -lt 8 ] || die "$whole files of 8 were saved"
  rm -rf files saved.tar.zst
}

command -v cc >/dev/null || skip "no C compiler"
# Once more than 12 MiB went into a file *.partial: answers the error GONE_WITH, or kills the process
# GONE_DRIVER, whose file system that file lies on, and waits until that answers no more.
cat >gone.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
ssize_t write(int fd, const void *buffer, size_t size) {
  static ssize_t (*real)(int, const void *, size_t);
  static size_t taken;
  char link[64], path[4096];
  if (!real) real = dlsym(RTLD_NEXT, "write");
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length < 0 ? 0 : length] = 0;
  if (length > 8 && !strcmp(path + length - 8, ".partial") && (taken += size) > (12u << 20)) {
    const char *error = getenv("GONE_WITH"), *driver = getenv("GONE_DRIVER");
    if (error) {
      errno = atoi(error);
      return -1;
    }
    if (driver) {
      kill(atoi(driver), SIGKILL);
      while (access(path, F_OK) == 0) usleep(1000);
    }
  }
  return real(fd, buffer, size);
}
C
cc -shared -fPIC -o gone.so gone.c -ldl || skip "no C compiler"

# gone VARIABLE=VALUE LANGUAGE FOLDER: a run that loses its output on the way.
gone() {
  run 4 env "$1" LD_PRELOAD="$work/gone.so" "$konseki" collect -q --lang "$2" -o "$3" \
    --profile none --files collect --workers 1 tree
  partial=$(ls "$3"/*.partial 2>/dev/null) || true
}

for number in 5 19 107 123; do # EIO ENODEV ENOTCONN ENOMEDIUM
  rm -rf out && mkdir out
  gone GONE_WITH=$number en out
  expect stderr "pulled out, or it fails"
  expect stderr "konseki recover"
  saved "$partial"
done
rm -rf out && mkdir out && gone GONE_WITH=19 ja out
expect stderr "出力先の媒体が応答しません"
# Full, and not foreseen.
rm -rf out && mkdir out && gone GONE_WITH=28 en out
expect stderr "The output volume is full"
saved "$partial"
rm -rf out && mkdir out && gone GONE_WITH=28 ja out
expect stderr "空き容量が不足"

# A real one: the program behind a file system in user space is killed; later the stick is plugged in
# again.
for tool in mkntfs ntfs-3g; do
  command -v $tool >/dev/null || { echo "not tried: $tool is not installed"; exit 0; }
done
truncate -s 96M stick.raw && mkntfs -q -F -f stick.raw >/dev/null 2>&1 && mkdir stick
plug_in() { # no_detach: its process is the one that serves
  ntfs-3g -o no_detach stick.raw stick >/dev/null 2>&1 &
  driver=$!
  for _ in $(seq 100); do
    mountpoint -q stick && return
    kill -0 $driver 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}
plug_in || { echo "not tried: no file system in user space here"; exit 0; }
trap 'umount -l "$work/stick" 2>/dev/null || true; rm -rf "$work"' EXIT
gone GONE_DRIVER=$driver en stick
expect stderr "pulled out, or it fails"
umount -l stick
plug_in || die "the stick cannot be plugged in again"
saved stick/*.partial
umount stick && wait $driver
