#!/bin/sh
# debian.sh LINUX-PROGRAM WINDOWS-PROGRAM FOLDER: the Debian package for the lab. Both programs lie
# beside each other in /usr/lib/konseki, where `konseki kit make` finds the other one.
# Prints the name of the package.
program=$(realpath "$1") windows=$(realpath "$2") out=$(realpath "$3")
cd "$(dirname "$0")/../.."
. installer/packaging/version.sh
need dpkg-deb dpkg
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
install -D -m 755 "$program" "$root/usr/lib/konseki/konseki"
install -D -m 644 "$windows" "$root/usr/lib/konseki/konseki.exe"
mkdir -p "$root/usr/bin" "$root/DEBIAN"
ln -s ../lib/konseki/konseki "$root/usr/bin/konseki"
doc="$root/usr/share/doc/konseki"
mkdir -p "$doc"
install -m 644 README.md README.ja.md CHANGELOG.md docs/*.md "$doc"
install -m 644 LICENSE "$doc/copyright"
gzip -9n "$doc/CHANGELOG.md"
cat >"$root/DEBIAN/control" <<CONTROL
Package: konseki
Version: $version
Architecture: amd64
Maintainer: Konseki maintainers <maintainers@konseki.invalid>
Section: utils
Priority: optional
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Description: portable endpoint forensic triage (collect, match, report)
 Collects disk artifacts, logs, persistence and the state of a running system
 into one sealed bundle, matches it against indicators and rules, and makes
 rescue kits for USB sticks. Holds the programs for Linux and for Windows.
 .
 端末の痕跡を一度に収集し、封印された 1 つのバンドルにまとめるツールです。
 USB メモリー用の救助キットも作成できます (Linux 用・Windows 用を同梱)。
CONTROL
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
package="$out/konseki_${version}_amd64.deb"
dpkg-deb --root-owner-group --build "$root" "$package" >/dev/null
echo "$package"
