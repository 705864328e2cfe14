# A processor of 2006 (no AVX, no SHA instructions) and the oldest kernel the program names: the same
# digests as here. qemu-user changes what the program is told of both; a real old kernel is not shown.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
command -v qemu-x86_64 >/dev/null || skip "no qemu-user"
make_image
old() { qemu-x86_64 -r 3.2.0 -cpu Conroe "$program" "$@"; }
old --version | grep -q '^konseki ' || die "--version"
old collect "$work/disk.img" -o "$work/old.tar.zst" --quiet --workers 1 >/dev/null || [ $? -le 1 ] ||
  die "collect"
"$program" collect "$work/disk.img" -o "$work/new.tar.zst" --quiet >/dev/null || [ $? -le 1 ] ||
  die "collect here"
"$program" verify "$work/old.tar.zst" >/dev/null || die "verify"
diff <(digests "$work/old.tar.zst") <(digests "$work/new.tar.zst") || die "digests differ"
[ "$(digests "$work/new.tar.zst" | wc -l)" -ge 3 ] || die "too few digests to compare"
