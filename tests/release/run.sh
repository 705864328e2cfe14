#!/bin/sh
# Builds both release programs and runs their tests. run.sh [--optional] [CTEST ARGUMENT...]
# --optional: where third-party sources cannot be had it says so and ends with 0. Exit: 77 for that
# without it, else that of the first step that failed.
set -eu
cd "$(dirname "$0")/../.."
optional=no
if [ "${1:-}" = --optional ]; then optional=yes; shift; fi
for preset in release-linux release-windows; do
  code=0
  installer/configure-release.sh $preset || code=$?
  if [ $code = 77 ] && [ $optional = yes ]; then
    echo "Releases are neither built nor tested here: their sources cannot be had (see above)."
    exit 0
  fi
  [ $code = 0 ] || exit $code
  cmake --build "build/$preset" --target all release
  ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -j2 "$@"
done
