#!/usr/bin/env bash
# Source equivalence: a Linux and a Windows host tree with the evidence of every collector of files
# gives the same records and files as a folder, on ext4, NTFS and FAT, in E01 and from a bundle.
# What may differ, and why, is written in compare_collections.py. Usage: TEST KONSEKI WRITE_TREE.
write_tree=$(realpath "$2")
source "$(dirname "$0")/lib.sh" "$1"
source "$project/tests/images/evidence_trees.sh"
export PATH="$PATH:/usr/sbin:/sbin" TZ=UTC MTOOLS_SKIP_CHECK=1
for tool in python3 mke2fs mkfs.vfat mcopy ewfacquire; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done

# taken NAME SOURCE: collects everything of SOURCE; its records are then in NAME/.
taken() {
  local name=$1 code=0
  rm -rf out "$name" && mkdir out "$name"
  "$konseki" collect -q --allow-output-on-source -o out --files collect "$2" >stdout 2>stderr || code=$?
  same "$code" "$exit_code"
  bundle=$(ls out/*.tar.zst)
  tar --zstd -xf "$bundle" -C "$name" konseki
  cp "$bundle" "$name.tar.zst"
}

equal() { python3 "$project/tests/cli/compare_collections.py" "$@" || die "$* differ"; }

# have_schemas NAME SCHEMA...: an equality of nothing would prove nothing.
have_schemas() {
  local name=$1 schema
  shift
  for schema; do
    [ -s "$name/konseki/records/$schema.0001.jsonl" ] || die "$name has no records $schema"
  done
}

ext4_image() { truncate -s 96M "$2" && mke2fs -q -t ext4 -d "$1" "$2"; }
fat_image() { mkfs.vfat -F 32 -C "$2" 98304 >/dev/null && LC_ALL=C.UTF-8 mcopy -s -m -i "$2" "$1"/* ::; }
# Answers 1 where this machine cannot mount. Links become those of Linux on Windows.
ntfs_image() {
  mkdir -p mounted && truncate -s 96M "$2"
  mkntfs -q -F -f -L 証拠 "$2" >/dev/null 2>&1 || return 1
  ntfs-3g -o special_files=wsl "$2" mounted >/dev/null 2>&1 || return 1
  local copied=0
  cp -dR --sparse=always --preserve=timestamps "$1"/. mounted/ || copied=$?
  until umount mounted; do sleep 0.2; done
  same "$copied" 0
}
e01_image() {
  ewfacquire -u -q -c fast -C c -D d -e e -E 1 -N n -m fixed -M physical -f encase6 -t "${2%.E01}" "$1" >/dev/null
}

# compare_sources OS: presents the tree OS/ in every way.
compare_sources() {
  local os=$1
  taken "$os.folder" "$os"
  taken "$os.bundle" "$os.folder.tar.zst"
  equal "$os.folder" "$os.bundle"

  ext4_image "$os" "$os.ext4"
  taken "$os.on_ext4" "$os.ext4"
  equal "$os.folder" "$os.on_ext4" creation_time mode
  taken "$os.ext4_bundle" "$os.on_ext4.tar.zst"
  equal "$os.on_ext4" "$os.ext4_bundle"
  e01_image "$os.ext4" "$os-ext4.E01"
  taken "$os.in_e01" "$os-ext4.E01"
  equal "$os.on_ext4" "$os.in_e01"
  rm -f "$os.ext4" "$os"-ext4.E*

  cp -a "$os" "$os.plain" && drop_what_fat_cannot_hold "$os.plain"
  taken "$os.plain_folder" "$os.plain"
  fat_image "$os.plain" "$os.fat"
  taken "$os.on_fat" "$os.fat"
  equal "$os.plain_folder" "$os.on_fat" creation_time
  taken "$os.fat_bundle" "$os.on_fat.tar.zst"
  equal "$os.on_fat" "$os.fat_bundle"
  rm -f "$os.fat"

  if ! ntfs_image "$os" "$os.ntfs"; then
    without_fuse=1
    return 0
  fi
  taken "$os.on_ntfs" "$os.ntfs"
  equal "$os.folder" "$os.on_ntfs" creation_time
  taken "$os.ntfs_bundle" "$os.on_ntfs.tar.zst"
  equal "$os.on_ntfs" "$os.ntfs_bundle"
  rm -f "$os.ntfs"
}

without_fuse=
make_linux_tree linux
make_windows_tree windows
exit_code=0
compare_sources linux
have_schemas linux.folder persistence linux.authorized_key linux.cron linux.group linux.lastlog \
  linux.package linux.package_override linux.systemd_unit linux.user linux.utmp
exit_code=1 # damaged tasks are among the evidence, and told as gaps
compare_sources windows
have_schemas windows.folder persistence windows.account_right windows.network_profile windows.prefetch \
  windows.registry_value windows.scheduled_task windows.service windows.shortcut windows.usb_device windows.user_profile
[ -z "$without_fuse" ] || skip "this machine cannot mount NTFS through FUSE; the rest was the same"
