#!/bin/sh
# Makes the images that the listing benchmark reads: the same tree of N small files on NTFS and
# on ext4. Usage: make_listing_images.sh DIRECTORY [N [ntfs|ext4]]
# Needs root (or the right to mount through FUSE) for the NTFS one.
set -eu
export PATH="$PATH:/usr/sbin:/sbin" LC_ALL=C.UTF-8
directory=$1
files=${2:-200000}
kind=${3:-both}
per_directory=100
mkdir -p "$directory"
cd "$directory"

# A tree of files of 0 to 39 bytes, 100 a directory, 100 directories an area.
make_tree() {
  awk -v root="$1" -v files="$files" -v per="$per_directory" 'BEGIN {
    content = "0123456789012345678901234567890123456789"
    for (i = 0; i < files; ++i) {
      folder = int(i / per)
      path = sprintf("%s/area %02d/directory %05d", root, int(folder / 100), folder)
      if (i % per == 0) system("mkdir -p \"" path "\"")
      name = sprintf("%s/file number %03d of %d.txt", path, i % per, folder)
      printf "%s", substr(content, 1, i % 40) > name
      close(name)
    }
  }'
}

if [ "$kind" != ext4 ]; then
  rm -f ntfs.img
  truncate -s "$((files / 1000 * 2 + 200))M" ntfs.img
  mkntfs -q -F -f ntfs.img > /dev/null 2>&1
  mkdir -p mounted
  ntfs-3g ntfs.img mounted
  make_tree mounted
  umount mounted
  rmdir mounted
fi
if [ "$kind" != ntfs ]; then
  rm -f ext4.img
  make_tree tree
  truncate -s "$((files / 1000 * 6 + 200))M" ext4.img
  mke2fs -q -t ext4 -N "$((files + files / 50 + 1000))" -d tree ext4.img
  rm -rf tree
fi
ls -l ./*.img
