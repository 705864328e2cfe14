#!/bin/sh
# build.sh [FOLDER]: every package of the release programs (make packages), signed where a certificate
# is named (sign.sh). Default: build/packages.
set -eu
out=${1:-build/packages}
mkdir -p "$out"
out=$(realpath "$out")
cd "$(dirname "$0")/../.."
linux=build/release-linux/release/konseki windows=build/release-windows/release/konseki.exe
for program in "$linux" "$windows"; do
  [ -f "$program" ] || { echo "error: $program is not there; run: make release" >&2; exit 1; }
done
cp "$windows" "$out/konseki.exe"
sign() {
  if [ -n "${KONSEKI_SIGNING_CERTIFICATE:-}" ]; then
    installer/packaging/sign.sh "$1"
  else
    echo "not signed (KONSEKI_SIGNING_CERTIFICATE is not set): $1"
  fi
}
sign "$out/konseki.exe"
installer/packaging/debian.sh "$linux" "$out/konseki.exe" "$out"
msi=$(installer/packaging/msi.sh "$out/konseki.exe" "$out")
echo "$msi"
sign "$msi"
