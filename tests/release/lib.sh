# Shared by the tests of release programs. Sourced with the program as $1.
program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset LC_ALL LC_MESSAGES LANG

die() { echo "FAILED: $*" >&2; exit 1; }
skip() { echo "skipped: $*"; exit 77; }

# An ext4 image with a few files, one of them named in Japanese: $work/disk.img.
make_image() {
  mkdir -p "$work/tree/etc" "$work/tree/home/a/.ssh" "$work/tree/var/log"
  printf 'root:x:0:0::/root:/bin/sh\na:x:1000:1000::/home/a:/bin/sh\n' >"$work/tree/etc/passwd"
  echo host >"$work/tree/etc/hostname"
  echo 'ssh-ed25519 AAAA a@b' >"$work/tree/home/a/.ssh/authorized_keys"
  echo 'note' >"$work/tree/home/a/覚え書き.txt"
  head -c 3000000 /dev/urandom >"$work/tree/var/log/syslog"
  truncate -s 64M "$work/disk.img"
  PATH=$PATH:/sbin:/usr/sbin mke2fs -q -t ext4 -d "$work/tree" "$work/disk.img"
}

# The digests of what was collected, without the run's own times: path and SHA-256 a line.
digests() {  # digests BUNDLE
  zstd -dqc "$1" | tar -xO --wildcards 'konseki/files*.jsonl' |
    sed -n 's/.*"path":"\([^"]*\)".*"sha256":"\([0-9a-f]*\)".*/\1 \2/p' | sort
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else unshare -r "$@"; fi; }
