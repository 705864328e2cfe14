# Runs where there is nothing: no /etc, no /proc, no /dev, no libraries.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
as_root true 2>/dev/null || skip "neither root nor user namespaces"
make_image
mkdir -p "$work/root/out"
cp "$program" "$work/root/konseki"
cp "$work/disk.img" "$work/root/disk.img"
inside() { as_root chroot "$work/root" /konseki "$@"; }

inside --version | grep -q '^konseki ' || die "--version"
[ "$(inside list artifacts | wc -l)" -gt 100 ] || die "list artifacts"
inside collect /disk.img -o /out/x.tar.zst --include '/home/**' --quiet >/dev/null || [ $? -le 1 ] ||
  die "collect"
inside verify /out/x.tar.zst >/dev/null || die "verify"
inside report /out/x.tar.zst -o /out/y.html --lang ja || die "report"
inside export /out/x.tar.zst -o /out/folder || [ $? -le 1 ] || die "export"
cmp "$work/tree/home/a/覚え書き.txt" "$work/root/out/folder/[root]/home/a/覚え書き.txt" ||
  die "the exported file differs"
"$program" collect "$work/disk.img" -o "$work/here.tar.zst" --include '/home/**' --quiet >/dev/null ||
  [ $? -le 1 ] || die "collect outside"
diff <(digests "$work/here.tar.zst") <(digests "$work/root/out/x.tar.zst") || die "digests differ"
[ "$(digests "$work/here.tar.zst" | wc -l)" -ge 3 ] || die "too few digests to compare"
# This host, without /proc: told in words, not by a crash.
code=0
inside collect -o /out/live.tar.zst --allow-output-on-source --quiet >/dev/null 2>"$work/err" || code=$?
[ $code -le 3 ] || die "live collection ended with $code: $(tail -n 3 "$work/err")"
