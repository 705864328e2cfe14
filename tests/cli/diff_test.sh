#!/usr/bin/env bash
# konseki diff: a web root against a Debian package, a release archive, the package database of the
# host and an earlier bundle; as folder and as image, in both languages and as JSON Lines.
source "$(dirname "$0")/lib.sh" "$1"
export PATH="$PATH:/usr/sbin:/sbin" TZ=UTC
command -v python3 >/dev/null || skip "python3 is not installed"

# A small application as it is shipped.
application() {
  mkdir -p "$1"/lib "$1"/pictures
  printf '<?php\nrequire "lib/login.php";\necho "welcome";\n' >"$1/index.php"
  for i in $(seq 1 30); do printf '// line %s\n' "$i"; done >"$1/lib/login.php"
  printf 'one\ntwo\n' >"$1/lib/text.php"
  printf '\211PNG\000\001' >"$1/pictures/logo.png"
  echo shipped >"$1/readme.txt"
  printf 'a=1;%.0s' $(seq 1 500) >"$1/lib/small.min.js"
  ln -s readme.txt "$1/license"
}

# What an intruder did to it.
tamper() {
  sed -i 's|^// line 15$|\tinclude("/tmp/.cache.inc");|' "$1/lib/login.php"
  sed -i 's/$/\r/' "$1/lib/text.php"
  printf '\211PNG\000\002' >"$1/pictures/logo.png"
  rm "$1/readme.txt"
  mkdir -p "$1/uploads"
  printf 'added \033[31mred\n' >"$1/uploads/new.php"
  python3 - "$1/lib/small.min.js" <<'PYTHON'
import sys
text = open(sys.argv[1]).read()
open(sys.argv[1], "w").write(text[:1000] + "INJECTED();" + text[1000:])
PYTHON
}

# tells FILE: the text tells each change.
tells() {
  expect "$1" "added    uploads/new.php"
  expect "$1" "changed  lib/login.php"
  expect "$1" "    -// line 15"
  expect "$1" "    +$(printf '\t')include(\"/tmp/.cache.inc\");"
  expect "$1" "     // line 12"
  expect "$1" "same lines  (line ends: LF -> CRLF)"
  expect "$1" "changed  pictures/logo.png"
  expect "$1" "(not text)"
  expect "$1" "INJECTED();"
  expect "$1" "removed  readme.txt"
  expect "$1" "1 added, 4 changed (1 in line ends only), 1 removed, 2 the same"
}

application release/app-1.2
mkdir -p host/srv/www host/etc
cp -a release/app-1.2 host/srv/www/html
echo plain >host/etc/hostname
tar -C release -czf app-1.2.tar.gz app-1.2
tar -C release -cJf app-1.2.tar.xz app-1.2

# The same.
run 0 "$konseki" diff app-1.2.tar.gz host/srv/www/html
expect stdout "0 added, 0 changed (0 in line ends only), 0 removed, 7 the same"

tamper host/srv/www/html
# The folder alone, and found within a host; the evidence is left as it was.
before=$(find host -exec stat -c '%n %X %Y %Z %s' {} + | sort)
for new in host/srv/www/html host; do
  for old in app-1.2.tar.gz app-1.2.tar.xz release; do
    run 1 "$konseki" diff "$old" "$new"
    tells stdout
  done
done
same "$(find host -exec stat -c '%n %X %Y %Z %s' {} + | sort)" "$before"
expect stdout "folder srv/www/html"
# No line is longer than a terminal bears, and none steers it.
[ "$(awk '{ if (length > most) most = length } END { print most }' stdout)" -lt 260 ] || die "a long line"
! grep -q "$(printf '\033')" stdout || die "an escape sequence came through"

run 1 "$konseki" diff app-1.2.tar.gz host --lang ja
expect stdout "追加   uploads/new.php"
expect stdout "追加 1、変更 4 (うち改行のみ 1)、削除 1、同一 2"
run 1 "$konseki" diff app-1.2.tar.gz host --lines 0
expect_not stdout "/tmp/.cache.inc"
expect stdout "changed  lib/login.php"

