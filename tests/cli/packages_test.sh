#!/usr/bin/env bash
# The packages, opened by the tools of those who get them; and the signing step with a certificate to
# throw away. The program for Windows is the release where it is built, else a stand-in.
source "$(dirname "$0")/lib.sh" "$1"
for tool in dpkg-deb wixl msiextract msiinfo osslsigncode openssl python3; do
  command -v $tool >/dev/null || skip "$tool is not installed"
done
packages="$project/installer/packaging"
strip -o linux "$konseki"
exe="$project/build/release-windows/release/konseki.exe"
if [ -f "$exe" ]; then
  cp "$exe" konseki.exe
else
  command -v x86_64-w64-mingw32-gcc >/dev/null || skip "no program for Windows"
  echo 'int main(void) { return 0; }' >standin.c
  x86_64-w64-mingw32-gcc -s -o konseki.exe standin.c
fi

# Signed, and each change told.
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj "/CN=Konseki test" \
  -addext extendedKeyUsage=codeSigning >stdout 2>stderr
export KONSEKI_SIGNING_KEY=$work/key.pem KONSEKI_SIGNING_CERTIFICATE=$work/cert.pem
cp konseki.exe unsigned.exe
run 0 "$packages/sign.sh" konseki.exe
run 0 osslsigncode verify -CAfile cert.pem konseki.exe
cp konseki.exe changed.exe && printf x | dd of=changed.exe bs=1 seek=600 conv=notrunc status=none
run 1 osslsigncode verify -CAfile cert.pem changed.exe
run 1 osslsigncode verify -CAfile cert.pem unsigned.exe

export DPKG_DEB_COMPRESSOR_TYPE=gzip # quick
mkdir out again
run 0 "$packages/debian.sh" linux konseki.exe out
deb=$(cat stdout)
dpkg-deb -I "$deb" >facts
expect facts "Package: konseki"
expect facts "Architecture: amd64"
mkdir root && dpkg-deb -x "$deb" root
cmp linux root/usr/lib/konseki/konseki
cmp konseki.exe root/usr/lib/konseki/konseki.exe
same "$(stat -c %a root/usr/lib/konseki/konseki)" 755
same "$(dpkg-deb -c "$deb" | awk '{print $2}' | sort -u)" root/root
(cd root && md5sum -c --quiet <(dpkg-deb -I "$deb" md5sums)) || die "md5sums"
# Installed by dpkg itself, into a root of its own; what is installed makes a kit with both programs.
if [ "$(id -u)" = 0 ]; then
  mkdir -p target/var/lib/dpkg/info target/var/lib/dpkg/updates && touch target/var/lib/dpkg/status
  run 0 dpkg --root="$work/target" --force-not-root --force-script-chrootless -i "$deb"
  run 0 target/usr/bin/konseki kit make -o kit
  expect stdout "konseki.exe"
  expect_not stderr "no program for Windows"
  cmp konseki.exe kit/konseki.exe
  run 0 osslsigncode verify -CAfile cert.pem kit/konseki.exe
fi
SOURCE_DATE_EPOCH=1700000000 "$packages/debian.sh" cert.pem konseki.exe out >/dev/null
SOURCE_DATE_EPOCH=1700000000 "$packages/debian.sh" cert.pem konseki.exe again >/dev/null
cmp out/*.deb again/*.deb || die "the same input gives another package"

run 0 "$packages/msi.sh" konseki.exe out
msi=$(cat stdout)
run 0 msiinfo suminfo "$msi"
expect stdout "Konseki"
expect stdout "x64"
run 0 msiinfo export "$msi" File
expect stdout konseki.exe
run 0 msiextract -C msi "$msi"
cmp konseki.exe "$(find msi -name konseki.exe)"
run 0 "$packages/sign.sh" "$msi"
run 0 osslsigncode verify -CAfile cert.pem "$msi"
run 0 msiextract -C msi2 "$msi"
cmp konseki.exe "$(find msi2 -name konseki.exe)"
