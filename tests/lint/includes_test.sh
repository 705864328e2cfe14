#!/bin/sh
# The include lint finds planted faults and passes a clean tree.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/agent/base" "$tree/agent/report" "$tree/collectors/linux/cron" "$tree/include/konseki"

expect() {  # expect pass|fail WHAT
  if "$here/includes.sh" "$tree" >"$tree/log" 2>&1; then result=pass; else result=fail; fi
  [ "$result" = "$1" ] || { echo "$2: expected $1, got $result"; cat "$tree/log"; exit 1; }
}

echo '#include "agent/base/unicode.h"' >"$tree/collectors/linux/cron/cron.cc"
expect pass "a collector may include base"
echo '#include "agent/report/info.h"' >"$tree/agent/base/up.cc"
expect fail "base includes report"
rm "$tree/agent/base/up.cc"
echo '#include <unistd.h>' >"$tree/agent/report/os.cc"
expect fail "operating-system header in report"
rm "$tree/agent/report/os.cc"
echo '#include "agent/base/x.h"' >"$tree/include/konseki/public.h"
expect fail "a public header includes agent/"
rm "$tree/include/konseki/public.h"
echo '#include <zstd.h>' >"$tree/agent/report/library.h"
expect fail "a C library in a room's header"
