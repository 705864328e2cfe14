# A second build, from a copy of the sources in another folder and without the compiler cache, gives
# the same bytes. Usage: TEST PROGRAM PRESET.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
preset=$2
project=$(cd "$(dirname "$0")/../.." && pwd)
copy="$work/another folder of the sources"
mkdir -p "$copy"
(cd "$project" && tar -cf - --exclude=./build --exclude=./.git .) | tar -xf - -C "$copy"
cd "$copy"
export CCACHE_DISABLE=1
{
  cmake --preset "$preset" -DKONSEKI_TESTS=OFF && cmake --build "build/$preset" --target release
} >"$work/log" 2>&1 || die "the second build failed: $(tail -n 20 "$work/log")"
cmp "$program" "$copy/build/$preset/release/$(basename "$program")" || die "the second build differs"
echo "two builds: $(sha256sum <"$program" | cut -c1-64)"
