#!/usr/bin/env bash
# A disk with several Windows volumes: each has the letter that MountedDevices of its own SYSTEM
# hive tells, on MBR and GPT disks, and what starts by itself is found across them.
write_tree=$(realpath "$2")
source "$(dirname "$0")/lib.sh" "$1"
export PATH="$PATH:/usr/sbin:/sbin" LC_ALL=C.UTF-8 TZ=UTC MTOOLS_SKIP_CHECK=1
for tool in sgdisk mkfs.vfat mcopy od; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done

# hex BYTES-IN-ESCAPES: as a .reg value spells them.
hex() { printf "$1" | od -An -v -tx1 | tr -s ' \n' ',' | sed 's/^,//; s/,$//'; }
little() { # NUMBER BYTES: escapes of a little-endian number
  local value=$1 i
  for ((i = 0; i < $2; i++)); do printf '\\x%02x' $((value >> (8 * i) & 255)); done
}
mbr_value() { hex "$(little $((0x1a2b3c4d)) 4)$(little $(($1 * 1048576)) 8)"; }
gpt_value() { # GUID: its first three fields are stored little-endian
  local g=${1//-/} order="6 4 2 0 10 8 14 12 16 18 20 22 24 26 28 30" at bytes=
  for at in $order; do bytes+="\\x${g:$at:2}"; done
  hex "DMIO:ID:$bytes"
}

# volume TREE FILE: NTFS where it can be filled here, else FAT, which Windows mounts alike.
volume() {
  local copied=0
  truncate -s 40M "$2" && mkdir -p mounted
  if command -v mkntfs >/dev/null && mkntfs -q -F -f "$2" >/dev/null 2>&1 &&
    ntfs-3g "$2" mounted >/dev/null 2>&1; then
    cp -r "$1"/. mounted/ || copied=$?
    until umount mounted; do sleep 0.2; done
    same "$copied" 0
  else
    echo "$2: FAT instead of NTFS" && mkfs.vfat -F 32 "$2" >/dev/null && mcopy -s -i "$2" "$1"/* ::
  fi
}

# system_tree LETTERS: the system volume whose SYSTEM hive holds these lines.
system_tree() {
  rm -rf case system
  mkdir -p case/tree/C/Windows/System32/config
  printf '%s\n' '[Select]' '"Current"=dword:00000001' '[ControlSet001\Services]' '[MountedDevices]' "$1" \
    >case/tree/C/Windows/System32/config/SYSTEM.reg
  cat >case/tree/C/Windows/System32/config/SOFTWARE.reg <<'REG'
[Microsoft\Windows\CurrentVersion\Run]
"Tool"="D:\\tools\\x.exe"
"Other"="F:\\業務\\y.exe"
"Unknown"="G:\\z.exe"
REG
  "$write_tree" case system
}
mkdir -p tools/tools work/業務 plain
echo program-x >tools/tools/x.exe
echo program-y >work/業務/y.exe
echo unlettered >plain/note.txt
volume tools tools.img
volume work work.img
volume plain plain.img

place() { dd if="$1" of=disk.raw bs=1M seek="$2" conv=notrunc status=none; }
# The system is the third partition; letters run against the order on the disk.
fill_disk() { place work.img 1 && place tools.img 50 && place system.img 100 && place plain.img 150; }
check_disk() {
  collect 0 disk.raw --files collect
  lines "$bundle" files >rows
  for path in F:/業務/y.exe D:/tools/x.exe C:/Windows/System32/config/SYSTEM '$fs$/fs0/note.txt'; do
    expect rows "\"path\":\"$path\""
  done
  # The order of the bundle: the system, then by letter, then what has none.
  same "$(tar --zstd -tf "$bundle" | grep '^fs/.*/$' | head -4 | tr '\n' ' ')" 'fs/C:/ fs/D:/ fs/F:/ fs/$fs$/fs0/ '
  lines "$bundle" records/persistence >persistence
  grep '"name":"Tool"' persistence >tool || die "no record of Tool"
  expect tool '"target_state":"present"'
  expect tool "$(sha256sum <tools/tools/x.exe | cut -c1-64)"
  grep '"name":"Other"' persistence >other || die "no record of Other"
  expect other '"target":"F:/業務/y.exe"'
  expect other "$(sha256sum <work/業務/y.exe | cut -c1-64)"
  grep '"name":"Unknown"' persistence >unknown || die "no record of Unknown"
  expect_not unknown '"target_state":"present"'
  run 0 "$konseki" verify "$bundle"
}

# MBR: disk signature and offset. E: is of another disk, X: has the right place on a wrong disk.
system_tree "\"\\\\DosDevices\\\\C:\"=hex:$(mbr_value 100)
\"\\\\DosDevices\\\\D:\"=hex:$(mbr_value 50)
\"\\\\DosDevices\\\\E:\"=hex:$(gpt_value aaaaaaaa-0000-0000-0000-000000000003)
\"\\\\DosDevices\\\\F:\"=hex:$(mbr_value 1)
\"\\\\DosDevices\\\\X:\"=hex:$(hex "$(little 1 4)$(little $((150 * 1048576)) 8)")"
volume system system.img
truncate -s 200M disk.raw
entries=
for start in 1 50 100 150; do # status, two CHS of no use, type 7, first sector, sectors
  entries+="\x00\xff\xff\xff\x07\xff\xff\xff$(little $((start * 2048)) 4)$(little $((40 * 2048)) 4)"
done
printf "$(little $((0x1a2b3c4d)) 4)\x00\x00$entries\x55\xaa" |
  dd of=disk.raw bs=1 seek=440 conv=notrunc status=none
fill_disk
check_disk

# GPT: the partition's own GUID.
rm disk.raw && truncate -s 200M disk.raw
for i in 1 2 3 4; do
  sgdisk -n $i:$((i * 50 - 50 + (i == 1)))M:+40M -t $i:0700 -u $i:AAAAAAAA-BBBB-CCCC-DDDD-00000000000$i disk.raw >/dev/null
done
system_tree "\"\\\\DosDevices\\\\C:\"=hex:$(gpt_value aaaaaaaa-bbbb-cccc-dddd-000000000003)
\"\\\\DosDevices\\\\D:\"=hex:$(gpt_value aaaaaaaa-bbbb-cccc-dddd-000000000002)
\"\\\\DosDevices\\\\F:\"=hex:$(gpt_value aaaaaaaa-bbbb-cccc-dddd-000000000001)
\"\\\\DosDevices\\\\X:\"=hex:$(mbr_value 150)"
volume system system.img
fill_disk
check_disk

# A registry that knows no letters: the system is C:, the others stay without one.
system_tree '"unrelated"="x"'
volume system system.img
fill_disk
collect 0 disk.raw --files collect
lines "$bundle" files >rows
expect rows '"path":"C:/Windows/System32/config/SYSTEM"'
expect_not rows '"path":"D:/'
expect rows '"path":"$fs$/fs0/業務/y.exe"'
