#!/usr/bin/env bash
# Archives: members meet the rules under addresses of their own; locked, huge, damaged and deeply
# nested ones are gaps, never silence. Known-good content is passed over and counted.
source "$(dirname "$0")/lib.sh" "$1"

mkdir host
cat >make.py <<'PY'
import gzip, io, lzma, os, tarfile, zipfile

MARK = b"x KONSEKI-MARKER y"

def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()

def put(name, content):
    with open("host/" + name, "wb") as file:
        file.write(content)

put("plain.txt", MARK)
inner = zipped([("c.php", MARK), ("clean.txt", b"nothing")])
put("nested.zip", zipped([("b/inner.zip", inner), ("readme.txt", b"nothing")]))
put("utf8.zip", zipped([("日本語.txt", MARK)]))
# Written on a Japanese Windows: no UTF-8 flag, code page 932, and a character that ends in 0x5c.
cp932 = zipped([("AAAAAAAA.txt", MARK)])
put("cp932.zip", cp932.replace(b"AAAAAAAA", "表示仕様".encode("cp932")))
put("page.php.gz", gzip.compress(MARK, mtime=0))
tar = io.BytesIO()
with tarfile.open(fileobj=tar, mode="w:xz") as archive:
    info = tarfile.TarInfo("etc/dir/x.sh")
    info.size = len(MARK)
    archive.addfile(info, io.BytesIO(MARK))
put("a.tar.xz", tar.getvalue())
deep = MARK
for level in range(7):
    deep = zipped([("level%d.zip" % level, deep)])
put("deep.zip", deep)
put("bomb.zip", zipped([("zeros%d" % n, bytes(40 << 20)) for n in range(4)]))
put("large.gz", gzip.compress(bytes(70 << 20), mtime=0))
locked = bytearray(zipped([("secret.txt", MARK)]))
locked[6] |= 1  # the flag of encryption, in both headers
locked[locked.index(b"PK\x01\x02") + 8] |= 1
put("locked.zip", bytes(locked))
put("damaged.zip", inner[:40] + b"\xff" * 20 + inner[60:])
put("cut.tar.xz", tar.getvalue()[:60])
PY
python3 make.py
printf 'rule marker { strings: $a = "KONSEKI-MARKER" condition: $a }\n' >r.yar

collect 1 host --profile none --files digest --no-checks --rules r.yar
lines "$bundle" findings | python3 -c '
import json, sys
for line in sys.stdin: print(json.loads(line)["path"])' | sort >found
cat >expected <<'TXT'
/a.tar.xz//etc/dir/x.sh
/cp932.zip//表示仕様.txt
/nested.zip//b/inner.zip//c.php
/page.php.gz//page.php
/plain.txt
/utf8.zip//日本語.txt
TXT
# There names without an encoding are read by the system's code page.
[ -z "$windows" ] || sed -i '/cp932/d' expected found
grep -v damaged found | LC_ALL=C sort | diff <(LC_ALL=C sort expected) - >&2 || die "other members matched"
lines "$bundle" audit >audit
for told in deep.zip//level6.zip//level5.zip bomb.zip large.gz//large locked.zip//secret.txt damaged.zip cut.tar.xz; do
  expect audit "/$told"
done
expect audit "needs a password"
expect audit "nested deeper than 4"
expect audit "times its size"

collect 0 host --profile none --files digest --no-checks --rules r.yar --no-archives
same "$(lines "$bundle" findings | wc -l)" 1

# Known-good content is neither matched nor kept, and that is counted.
sha256sum host/plain.txt host/nested.zip | tr a-f A-F >good.txt
collect 0 host --profile none --files collect --no-checks --rules r.yar --known-good good.txt --no-archives
same "$(lines "$bundle" findings | wc -l)" 0
lines "$bundle" files | grep '"path":"/plain.txt"' >row
expect row '"reason":"known_good"'
expect_not row '"member"'
tar --zstd -xOf "$bundle" konseki/manifest.json >manifest
expect manifest '"listed":2'

# So is a file too large to be held in memory: its digest is taken first. Where no list has it, it is
# looked through and kept as ever.
mkdir large
{ head -c 22000000 /dev/urandom; cat host/plain.txt; } >large/file
digest=$(sha256sum large/file | cut -d' ' -f1)
echo "$digest" >large.txt
known() { collect 0 large --profile none --no-checks --rules r.yar --no-archives "$@"; }
for files in collect digest; do
  for list in large.txt good.txt; do
    known --files $files --known-good $list
    same "$(lines "$bundle" findings | wc -l)" "$([ $list = large.txt ] && echo 0 || echo 1)"
    lines "$bundle" files | grep '"path":"/file"' >row
    expect row "\"sha256\":\"$digest\""
    case "$files $list" in
      "collect large.txt") expect row '"reason":"known_good"' && expect_not row '"member"' ;;
      "collect good.txt") expect row '"member"' && expect_not row '"reason"' ;;
      *) expect_not row '"reason"' && expect_not row '"member"' ;;
    esac
    run 0 "$konseki" verify -q "$bundle"
  done
done

# An NSRL database; one without an index is refused with what to do.
if command -v sqlite3 >/dev/null; then
  hash=$(sha256sum host/plain.txt | cut -d' ' -f1 | tr a-f A-F)
  sqlite3 rds.db "CREATE TABLE FILE(sha256 VARCHAR, file_name VARCHAR); INSERT INTO FILE VALUES('$hash','x');"
  run 3 "$konseki" collect -q --allow-output-on-source -o out host --profile none --files digest --rules r.yar --known-good rds.db
  expect stderr "CREATE INDEX"
  sqlite3 rds.db 'CREATE INDEX k ON FILE(sha256)'
  before=$(sha256sum rds.db)
  collect 0 host --profile none --files digest --no-checks --rules r.yar --known-good rds.db --no-archives
  same "$(lines "$bundle" findings | wc -l)" 0
  same "$(sha256sum rds.db)" "$before"
  [ ! -e rds.db-journal ] && [ ! -e rds.db-wal ] || die "SQLite wrote beside the database"
fi

# A list on the evidence itself is used and said to be so.
cp good.txt host/good.txt
rm -rf out && mkdir out
run 0 "$konseki" collect --allow-output-on-source -o out host --profile none --files digest --no-checks \
  --rules r.yar --known-good host/good.txt --no-archives
expect stderr "host/good.txt lies on a volume under examination"
run 3 "$konseki" collect -q --allow-output-on-source -o out host --profile none --rules r.yar --known-good r.yar
expect stderr "holds no digest"
