# One file for every Linux: static, no interpreter, no executable stack, below 20 MB.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

headers=$(readelf -lW "$program")
grep -q INTERP <<<"$headers" && die "it asks for a loader"
grep -q DYNAMIC <<<"$headers" && die "it is linked dynamically"
grep -q 'GNU_STACK.* RW ' <<<"$headers" || die "its stack is executable"
readelf -n "$program" | grep -q 'OS: Linux, ABI: 3.2.0' || die "it needs a newer kernel than 3.2.0"
size=$(stat -c %s "$program")
[ "$size" -lt 20000000 ] || die "$size bytes"
# No folder of the machine that built it.
strings -n 6 "$program" | grep -E '/(home|root|work|build|tmp)/[^ ]*\.(c|cc|cpp|h|hpp)$' &&
  die "it names source files of the machine that built it"
echo "static, $size bytes"
