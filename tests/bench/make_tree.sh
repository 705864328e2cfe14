#!/usr/bin/env bash
# A tree of about 2 GB with the mix of a real system disk: programs, libraries, text, media.
# Usage: make_tree.sh DIRECTORY
set -euo pipefail
mkdir -p "$1"
budget=$((2 * 1024 * 1024 * 1024))
for part in /usr/bin /usr/lib/x86_64-linux-gnu /usr/share /usr/lib /usr/include /usr/sbin; do
  find "$part" -xdev -type f -size -64M -printf '%s %p\n' 2>/dev/null | sort -k2
done | awk -v budget=$budget '!seen[$2]++ && total + $1 <= budget { total += $1; sub(/^[0-9]+ /, ""); print }' |
  tr '\n' '\0' | tar --null -T - -cf - 2>/dev/null | tar -C "$1" -xf -
