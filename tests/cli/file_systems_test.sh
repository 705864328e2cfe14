#!/usr/bin/env bash
# Every file system that is read gives each file with its digest, and the same in any time zone:
# ISO 9660 (Rock Ridge, Joliet), HFS+, UFS, exFAT, APFS as far as there is a writer.
# A part whose writer is absent says so; the test is skipped only when none could run.
source "$(dirname "$0")/lib.sh" "$1"
export PATH="$PATH:/usr/sbin:/sbin" LC_ALL=C.UTF-8 TZ=UTC

mkdir -p tree/dir/深い tree/empty_dir
head -c 3000000 /dev/urandom >tree/dir/big.bin
printf '証拠\n' >'tree/dir/深い/議事録 ２０２６.txt'
: >tree/dir/empty
for i in $(seq 300); do echo "$i" >"tree/dir/file number $i"; done
ln -s ../dir/big.bin tree/dir/link
find tree -exec touch -h -d '2026-01-02 03:04:06 UTC' {} +
(cd tree && find . -type f -print0 | sort -z | xargs -0 sha256sum | sed 's|  \./| |') >sums

ran=0
# check IMAGE TYPE [links]: collects it in two time zones and compares with the tree.
check() {
  local row zone
  for zone in UTC Asia/Tokyo; do
    TZ=$zone collect 0 "$1" --files collect
    lines "$bundle" files >"rows.${zone##*/}"
    # Times at which the run read are those of the image: none of them is ours.
    lines "$bundle" files | sed 's/"accessed":"[^"]*",//' >"$1.${zone##*/}"
  done
  cmp "$1.UTC" "$1.Tokyo" || die "$1: rows depend on the time zone"
  tar --zstd -xOf "$bundle" konseki/run.json >run.json
  while read -r sum name; do
    grep -F "/$name\"," rows.UTC >row || die "$1 lacks $name"
    expect row "\"sha256\":\"$sum\""
    expect row '"modified":"2026-01-02T03:04:06.'
  done <sums
  if [ "${2:-}" = links ]; then
    grep -F '/dir/link"' rows.UTC >row || die "$1 lacks the link"
    expect row '"link_target":"../dir/big.bin"'
  fi
  run 0 "$konseki" verify "$bundle"
  ran=$((ran + 1))
}
have() { command -v "$1" >/dev/null || { echo "not run: $1 is not installed" && return 1; }; }

if have genisoimage; then
  genisoimage -quiet -R -o rock_ridge.iso tree && check rock_ridge.iso links
  genisoimage -quiet -J -joliet-long -input-charset utf-8 -o joliet.iso tree 2>/dev/null && check joliet.iso
fi
if have xorriso; then
  # A hybrid disc: the whole is ISO 9660, its Apple partition is HFS+.
  xorriso -as mkisofs -quiet -hfsplus -o hybrid.iso tree 2>/dev/null && check hybrid.iso links
  start=$(mmls hybrid.iso | awk '$NF == "Apple_HFS" { print $3 + 0, $5 + 0 }')
  dd if=hybrid.iso of=hfsplus.img bs=512 skip="${start% *}" count="${start#* }" status=none
  check hfsplus.img links
  expect run.json '"hfs+"'
fi
if have makefs; then
  makefs -t ffs -o version=1 -s 16m ufs1.img tree >/dev/null && check ufs1.img links
  # This writer puts the superblock of UFS2 at 8 KiB, where The Sleuth Kit does not look: named.
  makefs -t ffs -o version=2 -s 16m ufs2.img tree >/dev/null
  collect 1 ufs2.img --files collect
  lines "$bundle" audit >audit
  expect audit ufs2
  expect audit "read-only"
fi
if have mkfs.exfat && have mount.exfat-fuse; then
  truncate -s 32M exfat.img && mkfs.exfat exfat.img >/dev/null 2>&1 && mkdir mounted
  if device=$(losetup -f --show exfat.img 2>/dev/null) && mount.exfat-fuse "$device" mounted >/dev/null 2>&1; then
    copied=0
    cp -rL --preserve=timestamps tree/. mounted/ || copied=$?
    until umount mounted; do sleep 0.2; done
    losetup -d "$device"
    same "$copied" 0
    check exfat.img
  else
    [ -z "${device:-}" ] || losetup -d "$device"
    echo "not run: exFAT cannot be filled here, which needs a loop device and FUSE"
  fi
fi
if have mkapfs; then
  # No tool of Debian writes files into APFS; an empty volume is opened and listed all the same.
  truncate -s 600M apfs.img && mkapfs -L 証拠 apfs.img
  collect 0 apfs.img --files collect
  tar --zstd -xOf "$bundle" konseki/run.json >run.json
  expect run.json '"apfs"'
  expect run.json 証拠
  ran=$((ran + 1))
fi
[ "$ran" -gt 0 ] || skip "no writer of these file systems is installed"
echo "$ran images were the same as their tree"
