#!/usr/bin/env bash
# Files that nobody can change (chattr +i): recorded from an ext4 image and, where this machine lets us
# set the flag, from the file system itself; told when they lie where things start.
source "$(dirname "$0")/lib.sh" "$1"
export PATH="$PATH:/usr/sbin:/sbin"

mkdir -p host/etc/cron.d host/srv
printf 'ID=debian\n' >host/etc/os-release
printf '17 * * * * root true\n' >host/etc/cron.d/locked
printf '18 * * * * root true\n' >host/etc/cron.d/free
echo log >host/srv/appended

# row PATH: its row of files.jsonl.
row() { lines "$bundle" files | grep -F "\"path\":\"$1\"" | head -1; }
checked() { # SOURCE
  collect 0 --files list "$1"
  row /etc/cron.d/locked | grep -qF '"immutable":true' || die "$1: the flag is missing: $(row /etc/cron.d/locked)"
  ! row /etc/cron.d/free | grep -q immutable || die "$1: a flag that is not there"
  row /srv/appended | grep -qF '"append_only":true' || die "$1: append-only is missing"
  lines "$bundle" findings >findings
  same "$(grep -c '"rule":"miner.locked"' findings)" 1
  grep '"rule":"miner.locked"' findings | grep -qF '"path":"/etc/cron.d/locked"' || die "$1: another file"
  # The bundle says the same again.
  run 0 "$konseki" match "$bundle" --json
  expect stdout miner.locked
}

command -v mke2fs >/dev/null && command -v debugfs >/dev/null || skip "mke2fs or debugfs is not installed"
truncate -s 16M host.ext4 && mke2fs -q -t ext4 -d host host.ext4
flags() { # PATH BIT: set beside the flag of extents
  debugfs -w -R "set_inode_field $1 flags $(printf '0x%x' $((0x80000 | $2)))" host.ext4 2>/dev/null
}
flags /etc/cron.d/locked 0x10
flags /srv/appended 0x20
checked host.ext4

# The file system here: not every one has the flag, and only root may set it.
unlocked() { chattr -i host/etc/cron.d/locked 2>/dev/null; chattr -a host/srv/appended 2>/dev/null; true; }
trap 'unlocked; chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
if chattr +i host/etc/cron.d/locked 2>/dev/null && chattr +a host/srv/appended 2>/dev/null; then
  python3 - host/etc/cron.d/locked <<'PYTHON' || skip "statx of this file system does not tell; the image was told"
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
answer = ctypes.create_string_buffer(256)
assert libc.statx(-100, sys.argv[1].encode(), 0, 0x7ff, answer) == 0
flags, mask = (int.from_bytes(answer.raw[at:at + 8], sys.byteorder) for at in (8, 56))
sys.exit(0 if flags & mask & 0x10 else 1)
PYTHON
  checked host
fi
