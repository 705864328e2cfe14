#!/bin/sh
# How long listing takes against `fls -r -m`, with all times. The listing goes to a file in both
# cases. Usage: list_images.sh LIST_IMAGE DIRECTORY
# LIST_IMAGE is the built tests/images/list_image, DIRECTORY what make_listing_images.sh filled.
set -eu
list_image=$1
directory=$2

# The shortest of three runs, in seconds, of "$@" with its output in a file.
best() {
  least=
  for run in 1 2 3; do
    start=$(date +%s%N)
    "$@" > "$directory/listing.out"
    took=$(($(date +%s%N) - start))
    if [ -z "$least" ] || [ "$took" -lt "$least" ]; then least=$took; fi
  done
  echo "$least" | awk '{ printf "%.3f", $1 / 1e9 }'
}

printf '%-6s %10s %10s %10s %8s\n' image fls listing "walk only" ratio
for name in ntfs ext4; do
  image="$directory/$name.img"
  fls_time=$(best fls -r -m / "$image")
  list_time=$(best "$list_image" "$image")
  walk_time=$(best "$list_image" --quiet "$image")
  printf '%-6s %10s %10s %10s %8s\n' "$name" "$fls_time" "$list_time" "$walk_time" \
    "$(echo "$fls_time $walk_time" | awk '{ printf "%.1f", $1 / $2 }')"
done
rm -f "$directory/listing.out"
