# Sourced after tests/cli/lib.sh and tests/images/evidence_trees.sh.

# make_windows_disk: disk.raw and its largest volume by itself, c.raw: the composed host of the corpora
# where they are, else one by recipe. Skips the test where neither can be had.
make_windows_disk() {
  if [ -f "$corpora/disk-images/composed/win-host-a.E01" ] && command -v ewfexport >/dev/null; then
    ewfexport -q -u -t host -f raw "$corpora/disk-images/composed/win-host-a.E01" >/dev/null
    mv host.raw disk.raw
    echo "disk: the composed host of the corpora"
  else
    make_windows_tree windows
    truncate -s 96M volume.raw && mkntfs -q -F -f volume.raw >/dev/null 2>&1 || skip "no mkntfs"
    mkdir mounted && ntfs-3g volume.raw mounted >/dev/null 2>&1 || skip "NTFS cannot be mounted here"
    cp -dR --preserve=timestamps windows/. mounted/
    until umount mounted; do sleep 0.2; done
    truncate -s 98M disk.raw && sgdisk -n 1:2048:+96M -t 1:0700 disk.raw >/dev/null || skip "no sgdisk"
    dd if=volume.raw of=disk.raw bs=1M seek=1 conv=notrunc status=none
    echo "disk: by recipe"
  fi
  # Its largest partition by itself.
  local start sectors
  read -r start sectors < <(mmls disk.raw 2>/dev/null |
    awk '$2 ~ /:/ && $5+0 > most {most = $5+0; line = $3+0 " " most} END {print line}') || true
  if [ -n "${sectors:-}" ]; then
    dd if=disk.raw of=c.raw bs=512 skip="$start" count="$sectors" status=none
  else
    cp disk.raw c.raw
  fi
}
