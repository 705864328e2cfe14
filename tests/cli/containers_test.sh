#!/usr/bin/env bash
# One disk in every container (split raw, E01, VMDK, VHD, VHDX, QCOW2, a block device) gives the same
# files with the same digests; what cannot be read says so and what to do.
source "$(dirname "$0")/lib.sh" "$1"
export PATH="$PATH:/usr/sbin:/sbin" LC_ALL=C.UTF-8 TZ=UTC
for tool in mke2fs sgdisk qemu-img ewfacquire; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done

mkdir -p tree/etc tree/var/深い
echo 'root:x:0:0::/root:/bin/sh' >tree/etc/passwd
head -c 4000000 /dev/urandom >tree/var/big.bin
printf '証拠\n' >'tree/var/深い/議事録 ２０２６.txt'
truncate -s 20M tree/var/hole && printf end >>tree/var/hole
(cd tree && find . -type f -print0 | sort -z | xargs -0 sha256sum | sed 's|  \./| |') >sums
truncate -s 30M part && mke2fs -q -t ext4 -d tree part
truncate -s 40M disk.raw && sgdisk -n 1:1M:+30M disk.raw >/dev/null
dd if=part of=disk.raw bs=1M seek=1 conv=notrunc status=none

# check SOURCE FORMAT: every file with its digest, and the rows of the first one.
check() {
  collect 0 "$1" --files collect
  lines "$bundle" files >rows
  while read -r sum name; do
    grep -F "\"path\":\"/$name\"" rows >row || die "$1 lacks $name"
    expect row "\"sha256\":\"$sum\""
  done <sums
  [ -f first ] || sed 's/"accessed":"[^"]*",//' rows >first
  sed 's/"accessed":"[^"]*",//' rows | cmp first - || die "rows of $1 differ"
  tar --zstd -xOf "$bundle" konseki/run.json >run.json
  expect run.json "\"format\":\"$2\""
  run 0 "$konseki" verify "$bundle"
}

check disk.raw raw
split -b 9000000 --numeric-suffixes=1 -a 3 disk.raw split.
check split.001 'split raw'
acquire="ewfacquire -u -q -C c -D d -e e -E 1 -N n -m fixed -M physical"
$acquire -c best -S 1048576 -f encase6 -t six disk.raw >/dev/null
check six.E01 ewf
[ -f six.E02 ] || die "one segment only"
$acquire -c fast -f smart -t smart disk.raw >/dev/null
check smart.s01 ewf
convert="qemu-img convert -f raw"
$convert -O qcow2 disk.raw a.qcow2 && check a.qcow2 qcow2
$convert -c -O qcow2 disk.raw packed.qcow2 && check packed.qcow2 qcow2
for kind in monolithicSparse monolithicFlat twoGbMaxExtentSparse streamOptimized; do
  $convert -O vmdk -o subformat=$kind disk.raw $kind.vmdk && check $kind.vmdk vmdk
done
$convert -O vpc -o force_size disk.raw dynamic.vhd && check dynamic.vhd vhd
$convert -O vpc -o force_size,subformat=fixed disk.raw fixed.vhd && check fixed.vhd vhd
$convert -O vhdx disk.raw a.vhdx && check a.vhdx vhdx

# refused SOURCE TEXT...: exit 3 and an error that names the file, the reason and the way forward.
refused() {
  local source=$1 text
  shift
  run 3 "$konseki" collect -q --allow-output-on-source -o out "$source"
  expect stderr "$source"
  for text; do expect stderr "$text"; done
}
# EnCase 7's own format: the writer of Debian falls back to E01, so the head of a segment must do.
printf 'EVF2\r\n\x81\0\2\1\1\0\1\0\0\0' >a.Ex01 && truncate -s 4096 a.Ex01
refused a.Ex01 'ex01 image' 'Export it as E01 or raw'
$convert -O vdi disk.raw a.vdi && refused a.vdi 'vdi image' 'qemu-img convert'
$convert -O parallels disk.raw a.hdd 2>/dev/null && refused a.hdd 'parallels image' 'qemu-img convert'

if device=$(losetup -r -f --show disk.raw 2>/dev/null); then
  code=0
  (check "$device" raw) || code=$?
  losetup -d "$device"
  same "$code" 0
else
  echo "not run: no loop device may be set up here"
fi
