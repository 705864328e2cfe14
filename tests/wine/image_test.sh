#!/usr/bin/env bash
# The Windows program gives the same records and digests of an image, a folder and a bundle as the
# program for Linux. Usage: TEST KONSEKI-UNDER-WINE WRITE_TREE (beside the program for Linux).
write_tree=$(realpath "$2" 2>/dev/null) || true
native=$(realpath "$(dirname "$2")/../../release/konseki" 2>/dev/null) || true
source "$(dirname "$0")/../cli/lib.sh" "$1"
source "$project/tests/images/evidence_trees.sh"
[ -x "$native" ] && [ -x "$write_tree" ] || skip "build/release-linux is not built"
export PATH="$PATH:/usr/sbin:/sbin" TZ=UTC

# taken NAME PROGRAM SOURCE: collects everything of SOURCE; its records are then in NAME/.
taken() {
  local name=$1 program=$2 code=0
  rm -rf out "$name" && mkdir out "$name"
  "$program" collect -q --allow-output-on-source -o out --files collect "$3" >stdout 2>stderr || code=$?
  [ "$code" -le 1 ] || die "$program: exit code $code"
  tar --zstd -xf out/*.tar.zst -C "$name" konseki
  mv out/*.tar.zst "$name.tar.zst"
}
equal() { python3 "$project/tests/cli/compare_collections.py" "$@" || die "$* differ"; }

make_windows_tree windows
truncate -s 96M disk.ntfs
mkntfs -q -F -f -L 証拠 disk.ntfs >/dev/null 2>&1 || skip "no mkntfs"
mkdir mounted
if ntfs-3g -o special_files=wsl disk.ntfs mounted >/dev/null 2>&1; then
  cp -dR --preserve=timestamps windows/. mounted/
  until umount mounted; do sleep 0.2; done
  taken ntfs.linux "$native" disk.ntfs
  taken ntfs.wine "$konseki" disk.ntfs
  equal ntfs.linux ntfs.wine
  # Each reads what the other wrote.
  run 0 "$native" verify ntfs.wine.tar.zst
  run 0 "$konseki" verify ntfs.linux.tar.zst
  taken bundle.wine "$konseki" ntfs.linux.tar.zst
  equal ntfs.linux bundle.wine
else
  echo "not run: this machine cannot mount NTFS through FUSE"
fi

truncate -s 96M disk.ext4
mke2fs -q -t ext4 -d windows disk.ext4
taken ext4.linux "$native" disk.ext4
taken ext4.wine "$konseki" disk.ext4
equal ext4.linux ext4.wine
