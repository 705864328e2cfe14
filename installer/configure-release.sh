#!/bin/sh
# configure-release.sh release-linux|release-windows: builds its libraries where they are missing and
# configures build/PRESET, anew when the libraries are others than those it was configured with.
# Exit: 77 where sources cannot be had (third_party/fetch.sh).
set -eu
cd "$(dirname "$0")/.."
case $1 in
  release-linux) target=linux-static ;;
  release-windows) target=windows ;;
  *) echo "unknown preset: $1" >&2; exit 2 ;;
esac
prefix=$(installer/third_party/build.sh $target)
fresh=--fresh
grep -qsxF "KONSEKI_PREFIX:PATH=$prefix" "build/$1/CMakeCache.txt" && fresh=
cmake $fresh --preset "$1" >/dev/null
