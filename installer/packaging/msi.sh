#!/bin/sh
# msi.sh WINDOWS-PROGRAM FOLDER: the MSI for fleet tools. Prints its name.
#   msiexec /i konseki-VERSION-x64.msi /qn      installs to "Program Files\Konseki", for all users
program=$(realpath "$1") out=$(realpath "$2")
cd "$(dirname "$0")/../.."
. installer/packaging/version.sh
need wixl wixl
need python3 python3
# Codes from the content, so that the same program gives the same product.
code() { python3 -c 'import sys, uuid; print(str(uuid.uuid5(uuid.NAMESPACE_OID, sys.argv[1])).upper())' "$1"; }
digest=$(sha256sum <"$program" | cut -c1-64)
package="$out/konseki-$version-x64.msi"
rm -f "$package"
# wixl takes files by names relative to where it runs.
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
cp "$program" "$files/konseki.exe"
cp LICENSE README.md README.ja.md docs/kit.md installer/packaging/konseki.wxs "$files"
(cd "$files" && wixl --arch x64 -D "Version=$version" \
  -D "ProductCode=$(code "konseki product $version $digest")" \
  -D "PackageCode=$(code "konseki package $version $digest")" -o "$package" konseki.wxs)
echo "$package"