run 1 "$konseki" diff app-1.2.tar.gz host --json -o out.jsonl
[ ! -s stdout ] || die "the file was asked for"
python3 - <<'PYTHON'
import json
rows = [json.loads(line) for line in open("out.jsonl", encoding="utf-8")]
assert rows[0]["type"] == "comparison" and rows[0]["old"]["root"] == "app-1.2", rows[0]
assert rows[0]["new"]["root"] == "srv/www/html" and rows[0]["roots_found"], rows[0]
files = [row for row in rows if row["type"] == "file"]
order = [(row["change"], row["path"]) for row in files]
assert order == sorted(order) and len(order) == 6, order
by = {row["path"]: row for row in files}
login = by["lib/login.php"]
assert (login["lines_added"], login["lines_removed"]) == (1, 1)
assert login["hunks"][0]["lines"] == [" // line 12", " // line 13", " // line 14", "-// line 15",
    '+\tinclude("/tmp/.cache.inc");', " // line 16", " // line 17", " // line 18"], login["hunks"]
assert login["hunks"][0]["old_first"] == 12 and login["old"]["sha256"] != login["new"]["sha256"]
assert by["lib/text.php"]["line_ends_only"] and by["lib/text.php"]["note_ja"]
assert by["uploads/new.php"]["new"]["sha256"] and "old" not in by["uploads/new.php"]
assert rows[-1] == {"type": "summary", "added": 1, "changed": 4, "line_ends_only": 1, "removed": 1, "same": 2,
    "not_compared": 0, "problems": 0, "old_outside": 0, "new_outside": 1}, rows[-1]
PYTHON

# A copy beside it is told; folders that are named are taken as they are.
cp -a host/srv/www/html host/srv/www/html.old
run 1 "$konseki" diff app-1.2.tar.gz host
expect stdout "Fits as well: srv/www/html.old"
rm -r host/srv/www/html.old
run 1 "$konseki" diff app-1.2.tar.gz host --old-root app-1.2/lib --root srv/www/html/lib
expect stdout "0 added, 3 changed (1 in line ends only), 0 removed, 0 the same"

# A zip of Windows packers, and a bundle of before.
if command -v zip >/dev/null; then
  (cd release && zip -qry ../app.zip app-1.2)
  run 1 "$konseki" diff app.zip host
  tells stdout
fi
mkdir -p earlier/srv/www && cp -a release/app-1.2 earlier/srv/www/html
collect 0 --files collect earlier
old=$bundle
mv "$old" earlier.tar.zst
run 1 "$konseki" diff earlier.tar.zst host --root /srv/www/html
tells stdout
collect 0 --files collect host
run 1 "$konseki" diff earlier.tar.zst "$bundle" --root /srv/www/html
tells stdout
expect stdout "A bundle knows only what its collection looked at"
# A bundle of digests alone: what changed is told, lines are not.
collect 0 --files digest earlier
run 1 "$konseki" diff "$bundle" host --root /srv/www/html
expect stdout "its content is not at hand: no lines"
expect stdout "1 added, 4 changed"

# As image.
if command -v mke2fs >/dev/null; then
  truncate -s 32M host.ext4 && mke2fs -q -t ext4 -d host host.ext4
  run 1 "$konseki" diff app-1.2.tar.gz host.ext4
  tells stdout
fi

