# Collects from an older Debian (glibc 2.31) whose libraries must not matter.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" = 0 ] || skip "needs root to enter another system's root"
rootfs=${XDG_CACHE_HOME:-$HOME/.cache}/konseki/rootfs/bullseye
if [ ! -f "$rootfs/complete" ]; then
  command -v debootstrap >/dev/null || skip "no debootstrap"
  rm -rf "$rootfs"
  mkdir -p "$rootfs"
  debootstrap --variant=minbase bullseye "$rootfs" \
    "${KONSEKI_DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$work/log" 2>&1 ||
    skip "Debian 11 cannot be had: $(tail -n 1 "$work/log")"
  touch "$rootfs/complete"
fi
# Another namespace of mounts, and the cached root stays as it is: output and program come by mount.
mkdir "$work/upper"
cp "$program" "$work/upper/konseki"
unshare -m bash -euc '
  mount --bind "$1" "$2/mnt"
  mount -t proc proc "$2/proc"
  code=0
  chroot "$2" /mnt/konseki collect -o /mnt --allow-output-on-source --quiet >"$1/log" 2>&1 || code=$?
  [ $code -le 1 ] || { tail -n 5 "$1/log"; echo "collect: $code"; exit 1; }
' - "$work/upper" "$rootfs" 2>"$work/err" || die "$(tail -n 5 "$work/err")"
bundle=$(ls "$work"/upper/*.tar.zst)
"$program" verify "$bundle" >/dev/null || die "verify"
digests "$bundle" | grep -q '^/etc/passwd ' || die "no /etc/passwd"
"$program" info "$bundle" | grep -qi 'debian' || die "the host is not named as Debian"