# A real Debian package and the database that dpkg would have made of it.
if command -v dpkg-deb >/dev/null; then
  mkdir -p package/DEBIAN package/usr/share package/usr/bin package/etc/app
  cp -a release/app-1.2 package/usr/share/app
  printf '#!/bin/sh\n' >package/usr/bin/app
  echo 'mode=1' >package/etc/app/app.conf
  printf 'Package: app-core\nVersion: 1.2-3\nArchitecture: all\nMaintainer: A <a@example.invalid>\nDescription: test\n' >package/DEBIAN/control
  for compression in xz zstd gzip none; do
    dpkg-deb -Z$compression --root-owner-group -b package app-$compression.deb >/dev/null
  done
  mkdir system
  dpkg-deb -x app-xz.deb system
  run 0 "$konseki" diff app-xz.deb system
  expect stdout "Debian package app-core 1.2-3"
  tamper system/usr/share/app
  echo other >system/usr/bin/other   # a folder of the system: nobody can say who added it
  echo mode=2 >system/etc/app/app.conf
  mkdir -p system/etc/apache2 && echo x >system/etc/apache2/x.conf
  for compression in xz zstd gzip none; do
    run 1 "$konseki" diff app-$compression.deb system
    expect stdout "added    usr/share/app/uploads/new.php"
    expect stdout "changed  etc/app/app.conf"
    expect stdout "    +mode=2"
    expect stdout "1 added, 5 changed (1 in line ends only), 1 removed, 3 the same"
  done
  # The folder of the package alone.
  run 1 "$konseki" diff app-xz.deb system/usr/share/app
  tells stdout
  expect stdout "2 files of the old side lie outside the folder"

  mkdir -p system/var/lib/dpkg/info
  (cd package && find usr etc -type f | sort | xargs md5sum) | grep -v ' etc/' >system/var/lib/dpkg/info/app-core.md5sums
  (cd package && find . -path ./DEBIAN -prune -o -print | sed 's|^\.||; s|^$|/.|' | sort) >system/var/lib/dpkg/info/app-core.list
  printf '/.\n/etc\n/usr\n/usr/bin\n/usr/share\n/usr/share/doc\n/usr/share/doc/x\n' >system/var/lib/dpkg/info/other.list
  printf 'Package: app-core\nStatus: install ok installed\nVersion: 1.2-3\nArchitecture: all\nConffiles:\n /etc/app/app.conf %s\n\n' \
    "$(md5sum <package/etc/app/app.conf | cut -d' ' -f1)" >system/var/lib/dpkg/status
  run 1 "$konseki" diff packages system --package app-core
  expect stdout "who became root there could change it"
  expect stdout "added    usr/share/app/uploads/new.php"
  expect stdout "changed  usr/share/app/lib/login.php"
  expect stdout "(only a digest is known)"
  expect stdout "changed  etc/app/app.conf"
  expect stdout "1 added, 5 changed (0 in line ends only), 1 removed"
  expect_not stdout "usr/bin/other"
  run 1 "$konseki" diff packages system --root /usr/share/app --lang ja
  expect stdout "追加 1、変更 4"
  run 2 "$konseki" diff packages system
  expect stderr "--package NAME"
  run 3 "$konseki" diff packages system --package no-such
  expect stderr "no-such"
  run 3 "$konseki" diff packages host --root /srv
  expect stderr "no dpkg database"
fi

# What cannot be compared is said.
run 3 "$konseki" diff app-1.2.tar.gz no-such-folder
mkdir empty
run 3 "$konseki" diff app-1.2.tar.gz empty
expect stderr "--old-root"
head -c 200 app-1.2.tar.xz >cut.tar.xz
run 3 "$konseki" diff cut.tar.xz host
expect stderr "cut.tar.xz"
echo text | gzip >text.gz
run 3 "$konseki" diff text.gz host
expect stderr "no archive"
run 2 "$konseki" diff app-1.2.tar.gz host --lines many
run 2 "$konseki" diff app-1.2.tar.gz host --package x
run 2 "$konseki" diff one
if [ "$(id -u)" != 0 ]; then
  chmod 000 host/srv/www/html/lib
  run 1 "$konseki" diff app-1.2.tar.gz host
  chmod 755 host/srv/www/html/lib
  expect stdout "could not look"
  expect stdout "unknown  lib/login.php"
fi
